"""What pages of the desk share: words of deadlines, applicants and states, and finding what an address names."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gonghui.kernel import wording

from ....refusal import Refusal
from ....rules.calendar import working_days_between
from ...choices import ApplicationState, StepState

HIDDEN_NAME = "当事人信息已隐去"
STATE_TONES = {
    "running": "info", "returned": "wait", "noticed": "info", "approved": "ok", "rejected": "bad", "withdrawn": "",
    "lapsed": "", "draft": "",
}  # fmt: skip
STEP_TONES = {"open": "info", "paused": "wait", "done": "ok", "skipped": "", "closed": ""}
TONES = {wording.Tone.DUE: "bad", wording.Tone.SOON: "wait", wording.Tone.CALM: ""}


def must(found: Any) -> Any:
    """:raises Http404: not there, or not for this post; both look the same."""
    if found is None:
        raise Http404
    return found


def applicant_of(row: Any) -> str:
    """The applicant as lists show it: names of people in confidential matters never appear there."""
    return HIDDEN_NAME if row.confidential else row.applicant_name or row.number


def union_of(row: Any, about: Any) -> str:
    """The union of an applicant; empty where the union itself is the applicant, or where it must not be seen."""
    union: str = getattr(row, "union", "")
    return "" if about.confidential or union == about.applicant_name else union


def state_tag(state: str) -> SafeString:
    tone = STATE_TONES.get(state, "")
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", ApplicationState(state).label)


def step_tag(state: str) -> SafeString:
    tone = STEP_TONES.get(state, "")
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", StepState(state).label)


def due_words(day: date | None, today: date | None = None) -> str:
    """剩3个工作日，3月6日到期; empty where nothing runs."""
    if day is None:
        return ""
    now = today or timezone.localdate()
    return wording.deadline_sentence(working_days_between(now, day), day, now)


def due_tone(day: date | None, today: date | None = None) -> str:
    """wait from three working days, bad on the day and after."""
    if day is None:
        return ""
    return TONES[wording.deadline_tone(working_days_between(today or timezone.localdate(), day))]


def due_cell(day: date | None) -> SafeString | str:
    if day is None:
        return ""
    return format_html('<span class="{}">{}</span>', f"nowrap {due_tone(day)}".strip(), due_words(day))


def say(request: HttpRequest, refusal: Refusal) -> None:
    """A refusal as a message of the page that comes next."""
    messages.error(request, refusal.sentence)


def put(form: forms.Form, refusal: Refusal) -> None:
    """A refusal beside the field that it speaks of, with how to mend it."""
    name = refusal.field if refusal.field in form.fields else None
    form.add_error(name, refusal.sentence)


def unkept(response: HttpResponse) -> HttpResponse:
    """A page with personal data that no cache keeps."""
    response["Cache-Control"] = "no-store, private"
    return response
