"""Whoever stands in front of a place says what is wrong, without a log-in and without a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import OUTSIDER, SYSTEM, Viewer

from .. import catalog
from ..choices import Outcome, TicketAct, TicketSource, TicketState
from ..models import Place, Report, Ticket
from ..queries.public import followed
from .holding import FIX, contact, digest, held, mark, new_code, note, said
from .pictures import keep_picture
from .tickets import above, bring, lift_to, line


@dataclass(frozen=True, slots=True)
class Reported:
    """The ticket, and the code by which whoever reported follows it; it is shown once and kept as a digest only."""

    ticket: Ticket
    code: str
    joined: bool


def report(
    *, place_id: int, fault: str, text: str = "", picture: bytes = b"", phone: str = "", sender: str = ""
) -> Reported:
    """Something is wrong with an open place. The same thing said again joins the ticket that runs.

    :param sender: the network, counted for one day under a keyed hash.
    :raises Refusal: GH-PLC-002, 004, 005, 011; 040 the place is not open; 046 enough for a day.
    """
    one = catalog.fault(fault)
    words = said(text, "text", "是什么问题", 200) if one.apart else text.strip()[:200]
    reach, now, code = contact(phone), timezone.now(), new_code()
    with transaction.atomic(), widened():
        place = Place.objects.select_for_update().filter(pk=place_id, state="open").first()
        if place is None:
            raise Refusal("GH-PLC-040", "没有这个阵地，或它现在没有开放", None, "从“附近的驿站”里重新找")
        signed = mark(sender, timezone.localdate(now))
        _not_too_often(place, signed, now)
        row, fresh = bring(place, fault, source=TicketSource.PUBLIC, now=now)
        kept = (
            keep_picture(SYSTEM, path=place.path, content=picture, kind="place_report", personal=True)
            if picture
            else None
        )
        Report.objects.create(
            path=place.path, ticket=row, code_digest=digest(code), text=words, photo=kept, sender_mark=signed, **reach
        )
        row.reports += 1
        row.save(update_fields=["reports"])
        line(row, TicketAct.OPENED if fresh else TicketAct.JOINED)
        note(OUTSIDER, "reported", row, place.name, fault=fault, joined=not fresh)
    return Reported(row, code, not fresh)


def open_ticket(actor: Viewer, *, place_id: int, fault: str, words: str = "") -> Reported:
    """Staff write down what they were told, by telephone or at the counter; the code goes to whoever told them.

    :raises Refusal: GH-PLC-001, 002, 011; 040 the place is not open.
    """
    require(actor, FIX)
    one, code = catalog.fault(fault), new_code()
    words = said(words, "words", "是什么问题", 200) if one.apart else words.strip()[:200]
    with transaction.atomic():
        place = held(actor, Place, place_id, "阵地")
        if place.state != "open":
            raise Refusal("GH-PLC-040", "这个阵地没有开放，不登记问题", None)
        row, fresh = bring(place, fault, source=TicketSource.DESK, now=timezone.now())
        Report.objects.create(path=place.path, ticket=row, code_digest=digest(code), text=words)
        row.reports += 1
        row.save(update_fields=["reports"])
        line(row, TicketAct.OPENED if fresh else TicketAct.JOINED, words=words, actor=actor)
        note(actor, "ticket_opened", row, place.name, fault=fault, joined=not fresh)
    return Reported(row, code, not fresh)


def _not_too_often(place: Place, signed: bytes | None, now: datetime) -> None:
    if signed is None:
        return
    most = int(rules.value("places.reports_daily", place.path, timezone.localdate(now)).value)
    if Report.objects.filter(sender_mark=signed).count() >= most:
        raise Refusal("GH-PLC-046", f"这个网络今天已经反映{most}次，到上限了", None, "急事拨打12351，明天可以接着反映")


def _of(code: str) -> Report:
    """The report of a code, locked. Runs where the range is wide.

    :raises Refusal: GH-PLC-047 no such code.
    """
    found: Report | None = Report.objects.select_for_update().filter(code_digest=digest(code)).first()
    if found is None:
        raise Refusal("GH-PLC-047", "没有这个反映码", "code", "核对纸条或截屏上的字母和数字")
    now = followed(found.ticket)
    if now.pk != found.ticket_id:  # it was put off and is asked again: the word goes along
        found.ticket = now
        found.save(update_fields=["ticket"])
    return found


def seen(*, code: str) -> None:
    """Whoever reported has read the answer: noted once."""
    with transaction.atomic(), widened():
        row = _of(code)
        if row.seen_at is None and row.ticket.state == TicketState.CLOSED:
            row.seen_at = timezone.now()
            row.save(update_fields=["seen_at"])
            note(OUTSIDER, "answer_seen", row, row.ticket.number)


def thank(*, code: str) -> Ticket:
    """One tap, once, counted without a name.

    :raises Refusal: GH-PLC-047; 048 not mended, or thanked already.
    """
    with transaction.atomic(), widened():
        row = _of(code)
        ticket = row.ticket
        if ticket.outcome != Outcome.FIXED or row.thanked_at is not None:
            raise Refusal("GH-PLC-048", "已经谢过，或还没有修好", None)
        row.thanked_at = timezone.now()
        row.save(update_fields=["thanked_at"])
        Ticket.objects.filter(pk=ticket.pk).update(thanks=F("thanks") + 1)
        note(OUTSIDER, "thanked", ticket, ticket.place.name)
    return ticket


def unsolved(*, code: str) -> Ticket:
    """The answer did not solve it: once for each who reported, and it goes on one tier higher.

    :raises Refusal: GH-PLC-047; 049 not answered yet, or said already; 040 the place has closed.
    """
    now = timezone.now()
    with transaction.atomic(), widened():
        row = _of(code)
        before = row.ticket
        if before.state != TicketState.CLOSED or row.unsolved_at is not None or row.thanked_at is not None:
            raise Refusal("GH-PLC-049", "还没有答复，或您已经说过结果", None)
        place = Place.objects.select_for_update().get(pk=before.place_id)
        if place.state != "open":
            raise Refusal("GH-PLC-040", "这个阵地已经关闭", None)
        holder = above(before.holder, timezone.localdate(now))
        again, fresh = bring(
            place, before.fault, source=TicketSource.PUBLIC, now=now, before=before, tier=before.tier + 1, holder=holder
        )
        again.reports += 1
        again.save(update_fields=["reports"])
        if not fresh and again.tier <= before.tier:  # it is broken anew already: what runs goes up as well
            lift_to(again, holder, before.tier + 1, now, f"{before.number}的答复没有解决问题")
        row.unsolved_at = now
        row.ticket = again
        row.seen_at = None
        row.save(update_fields=["unsolved_at", "ticket", "seen_at"])
        line(before, TicketAct.UNSOLVED)
        line(again, TicketAct.OPENED if fresh else TicketAct.JOINED, words=f"{before.number}的答复没有解决问题")
        note(OUTSIDER, "unsolved", again, place.name, before=before.number)
    return again
