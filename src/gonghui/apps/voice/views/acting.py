"""One voice at the desk: its page, and each thing that can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import services
from ..choices import OPEN, Outcome, Sensitive, State, Told, Visibility
from ..forms import voices as forms
from ..models import Voice
from ..queries import voices as queries
from ..queries.words import topic_name, topics
from ..rules.text import masked
from .common import found, story, tell
from .desk import row_or_404
from .member import sent

HANDLE = "voice.handle"


def _forms(viewer: Viewer, row: Voice, shown: Any, said: str) -> dict[str, Any]:
    return {
        "sort": forms.SortForm(
            topics=topics(row.path),
            initial={"kind": row.kind, "topic": row.topic, "nature": row.nature},
        ),
        "answer": forms.AnswerForm(),
        "up": forms.ReasonForm(),
        "special": forms.SpecialForm(),
        "down": forms.HandDownForm(viewer=viewer),
        "back": forms.ReasonForm(),
        "note": forms.NoteForm(),
        "ask": forms.AskForm(),
        "tell": forms.TellForm(),
        "publish": forms.PublishForm(
            initial={"title": shown.title if shown else "", "words": shown.text if shown else masked(said)}
        ),
        "keep": forms.KeepForm(),
        "reveal": forms.RevealForm(),
    }


def page(request: HttpRequest, row: Voice, given: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Everything about a voice, and the acts its state allows to whoever handles it."""
    viewer = viewer_of(request)
    shown = queries.public_of(row)
    told = story(row, for_author=False)
    handles = viewer.may(HANDLE) and row.handler_id == viewer.organisation_id and row.lead_id is None
    handles = handles and (not row.sensitive or viewer.seat in row.seats)
    opened = row.state in OPEN
    handovers = queries.handovers(row)
    context = {
        **told,
        "shown": shown,
        "topic": topic_name(row.path, row.topic),
        "handles": handles,
        "opened": opened,
        "may_back": handles and row.state == State.RECEIVED and any(
            one.taker_id == viewer.organisation_id and one.returned_on is None for one in handovers
        ),
        "may_publish": handles and row.visibility == Visibility.PUBLIC and not row.sensitive,
        "may_tell": handles and row.state == State.ANSWERED and services.may_be_told(row),
        "may_close": handles and row.state == State.ANSWERED and row.told in (Told.IN_PERSON, Told.NOTICE),
        "may_keep": handles and row.promised_on is not None and row.kept_on is None,
        "may_reveal": handles and viewer.may("member.reveal") and (bool(row.contact) or row.person_id is not None),
        "handovers": handovers,
        "merged": queries.merged(row),
        "suggested": queries.suggestions(viewer, row) if handles else [],
        "templates": queries.templates(viewer, row.topic) if handles else [],
        "f": {**_forms(viewer, row, shown, told["said"]), **(given or {})},
        "revealed": None,
        **({"revealed": given["revealed"]} if given and "revealed" in given else {}),
    }  # fmt: skip
    return render(request, "voice/one.html", context, status=status)


