"""What pages of voices share: tags of state, the tabs, refusals told beside their field."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.calendar import working_days_between
from gonghui.kernel.viewer import Viewer
from gonghui.pages.tags import tag

from ..choices import OPEN, State
from ..models import Voice
from ..queries import voices as queries

Row = TypeVar("Row")

TONES = {State.RECEIVED: "wait", State.HANDLING: "info", State.ANSWERED: "ok", State.CLOSED: ""}


def state_tag(row: Voice) -> SafeString:
    """Where a voice stands; late in red."""
    state = State(row.state)
    if state in OPEN and (row.late or (row.due_on is not None and row.due_on < timezone.localdate())):
        return tag(f"{state.label}·已逾期", "bad")
    if state == State.ANSWERED and row.told_on is None:
        return tag("已答复，待本人查看", "info")
    return tag(state.label, TONES[state])


def days_left(row: Voice) -> int | None:
    """Working days to the day it is due; None when nothing runs."""
    if row.due_on is None or row.state not in OPEN:
        return None
    today = timezone.localdate()
    return working_days_between(today, row.due_on) if row.due_on >= today else -working_days_between(row.due_on, today)


def found(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row


def tell(form: forms.Form, refusal: Refusal) -> None:
    """The sentence of a refusal, beside its field where the form has it."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


SECTIONS = (
    ("list", "意见", "voice:list", "voice.view"),
    ("heat", "热点", "voice:heat", "voice.view"),
    ("visits", "走访", "voice:visits", "voice.view"),
    ("bulletins", "上情下达", "voice:bulletins", "voice.view"),
    ("templates", "答复用语", "voice:templates", "voice.handle"),
)


def sections(viewer: Viewer, current: str) -> list[dict[str, Any]]:
    """The tabs that pages of voices share."""
    return [
        {"title": title, "url": reverse(name), "current": key == current}
        for key, title, name, permission in SECTIONS
        if viewer.may(permission)
    ]


def story(voice: Voice, *, for_author: bool) -> dict[str, Any]:
    """What every page of one voice shows of it."""
    return {
        "voice": voice,
        "said": queries.said(voice),
        "tag": state_tag(voice),
        "answers": queries.answers(voice),
        "course": queries.course(voice, for_author=for_author),
        "files": queries.files(voice),
        "left": days_left(voice),
    }
