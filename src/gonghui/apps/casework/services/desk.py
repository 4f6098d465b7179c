"""The 12351 desk: a call or visit is taken, dispatched, handled, answered, called back, checked and closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.people.rules import check_phone
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.rules.calendar import add_working_days
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from ..choices import Category, Channel, Difficulty, TicketActKind, TicketKind, TicketState
from ..models import Ticket, TicketAct
from ..sealing import CALLER, NOTE, REPLY, SAID, close, opened, phone_hash
from .hardship import note

_HANDLE_DAYS = {
    Difficulty.SIMPLE: "casework.desk_simple_days",
    Difficulty.GENERAL: "casework.desk_general_days",
    Difficulty.HARD: "casework.desk_hard_days",
}
_STATE_DAYS = {
    TicketState.DISPATCH: "casework.desk_take_days",
    TicketState.TAKE: "casework.desk_take_days",
    TicketState.CALL_BACK: "casework.desk_callback_days",
    TicketState.CHECK: "casework.desk_check_days",
}


def _due(ticket: Ticket, day: date) -> date:
    state = TicketState(ticket.state)
    key = _STATE_DAYS.get(state) or _HANDLE_DAYS[Difficulty(ticket.difficulty)]
    return add_working_days(day, int(rule_queries.value(key, ticket.path, day).value))


def _act(actor: Viewer, ticket: Ticket, act: TicketActKind, words: str = "", to: str = "") -> TicketAct:
    done = TicketAct.objects.create(
        path=ticket.path,
        ticket=ticket,
        act=act,
        actor_name=actor.name[:60],
        account_id=actor.account_id,
        note=close(words.strip()[:2000], NOTE) if words.strip() else None,
        to=to[:120],
    )
    note(actor, f"casework.ticket_{act}", "ticket", ticket)
    return done


def _move(ticket: Ticket, state: TicketState, day: date, **values: object) -> None:
    ticket.state, ticket.late = state, False
    for name, value in values.items():
        setattr(ticket, name, value)
    if state != TicketState.CLOSED:
        ticket.due_on = _due(ticket, day)
    ticket.save()


def _held_by(body: Organisation) -> dict[str, Any]:
    return {"holder": body, "holder_name": body.name[:120], "holder_path": body.path}


def receive(
    actor: Viewer,
    *,
    kind: TicketKind,
    channel: Channel,
    category: Category,
    difficulty: Difficulty,
    said: str,
    name: str = "",
    phone: str = "",
    own: bool = True,
) -> Ticket:
    """Take a call or visit. `own`: this desk handles it itself; else it waits to be dispatched.

    :raises Refusal: GH-CAS-030 nothing said; GH-PER-… a phone number that is none.
    """
    require(actor, "case.handle")
    if not 4 <= len(said.strip()) <= 3000:
        raise Refusal("GH-CAS-030", "诉求应在4至3000字之间", "said", "写明时间、单位、事情和要求")
    phone = check_phone(phone) if phone.strip() else ""
    organisation, today = Organisation.objects.get(pk=actor.organisation_id or 0), timezone.localdate()
    with transaction.atomic():
        ticket = Ticket(
            path=organisation.path,
            organisation=organisation,
            desk_name=organisation.name[:120],
            seats=[actor.seat],
            kind=kind,
            channel=channel,
            category=category,
            difficulty=difficulty,
            caller=close({"name": name.strip()[:60], "phone": phone}, CALLER),
            caller_hash=phone_hash(phone) if phone else None,
            said=close(said.strip(), SAID),
            state=TicketState.HANDLE if own else TicketState.DISPATCH,
            taken_by=actor.account_id if own else None,
            number=f"DH{today:%Y%m%d}{timezone.now():%H%M%S%f}"[:24],
            **_held_by(organisation),
        )
        ticket.due_on = _due(ticket, today)
        ticket.save()
        ticket.number = f"DH{today:%Y%m%d}{ticket.pk:07d}"
        ticket.save(update_fields=["number"])
        _act(actor, ticket, TicketActKind.RECEIVED)
    return ticket


def _ticket(actor: Viewer, ticket_id: int, *states: TicketState) -> Ticket:
    require(actor, "case.handle")
    ticket: Ticket | None = Ticket.objects.select_for_update().filter(pk=ticket_id).first()
    if ticket is None or actor.seat not in ticket.seats:
        raise Refusal("GH-CAS-010", "没有这一件，或它不由当前岗位办理")
    if ticket.state not in states:
        raise Refusal("GH-CAS-031", f"这一件{ticket.get_state_display()}，不能这样办理", "state", "刷新页面看最新状态")
    return ticket


def _holds(actor: Viewer, ticket: Ticket) -> None:
    if ticket.holder_id != actor.organisation_id:
        raise Refusal("GH-CAS-032", f"现在由{ticket.holder_name}承办", "state", "等对方办理，或请对方退回")


def _desk(actor: Viewer, ticket: Ticket) -> None:
    """The desk that took it, and whoever stands above it after an escalation, speak with the caller again."""
    if ticket.organisation_id != actor.organisation_id and not ticket.path.startswith(actor.lo):
        raise Refusal("GH-CAS-033", f"由登记的{ticket.desk_name}回访和质检", "state")


def dispatch(actor: Viewer, *, ticket_id: int, to: Organisation, words: str = "") -> Ticket:
    """Hand it down the tree; the rights post there takes part from now on.

    :raises Refusal: GH-CAS-034 not a federation in the actor's range.
    """
    with transaction.atomic():
        ticket = _ticket(actor, ticket_id, TicketState.DISPATCH, TicketState.HANDLE)
        if ticket.holder_id != actor.organisation_id and not ticket.holder_path.startswith(actor.lo):
            _holds(actor, ticket)
        if not actor.reaches(to.path) or to.kind != "federation" or to.state != "active":
            raise Refusal("GH-CAS-034", "只能分派给本级或下级总工会", "to", "从名单里选择")
        seat = f"rights@{to.pk}"
        ticket.seats = [*ticket.seats, *([seat] if seat not in ticket.seats else [])]
        _act(actor, ticket, TicketActKind.DISPATCHED, words, to.name)
        _move(ticket, TicketState.TAKE, timezone.localdate(), taken_by=None, **_held_by(to))
    return ticket


def take(actor: Viewer, *, ticket_id: int) -> Ticket:
    """The body it was dispatched to takes it; the days to handle it begin."""
    with transaction.atomic():
        ticket = _ticket(actor, ticket_id, TicketState.TAKE)
        _holds(actor, ticket)
        _act(actor, ticket, TicketActKind.TAKEN)
        _move(ticket, TicketState.HANDLE, timezone.localdate(), taken_by=actor.account_id)
    return ticket


def hand_back(actor: Viewer, *, ticket_id: int, words: str) -> Ticket:
    """Not ours: back to the desk that took the call, with the reason.

    :raises Refusal: GH-CAS-035.
    """
    if len(words.strip()) < 2:
        raise Refusal("GH-CAS-035", "写明为什么退回", "words", "例如“用人单位不在本县”")
    with transaction.atomic():
        ticket = _ticket(actor, ticket_id, TicketState.TAKE)
        _holds(actor, ticket)
        _act(actor, ticket, TicketActKind.RETURNED, words, ticket.desk_name)
        back = {"holder_id": ticket.organisation_id, "holder_name": ticket.desk_name, "holder_path": ticket.path}
        _move(ticket, TicketState.DISPATCH, timezone.localdate(), taken_by=None, **back)
    return ticket


def note_progress(actor: Viewer, *, ticket_id: int, words: str) -> Ticket:
    if len(words.strip()) < 2:
        raise Refusal("GH-CAS-036", "还没有写进展", "words")
    with transaction.atomic():
        ticket = _ticket(actor, ticket_id, TicketState.HANDLE)
        _holds(actor, ticket)
        _act(actor, ticket, TicketActKind.NOTED, words)
    return ticket


def reply(actor: Viewer, *, ticket_id: int, words: str) -> Ticket:
    """The caller has been answered; the desk that took the call asks whether it helped.

    :raises Refusal: GH-CAS-037.
    """
    if len(words.strip()) < 10 or "（填写" in words:
        raise Refusal(
            "GH-CAS-037", "答复至少写10个字，模板里括号的地方换成实际内容", "words", "写明怎样办理的、结果是什么"
        )
    with transaction.atomic():
        ticket = _ticket(actor, ticket_id, TicketState.HANDLE)
        _holds(actor, ticket)
        _act(actor, ticket, TicketActKind.REPLIED, words)
        today = timezone.localdate()
        _move(
            ticket,
            TicketState.CALL_BACK,
            today,
            reply=close(words.strip()[:3000], REPLY),
            replied_on=today,
            replied_by=actor.account_id,
        )
    return ticket


def call_back(actor: Viewer, *, ticket_id: int, satisfaction: int, words: str = "", again: bool = False) -> Ticket:
    """Ask the caller: 1 (not at all) to 5. What was not solved is handled once more.

    :raises Refusal: GH-CAS-038.
    """
    if not 1 <= satisfaction <= 5:
        raise Refusal("GH-CAS-038", "满意度应为1至5", "satisfaction")
    with transaction.atomic():
        ticket = _ticket(actor, ticket_id, TicketState.CALL_BACK)
        _desk(actor, ticket)
        _act(actor, ticket, TicketActKind.CALLED_BACK, words)
        today = timezone.localdate()
        if again:
            _act(actor, ticket, TicketActKind.REOPENED, "", ticket.holder_name)
            _move(ticket, TicketState.HANDLE, today, satisfaction=satisfaction)
        else:
            _move(ticket, TicketState.CHECK, today, satisfaction=satisfaction)
    return ticket


def check_quality(actor: Viewer, *, ticket_id: int, good: bool, words: str) -> Ticket:
    """The last look: good enough to close, or handled once more.

    :raises Refusal: GH-CAS-039 without an opinion; 040 the same person answered it.
    """
    if len(words.strip()) < 2:
        raise Refusal("GH-CAS-039", "写一句质检意见", "words")
    with transaction.atomic():
        ticket = _ticket(actor, ticket_id, TicketState.CHECK)
        _desk(actor, ticket)
        today = timezone.localdate()
        other = rule_queries.value("casework.desk_check_other", ticket.path, today).value
        if good and other and ticket.replied_by == actor.account_id:
            raise Refusal("GH-CAS-040", "这一件是您答复的，质检由另一个人办理", "state", "由同岗位的其他人质检")
        _act(actor, ticket, TicketActKind.CHECKED, words)
        if good:
            _move(ticket, TicketState.CLOSED, today, quality=words.strip()[:300], closed_at=timezone.now())
        else:
            _move(ticket, TicketState.HANDLE, today, quality=words.strip()[:300])
    return ticket


def escalate(today: date | None = None) -> int:
    """What is late goes up: the federation above takes part; what was never taken comes to it whole."""
    day, done = today or timezone.localdate(), 0
    with acting(SYSTEM):
        late = Ticket.objects.exclude(state=TicketState.CLOSED).filter(due_on__lt=day)
        ids = list(late.order_by("due_on", "pk").values_list("pk", flat=True))
    for pk in ids:
        with acting(SYSTEM):
            ticket = Ticket.objects.select_for_update().get(pk=pk)
            if ticket.state != TicketState.CLOSED and ticket.due_on < day:
                _escalate(ticket, day)
                done += 1
    return done


def _escalate(ticket: Ticket, day: date) -> None:
    above = Organisation.objects.filter(path__in=ancestors(ticket.holder_path), kind="federation")
    body = max(above, key=lambda one: len(one.path), default=None)
    ticket.breaches += 1
    ticket.late = True
    ticket.due_on = _due(ticket, day)
    if body is not None:
        seat = f"rights@{body.pk}"
        ticket.seats = [*ticket.seats, *([seat] if seat not in ticket.seats else [])]
        if ticket.state in (TicketState.TAKE, TicketState.DISPATCH):
            for name, value in _held_by(body).items():
                setattr(ticket, name, value)
            ticket.state = TicketState.TAKE
    ticket.save()
    _act(SYSTEM, ticket, TicketActKind.ESCALATED, "", body.name if body is not None else "")


def reveal_caller(actor: Viewer, *, ticket_id: int, reason: str) -> dict[str, str]:
    """Name and phone in clear, for a call back; who looked and why stands on the trail."""
    require(actor, "case.handle")
    with transaction.atomic():
        ticket = Ticket.objects.filter(pk=ticket_id).first()
        if ticket is None or actor.seat not in ticket.seats:
            raise Refusal("GH-CAS-010", "没有这一件，或它不由当前岗位办理")
        note(actor, "casework.revealed", "ticket", ticket, reason=reason.strip()[:200])
        found: dict[str, str] = opened(ticket.caller, CALLER)
    return found
