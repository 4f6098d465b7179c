"""Voices for tests and for the demonstration's neighbours: one of a state, with its course."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from gonghui.kernel.org.models import Organisation

from .choices import Channel, Nature, State, Visibility
from .models import Voice, VoiceAct
from .sealing import SAID, close


def make_voice(organisation: Organisation, text: str = "食堂的饭菜又少又冷", **facts: Any) -> Voice:
    """A voice that its own unit handles, with its first act."""
    today = timezone.localdate()
    values: dict[str, Any] = {
        "path": organisation.path, "organisation": organisation, "organisation_name": organisation.name[:120],
        "handler": organisation,
        "handler_name": organisation.name[:120], "handler_path": organisation.path, "channel": Channel.WINDOW,
        "visibility": Visibility.UNION, "nature": Nature.SUGGEST, "topic": "canteen", "said": close(text, SAID),
        "state": State.RECEIVED, "received_on": today, "received_at": timezone.now(), "due_on": today,
    }  # fmt: skip
    voice = Voice(**(values | facts))
    voice.number = voice.number or f"YJ{today:%Y}{voice.pk % 10**8:08d}"
    voice.save(force_insert=True)
    VoiceAct.objects.create(path=voice.path, voice=voice, person_id=voice.person_id, step=1, act="received", on=today)
    return voice