@desk("voice.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return page(request, row_or_404(request, pk))


def _do(
    request: HttpRequest, pk: int, name: str, form: Any, act: Callable[[dict[str, Any]], Any], told: str
) -> HttpResponse:
    row = row_or_404(request, pk)
    if form.is_valid():
        try:
            act(form.cleaned_data)
            messages.success(request, told)
            return redirect("voice:one", pk=pk) if queries.voice(viewer_of(request), pk) else redirect("voice:list")
        except Refusal as refusal:
            tell(form, refusal)
    return page(request, row, {name: form}, 422)


def _plain(request: HttpRequest, pk: int, act: Callable[[], Any], told: str) -> HttpResponse:
    """An act without anything to fill in."""
    row_or_404(request, pk)
    try:
        act()
        messages.success(request, told)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("voice:one", pk=pk)


@desk(HANDLE)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    return _plain(request, pk, lambda: services.take(viewer_of(request), voice_id=pk), "已受理，由您承办")


@desk(HANDLE)
@require_POST
def sort(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, row = viewer_of(request), row_or_404(request, pk)
    form = forms.SortForm(request.POST, topics=topics(row.path))
    return _do(request, pk, "sort", form, lambda d: services.classify(viewer, voice_id=pk, **d), "已确定类别")


@desk(HANDLE)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.AnswerForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        services.answer(
            viewer, voice_id=pk, outcome=Outcome(data["outcome"]), words=data["words"], promised_on=data["promised_on"]
        )

    return _do(request, pk, "answer", form, act, "已答复，作者看过以后才能办结")


@desk(HANDLE)
@require_POST
def up(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.ReasonForm(request.POST)
    return _do(request, pk, "up", form, lambda d: services.hand_up(viewer, voice_id=pk, **d), "已上报，等上级签收")


@desk(HANDLE)
@require_POST
def down(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    form = forms.HandDownForm(request.POST, viewer=viewer)
    return _do(request, pk, "down", form, lambda d: services.hand_down(viewer, voice_id=pk, **d), "已交办，等对方签收")


@desk(HANDLE)
@require_POST
def special(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.SpecialForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        services.to_right_desk(viewer, voice_id=pk, special=Sensitive(data["special"]))

    return _do(request, pk, "special", form, act, "已转给专人，本岗位不再看得到")


@desk(HANDLE)
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.ReasonForm(request.POST)
    return _do(request, pk, "back", form, lambda d: services.send_back(viewer, voice_id=pk, **d), "已退回")


@desk(HANDLE)
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.NoteForm(request.POST)
    return _do(request, pk, "note", form, lambda d: services.note(viewer, voice_id=pk, **d), "已写进办理进展")


@desk(HANDLE)
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.AskForm(request.POST)
    return _do(request, pk, "ask", form, lambda d: services.ask(viewer, voice_id=pk, **d), "已请本人补充")


@desk(HANDLE)
@require_POST
def told(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.TellForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        services.tell(viewer, voice_id=pk, how=Told(data["how"]), words=data["words"])

    return _do(request, pk, "tell", form, act, "已登记告知")


@desk(HANDLE)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    return _plain(request, pk, lambda: services.close_told(viewer_of(request), voice_id=pk), "已办结")


@desk(HANDLE)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.PublishForm(request.POST)
    return _do(
        request, pk, "publish", form, lambda d: services.publish(viewer, voice_id=pk, **d), "已公开，工友可以附议"
    )


@desk(HANDLE)
@require_POST
def withhold(request: HttpRequest, pk: int) -> HttpResponse:
    return _plain(request, pk, lambda: services.withhold(viewer_of(request), voice_id=pk), "已取消公开")


@desk(HANDLE)
@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, form = viewer_of(request), forms.KeepForm(request.POST)
    return _do(
        request, pk, "keep", form, lambda d: services.keep_promise(viewer, voice_id=pk, **d), "已登记兑现，作者看得到"
    )


@desk(HANDLE)
@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """What was ticked among the similar ones goes on with this voice."""
    chosen = [int(one) for one in request.POST.getlist("voices") if one.isdigit()]
    return _plain(
        request, pk, lambda: services.merge(viewer_of(request), lead_id=pk, voice_ids=chosen),
        f"已并入{len(chosen)}条，答复时每位作者都会收到",
    )  # fmt: skip


@desk(HANDLE)
@require_POST
def part(request: HttpRequest, pk: int) -> HttpResponse:
    return _plain(request, pk, lambda: services.part(viewer_of(request), voice_id=pk), "已移出，单独办理")


@desk("member.reveal")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and phone in clear for a reason; shown once, on this answer alone."""
    viewer, form, row = viewer_of(request), forms.RevealForm(request.POST), row_or_404(request, pk)
    if form.is_valid():
        try:
            seen = services.reveal_contact(viewer, voice_id=pk, reason=form.cleaned_data["reason"])
            return page(request, row, {"revealed": seen})
        except Refusal as refusal:
            tell(form, refusal)
    return page(request, row, {"reveal": form}, 422)


@desk("voice.view")
@require_GET
def file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    viewer = viewer_of(request)
    return sent(found(queries.file(viewer, pk, file_pk)), viewer)
