"""What is broken: tickets with their clock, who takes them, how they end; late ones go one tier up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.rules import permissions_of, require
from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.rules.rules import definitions
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from .. import catalog
from ..choices import Outcome, TicketAct, TicketSource, TicketState
from ..models import Consultation, Place, Report, Round, Ticket, TicketLine
from .holding import FIX, held, note, post_words, said
from .pictures import keep_picture


def hours(fault: str, path: str, on: date) -> int:
    """How long the answer may take: by kind and place."""
    key = f"places.hours_{fault}"
    return int(rules.value(key if key in definitions() else "places.hours_other", path, on).value)


def line(row: Ticket, act: TicketAct, *, words: str = "", actor: Viewer | None = None) -> None:
    TicketLine.objects.create(
        path=row.path, ticket=row, act=act, note=words[:300], by=actor.account_id if actor else None,
        by_post=post_words(actor) if actor else "",
    )  # fmt: skip


def bring(
    place: Place, fault: str, *, source: TicketSource, now: datetime, before: Ticket | None = None, tier: int = 0,
    holder: Organisation | None = None, round: Round | None = None,
) -> tuple[Ticket, bool]:  # fmt: skip
    """The open ticket of this fault, or a new one; True when it is new. The place is locked by the caller."""
    if not catalog.fault(fault).apart:
        found = Ticket.objects.select_for_update().filter(place=place, fault=fault).exclude(state="closed").first()
        if found is not None:
            return found, False
    due = now + timedelta(hours=hours(fault, place.path, timezone.localdate(now)))
    made = Ticket.objects.create(
        path=place.path, place=place, number=f"ZD{place.pk:05d}-{place.tickets.count() + 1}", fault=fault,
        source=source, round=round, before=before, opened_at=now, due_at=due, tier=tier,
        holder=holder or place.organisation, holder_name=(holder or place.organisation).name,
    )  # fmt: skip
    return made, True


def _open(row: Ticket) -> None:
    """:raises Refusal: GH-PLC-041 answered already."""
    if row.state == TicketState.CLOSED:
        raise Refusal("GH-PLC-041", "这件问题已经答复", None, "刷新页面看最新状态")


def answers_for(actor: Viewer, row: Ticket) -> bool:
    """What went up is answered where it went, or above: not by those who did not answer in time."""
    if not row.tier:
        return True
    path = PublicOrganisation.objects.filter(pk=row.holder_id).values_list("path", flat=True).first()
    return path is not None and actor.reaches(path)


def _held_here(actor: Viewer, row: Ticket) -> None:
    """:raises Refusal: GH-PLC-051 it is with a body above."""
    if not answers_for(actor, row):
        raise Refusal("GH-PLC-051", f"这件问题已转{row.holder_name}办理", None, "由它接手和答复")


def take(actor: Viewer, *, ticket_id: int) -> Ticket:
    """Somebody is on it.

    :raises Refusal: GH-PLC-001, 041, 051; 042 taken already.
    """
    require(actor, FIX)
    with transaction.atomic():
        row = held(actor, Ticket, ticket_id, "问题")
        _open(row)
        _held_here(actor, row)
        if row.state == TicketState.TAKEN and row.taken_post == post_words(actor):
            raise Refusal("GH-PLC-042", "本岗位已经接手", None, "处理完填写答复")
        row.state, row.taken_at, row.taken_post = TicketState.TAKEN, row.taken_at or timezone.now(), post_words(actor)
        row.save(update_fields=["state", "taken_at", "taken_post"])
        line(row, TicketAct.TAKEN, actor=actor)
        note(actor, "ticket_taken", row, row.place.name)
    return row


def answer(
    actor: Viewer, *, ticket_id: int, outcome: Outcome, text: str, picture: bytes = b"", until: date | None = None
) -> Ticket:
    """The end of a ticket: mended with a picture, nothing wrong, or not now and when. Everybody reads the answer.

    :raises Refusal: GH-PLC-001, 002, 005, 041, 051; 043 mended without a picture; 044 not now without a day, or too
        far off.
    """
    require(actor, FIX)
    words = said(text, "text", "怎样处理的")
    if outcome == Outcome.FIXED and not picture:
        raise Refusal("GH-PLC-043", "修好的要附一张照片", "picture", "在现场拍一张修好的样子")
    now = timezone.now()
    with transaction.atomic():
        row = held(actor, Ticket, ticket_id, "问题")
        _open(row)
        _held_here(actor, row)
        if outcome == Outcome.LATER:
            _until(row, until, timezone.localdate(now))
        row.photo = keep_picture(actor, path=row.path, content=picture, kind="place_fixed") if picture else None
        row.state, row.outcome, row.answer, row.closed_at = TicketState.CLOSED, outcome, words, now
        row.until = until if outcome == Outcome.LATER else None
        row.late = row.late or now > row.due_at
        row.taken_at, row.taken_post = row.taken_at or now, row.taken_post or post_words(actor)
        row.save()
        line(row, TicketAct(outcome.value), words=words, actor=actor)
        note(actor, "ticket_answered", row, row.place.name, outcome=str(outcome), late=row.late)
    return row


def _until(row: Ticket, until: date | None, today: date) -> None:
    most = int(rules.value("places.later_days", row.path, today).value)
    if until is None or not today < until <= today + timedelta(days=most):
        raise Refusal("GH-PLC-044", f"写明哪天以前修好，最晚{most}天内", "until", "到那天没有再处理，会重新立一件")


def above(body: Organisation, on: date) -> Organisation:
    """The nearest body above that has somebody to mend things; the body itself when there is none."""
    parent = body.parent
    while parent is not None:
        held_there = Post.objects.filter(organisation=parent, valid_from__lte=on).exclude(valid_to__lte=on)
        if any(FIX in permissions_of(role) for role in held_there.values_list("role", flat=True).distinct()):
            return parent
        parent = parent.parent
    return body


def lift_to(row: Ticket, holder: Organisation, tier: int, now: datetime, why: str) -> None:
    """One tier up, with a new clock."""
    row.tier, row.holder, row.holder_name = tier, holder, holder.name
    row.due_at = now + timedelta(hours=hours(row.fault, row.path, timezone.localdate(now)))
    row.save(update_fields=["tier", "holder", "holder_name", "due_at", "late"])
    line(row, TicketAct.RAISED, words=f"{why}，转{holder.name}")


def raise_late(now: datetime | None = None) -> int:
    """What was not answered in time goes one tier up, with a new clock; the answer is how many went."""
    moment, gone = now or timezone.now(), 0
    with acting(SYSTEM), transaction.atomic():
        late = Ticket.objects.exclude(state="closed").filter(due_at__lt=moment).order_by("pk")
        for row in late.select_for_update(of=("self",), skip_locked=True).select_related("holder", "place"):
            today = timezone.localdate(moment)
            holder = above(row.holder, today)
            first, row.late = not row.late, True
            if holder.pk == row.holder_id and not first:
                continue  # nobody stands higher; it stays where it is, and late
            lift_to(row, holder, row.tier + (holder.pk != row.holder_id), moment, "超时")
            note(SYSTEM, "ticket_raised", row, row.place.name, tier=row.tier)
            gone += 1
    return gone


def ask_again(today: date | None = None) -> int:
    """What was put off until a day that has passed is a ticket again, unless it was mended meanwhile.

    Where it is broken anew already, that ticket goes on for it, and whoever reported follows there.
    """
    on, made = today or timezone.localdate(), 0
    mended = Ticket.objects.filter(
        place=OuterRef("place"), fault=OuterRef("fault"), outcome=Outcome.FIXED, closed_at__gt=OuterRef("closed_at")
    )
    apart = [one.key for one in catalog.faults().values() if one.apart]  # mending one says nothing of another
    with acting(SYSTEM), transaction.atomic():
        put_off = Ticket.objects.filter(outcome=Outcome.LATER, until__lt=on, again__isnull=True, place__state="open")
        put_off = put_off.filter(Q(fault__in=apart) | ~Exists(mended))
        for before in put_off.select_related("place").order_by("pk"):
            place = Place.objects.select_for_update().get(pk=before.place_id)
            row, fresh = bring(place, before.fault, source=TicketSource.DESK, now=timezone.now(), before=before)
            words = f"{before.number}答复的{before.until:%Y-%m-%d}已过，没有再处理"
            if not fresh:
                _goes_on(row, before, words)
                continue
            row.reports = 1
            row.save(update_fields=["reports"])
            line(row, TicketAct.OPENED, words=words)
            note(SYSTEM, "ticket_opened", row, place.name, before=before.number)
            made += 1
    return made


def _goes_on(row: Ticket, before: Ticket, words: str) -> None:
    """A running ticket takes over from one that was put off."""
    if row.before_id is None:
        row.before = before
        row.save(update_fields=["before"])
        line(row, TicketAct.JOINED, words=words)
        note(SYSTEM, "ticket_opened", row, row.place.name, before=before.number, joined=True)
    else:  # it goes on for another one: who reported is led there by hand
        Report.objects.filter(ticket=before).update(ticket=row, seen_at=None)


def forget(today: date | None = None) -> int:
    """Marks of networks are gone the day after, contacts some days after the answer: of reports and of questions."""
    on = today or timezone.localdate()
    begun = timezone.make_aware(datetime.combine(on, datetime.min.time()))
    days: dict[str, int] = {}
    with acting(SYSTEM), transaction.atomic():
        gone = Report.objects.filter(sender_mark__isnull=False, at__lt=begun).update(sender_mark=None)
        gone += Consultation.objects.filter(sender_mark__isnull=False, asked_at__lt=begun).update(sender_mark=None)
        reports: Any = Report.objects.annotate(ended=F("ticket__closed_at"), named=F("ticket__number"))
        questions: Any = Consultation.objects.annotate(ended=F("answered_at"), named=F("number"))
        for rows in (reports, questions):
            for row in rows.filter(contact_sealed__isnull=False, ended__isnull=False).order_by("pk"):
                if row.path not in days:
                    days[row.path] = int(rules.value("places.contact_days", row.path, on).value)
                if timezone.localdate(row.ended) + timedelta(days=days[row.path]) < on:
                    row.contact_sealed, row.contact_mask = None, ""
                    row.save(update_fields=["contact_sealed", "contact_mask"])
                    note(SYSTEM, "contact_forgotten", row, row.named)
                    gone += 1
    return gone
