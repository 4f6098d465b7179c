"""Telling those who asked: each move of what they asked for stands on the page of their voice."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max, Q
from django.utils import timezone

from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.sealing import seal
from gonghui.kernel.viewer import Viewer

from ..choices import Act, Visibility
from ..models import CandidateVoice, Project, Voice, VoiceAct


def add_act(actor: Viewer, voice: Voice, act: str, *, words: str = "", to: str = "") -> VoiceAct:
    """One line of a voice's course. An anonymous voice keeps the day alone."""
    Voice.objects.select_for_update(of=("self",)).filter(pk=voice.pk).first()
    last = VoiceAct.objects.filter(voice=voice).aggregate(last=Max("step"))["last"] or 0
    own = PublicOrganisation.objects.filter(pk=actor.organisation_id or 0).values_list("name", flat=True).first()
    return VoiceAct.objects.create(
        path=voice.path, voice=voice, person_id=voice.person_id, step=last + 1, act=act, on=timezone.localdate(),
        at=None if voice.visibility == Visibility.ANONYMOUS else timezone.now(), by=own or "", actor_name=actor.name,
        account_id=actor.account_id, note=seal(words, "voice.act.note") if words else None, to=to[:120],
    )  # fmt: skip


def asked_for(candidate_id: int | None) -> list[Voice]:
    """The voices a candidate was gathered from, with those that were merged into them, in one order for locks."""
    if candidate_id is None:
        return []
    gathered = CandidateVoice.objects.filter(candidate_id=candidate_id).values("voice_id")
    return list(Voice.objects.filter(Q(pk__in=gathered) | Q(lead__in=gathered)).order_by("pk"))


def tell(actor: Viewer, voices: Iterable[Voice], act: str, words: str, to: str = "") -> int:
    told = [add_act(actor, voice, act, words=words, to=to) for voice in voices]
    return len(told)


def tell_authors(project: Project, words: str, *, actor: Viewer, act: str = Act.NOTED) -> int:
    """Everybody whose voice a project came of reads what happened; how many were told."""
    return tell(actor, asked_for(project.candidate_id), act, words, project.title)
