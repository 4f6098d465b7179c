"""What a post can do with a ticket of the 12351 desk now; the services check it again."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils import timezone

from gonghui.kernel.viewer import Viewer

from .. import forms, queries, services
from ..choices import TicketState
from ..models import Ticket
from .acting import Choice, bound


def acts_of(request: HttpRequest, viewer: Viewer, row: Ticket) -> list[Choice]:
    """The acts of a ticket's state, for who holds it or received it."""
    holds = row.holder_id == viewer.organisation_id
    at_desk = row.organisation_id == viewer.organisation_id or row.path.startswith(viewer.lo)
    return list(_acts(request, viewer, row, holds, at_desk))


def _acts(request: HttpRequest, viewer: Viewer, row: Ticket, holds: bool, at_desk: bool) -> Iterator[Choice]:
    state = TicketState(row.state)
    if state == TicketState.TAKE and holds:
        yield _take(request, viewer, row)
        yield _hand_back(request, viewer, row)
    if state == TicketState.HANDLE and holds:
        yield _reply(request, viewer, row)
        yield _note(request, viewer, row)
    if state == TicketState.DISPATCH or (state == TicketState.HANDLE and holds):
        yield from _dispatch(request, viewer, row, first=state == TicketState.DISPATCH)
    if state == TicketState.CALL_BACK and at_desk:
        yield _call_back(request, viewer, row)
    if state == TicketState.CHECK and at_desk:
        yield _check(request, viewer, row)


def _take(request: HttpRequest, viewer: Viewer, row: Ticket) -> Choice:
    def do(_: object) -> str:
        return f"已接收，{services.take(viewer, ticket_id=row.pk).due_on:%Y-%m-%d}前办理"

    return Choice("take", "接收", forms.TakeForm(bound(request, "take")), do, "接收", main=True)


def _hand_back(request: HttpRequest, viewer: Viewer, row: Ticket) -> Choice:
    def do(data: dict[str, str]) -> str:
        services.hand_back(viewer, ticket_id=row.pk, words=data["words"])
        return "已退回登记单位"

    return Choice("hand_back", "退回", forms.WordsForm(bound(request, "hand_back")), do, "退回登记单位")


def _reply(request: HttpRequest, viewer: Viewer, row: Ticket) -> Choice:
    def do(data: dict[str, str]) -> str:
        services.reply(viewer, ticket_id=row.pk, words=data["words"])
        return "已答复，等待回访"

    initial = {"words": queries.template_of(viewer, row.kind, row.path, timezone.localdate())}
    return Choice("reply", "答复", forms.ReplyForm(bound(request, "reply"), initial=initial), do, "提交答复", main=True)


def _note(request: HttpRequest, viewer: Viewer, row: Ticket) -> Choice:
    def do(data: dict[str, str]) -> str:
        services.note_progress(viewer, ticket_id=row.pk, words=data["words"])
        return "已记录进展"

    form = forms.WordsForm(bound(request, "note"), auto_id="note_%s")
    return Choice("note", "记录进展", form, do, "记录进展")


def _dispatch(request: HttpRequest, viewer: Viewer, row: Ticket, *, first: bool) -> Iterator[Choice]:
    bodies = {one.pk: one for one in queries.bodies(viewer)}
    options = [(str(pk), one.name) for pk, one in bodies.items() if first or pk != row.holder_id]
    if not options:
        return

    def do(data: dict[str, str]) -> str:
        services.dispatch(viewer, ticket_id=row.pk, to=bodies[int(data["to"])], words=data["words"])
        return "已分派"

    form = forms.DispatchForm(bound(request, "dispatch"), bodies=options, auto_id="to_%s")
    yield Choice("dispatch", "分派", form, do, "分派", main=first)


def _call_back(request: HttpRequest, viewer: Viewer, row: Ticket) -> Choice:
    def do(data: dict[str, str]) -> str:
        services.call_back(
            viewer, ticket_id=row.pk, satisfaction=int(data["satisfaction"]), words=data["words"],
            again=data["again"] == "1",
        )  # fmt: skip
        return "已登记回访"

    return Choice("call_back", "回访", forms.CallBackForm(bound(request, "call_back")), do, "提交回访", main=True)


def _check(request: HttpRequest, viewer: Viewer, row: Ticket) -> Choice:
    def do(data: dict[str, str]) -> str:
        services.check_quality(viewer, ticket_id=row.pk, good=data["good"] == "1", words=data["words"])
        return "已提交质检意见"

    return Choice("check", "质检", forms.CheckForm(bound(request, "check")), do, "提交质检意见", main=True)
