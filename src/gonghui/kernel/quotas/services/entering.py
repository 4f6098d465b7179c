"""Applying for what is drawn, waiting for what is full, giving back: a place that comes back goes to who waits."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from ...access.rules import require
from ...people.models import Person
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import Viewer
from .. import audience, queries, rules
from ..choices import (
    DRAWN,
    TAKING,
    Allocation,
    ClaimState,
    DrawState,
    EntryState,
    HandoverState,
    OfferState,
    SessionState,
    Source,
)
from ..models import Claim, Counter, Draw, Entry, Handover, Offer, Session
from . import telling
from .claiming import place, usable_counters, why_no_place
from .clock import moment
from .offers import MANAGE, held, note, tell_gate

log = logging.getLogger("gonghui.quotas")


def _said(viewer: Viewer, verb: str, row: Claim | Entry, offer: Offer) -> None:
    record(
        viewer, f"quotas.{verb}", path=row.path, object_type="offer", object_id=offer.pk, object_name=offer.title,
        subject_id=row.person_id, detail={"number": offer.number},
    )  # fmt: skip


def enter(viewer: Viewer, *, offer_id: int, choices: list[int], key: UUID) -> Entry:
    """Apply for a place that is drawn; the same key again gives the same entry.

    :param choices: sessions in the order wished; a plain draw needs one or more, a ranked draw keeps the order.
    :raises Refusal: GH-QTA-030 not drawn; 031 wrong choices; 038 the list is locked; and as `queries.why_not`.
    """
    offer, person = _asked(viewer, offer_id)
    if offer.allocation not in DRAWN:
        raise Refusal("GH-QTA-030", f"这个项目是{Allocation(offer.allocation).label}，不用报名摇号", "offer")
    known: Entry | None = Entry.objects.filter(offer=offer, person=person).exclude(state=EntryState.WITHDRAWN).first()
    if known:
        if known.key == key:
            return known
        raise Refusal("GH-QTA-032", "已经报过名了", "offer", "可以在“我的”里查看或撤回")
    sessions = set(
        Session.objects.filter(offer=offer, state=SessionState.PLANNED).values_list("pk", flat=True)
    )  # fmt: skip
    if not choices and len(sessions) == 1:
        choices = list(sessions)
    if not choices or len(set(choices)) != len(choices) or not set(choices) <= sessions:
        raise Refusal("GH-QTA-031", "选至少一个场次，同一个场次只选一次", "choices")
    refusal = queries.why_not(viewer, offer, moment())
    if refusal:
        raise refusal
    with transaction.atomic(), widened():
        _before_the_list(offer)
        return _entered(viewer, offer, person, choices, key, EntryState.ENTERED, None)


def _before_the_list(offer: Offer) -> None:
    """Hold the offer, together with others who enter, until COMMIT: whoever locks the list waits and reads the entry.

    Two statements on purpose: what is read after the lock is newer than the lock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM offer WHERE id = %s FOR SHARE", [offer.pk])
        state = cursor.fetchone()[0]
    if state != OfferState.PUBLISHED:
        raise Refusal("GH-QTA-042", "这个项目现在不能报名", "offer")
    if Draw.objects.get(offer=offer).state != DrawState.COLLECTING:
        raise Refusal("GH-QTA-038", "名单已经锁定，不能再报名", "offer", "可以看看别的项目")


def _asked(viewer: Viewer, offer_id: int) -> tuple[Offer, Person]:
    offer: Offer | None = Offer.objects.select_related("limit").filter(pk=offer_id).first()
    if offer is None or viewer.person_id is None:
        raise Refusal("GH-QTA-020", "没有这个项目", "offer")
    return offer, Person.objects.get(pk=viewer.person_id)


def _entered(
    viewer: Viewer, offer: Offer, person: Person, choices: list[int], key: UUID, state: EntryState, rank: int | None
) -> Entry:
    salt = secrets.token_hex(16)
    try:
        with transaction.atomic(), widened():
            row: Entry = Entry.objects.create(
                path=offer.path, offer=offer, person=person, member_path=person.path, state=state, choices=choices,
                tag=tag_of(offer, salt), salt=salt, rank=rank, key=key, made_at=moment(),
            )  # fmt: skip
            _said(viewer, "waits" if rank else "entered", row, offer)
    except IntegrityError:
        raise Refusal("GH-QTA-032", "已经报过名了", "offer", "可以在“我的”里查看或撤回") from None
    return row


def enter_many(actor: Viewer, *, offer_id: int, persons: Iterable[int], why: str) -> int:
    """Staff enter those who have earned it (a quiz passed) into a draw of prizes, each once; how many were new.

    Who is not within the offer's audience, or has entered already, is passed over.
    :raises Refusal: GH-QTA-030 not drawn; 038 the list is locked.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        offer = held(actor, offer_id, OfferState.PUBLISHED)
        if offer.allocation not in DRAWN:
            raise Refusal("GH-QTA-030", "这个项目不摇号，不能把人列入摇号名单", "offer", "另建一个摇号的奖品项目")
        if Draw.objects.select_for_update().get(offer=offer).state != DrawState.COLLECTING:
            raise Refusal("GH-QTA-038", "名单已经锁定，不能再列入", "offer")
        planned = Session.objects.filter(offer=offer, state=SessionState.PLANNED).order_by("order")
        choices = list(planned.values_list("pk", flat=True))
        with widened():
            inside = audience.members(offer.audience, timezone.localdate(), offer.path)
            known = Entry.objects.filter(offer=offer).exclude(state=EntryState.WITHDRAWN).values("person_id")
            rows = inside.filter(person_id__in=list(persons)).exclude(person_id__in=known)
            made = [_drawn_in(offer, person, path, choices) for person, path in rows.values_list("person_id", "path")]
            Entry.objects.bulk_create(made, batch_size=2_000)
        note(actor, offer, "entered_many", reason=why, detail={"count": len(made)})
    return len(made)


def _drawn_in(offer: Offer, person_id: int, path: str, choices: list[int]) -> Entry:
    salt = secrets.token_hex(16)
    return Entry(
        path=offer.path, offer=offer, person_id=person_id, member_path=path, choices=choices, salt=salt,
        tag=tag_of(offer, salt), made_at=moment(),
    )  # fmt: skip


def tag_of(offer: Offer, salt: str) -> str:
    """The public name of an entry: nobody but who knows the salt can tell whose it is."""
    return hashlib.sha256(f"{offer.number}:{salt}".encode()).hexdigest()[:32]


def withdraw(viewer: Viewer, *, entry_id: int) -> Entry:
    """Take an application back: before the list is locked, or while waiting.

    :raises Refusal: GH-QTA-033 too late.
    """
    with transaction.atomic():
        mine = Entry.objects.filter(pk=entry_id, person_id=viewer.person_id or 0).first()
        if mine is None:
            raise Refusal("GH-QTA-020", "没有这次报名", "entry")
        with widened():
            Offer.objects.select_for_update().get(pk=mine.offer_id)  # the list is not locked meanwhile
            row: Entry = Entry.objects.select_for_update(of=("self",)).select_related("offer__draw").get(pk=entry_id)
            entered = row.state == EntryState.ENTERED
            if row.state != EntryState.WAITING and (not entered or row.offer.draw.state != DrawState.COLLECTING):
                raise Refusal("GH-QTA-033", "名单已经锁定，不能撤回", "entry", "分到以后可以放弃")
            row.state, row.withdrawn_at, row.rank = EntryState.WITHDRAWN, moment(), None
            row.save()
            _said(viewer, "withdrawn", row, row.offer)
    return row


def wait(viewer: Viewer, *, session_id: int, key: UUID) -> Entry:
    """Stand in line for a full session of what goes by first come.

    :raises Refusal: GH-QTA-034 there are places; 035 nobody may wait, or too many do.
    """
    session = Session.objects.select_related("offer__limit").filter(pk=session_id).first()
    if session is None or viewer.person_id is None:
        raise Refusal("GH-QTA-020", "没有这个场次", "session")
    offer, person = session.offer, Person.objects.get(pk=viewer.person_id)
    known: Entry | None = Entry.objects.filter(offer=offer, person=person, state=EntryState.WAITING).first()
    if known:
        return known
    refusal = queries.why_not(viewer, offer, moment())
    if refusal:
        raise refusal
    with transaction.atomic(), widened():
        Offer.objects.select_for_update().get(pk=offer.pk)
        # the counters too: a place that comes back at this moment goes on to who waits before or after, never past them
        list(Counter.objects.select_for_update().filter(session=session).order_by("pk"))
        if any(one.taken < one.capacity for one in usable_counters(session, person.pk)):
            raise Refusal("GH-QTA-034", "现在还有名额，直接领取", "session")
        waiting = Entry.objects.filter(offer=offer, state=EntryState.WAITING)
        if offer.allocation != Allocation.FIRST_COME or waiting.count() >= offer.waits:
            raise Refusal("GH-QTA-035", "这个项目不设候补，或候补已经满了", "session")
        last = Entry.objects.filter(offer=offer).aggregate(last=Max("rank"))["last"] or 0
        row = _entered(viewer, offer, person, [session.pk], key, EntryState.WAITING, last + 1)
    return row


def give_back(viewer: Viewer, *, claim_id: int) -> Claim:
    """A member gives a place back in time; asking twice is as good as once.

    :raises Refusal: GH-QTA-036 too late or used.
    """
    claim: Claim | None = (
        Claim.objects.filter(pk=claim_id, person_id=viewer.person_id or 0).select_related("offer", "session").first()
    )
    if claim is None or viewer.person_id is None:
        raise Refusal("GH-QTA-020", "没有这个名额", "claim")
    until = rules.cancel_until(claim.session.starts_at, claim.offer.cancel_until_hours)

    def in_time(row: Claim) -> bool:
        return row.state in (ClaimState.HELD, ClaimState.OFFERED) and not row.used and not (until and moment() > until)

    with transaction.atomic():
        ended, released = release(claim.pk, ClaimState.CANCELLED, "本人取消", when=in_time)
        if ended:
            _said(viewer, "given_back", claim, claim.offer)
        elif released.state in TAKING:
            raise Refusal(
                "GH-QTA-036", "已经过了可以取消的时间，或已经用过", "claim", "确实来不了，请联系主办单位，免得记为未到"
            )
    return released


def answer(viewer: Viewer, *, claim_id: int, accept: bool) -> Claim:
    """Say yes or no to a place that came from the waiting list.

    :raises Refusal: GH-QTA-037 the time to answer is over.
    """
    claim: Claim | None = (
        Claim.objects.filter(pk=claim_id, person_id=viewer.person_id or 0).select_related("offer").first()
    )
    if claim is None or viewer.person_id is None:
        raise Refusal("GH-QTA-020", "没有这个名额", "claim")
    if claim.state == ClaimState.HELD and accept:
        return claim

    def asked(row: Claim) -> bool:
        return row.state == ClaimState.OFFERED and not (row.answer_by and moment() > row.answer_by)

    offer = claim.offer
    with transaction.atomic():
        if not accept:
            open_still, claim = release(claim.pk, ClaimState.EXPIRED, "本人放弃候补名额", when=asked)
        else:
            with widened():
                claim = Claim.objects.select_for_update().get(pk=claim.pk)
                if open_still := asked(claim):
                    claim.state, claim.answer_by = ClaimState.HELD, None
                    claim.save(update_fields=["state", "answer_by"])
        if not open_still:
            raise Refusal("GH-QTA-037", "确认期限已过，名额给了下一位", "claim")
        _said(viewer, "accepted" if accept else "declined", claim, offer)
    return claim


def release(claim_id: int, state: ClaimState, why: str, *, when: Callable[[Claim], bool]) -> tuple[bool, Claim]:
    """End a claim and pass its place on, under the counter's lock: nobody else can have taken it in between.

    :param when: whether the claim may end, asked under its lock: it may have been used or confirmed meanwhile.
    :returns: whether it ended by this, and the claim as it is now.
    """
    with widened():
        counter_id = Claim.objects.values_list("counter_id", flat=True).get(pk=claim_id)
        counter = (
            Counter.objects.select_for_update(of=("self",)).select_related("offer__limit", "session").get(pk=counter_id)
        )
        claim: Claim = Claim.objects.select_for_update().get(pk=claim_id)
        if claim.state not in TAKING or not when(claim):
            return False, claim
        claim.state, claim.ended, claim.ended_at, claim.ended_why = state, claim.pk, moment(), why[:200]
        claim.save(update_fields=["state", "ended", "ended_at", "ended_why"])
        Handover.objects.filter(claim=claim, state=HandoverState.ASKED).update(
            state=HandoverState.OVER, answered_at=claim.ended_at
        )
        counter.taken -= 1
        counter.freed += 1
        counter.save(update_fields=["taken", "freed"])
        promote(counter)
        tell_gate([counter.pk])
    return True, claim


def promote(counter: Counter) -> list[Claim]:
    """Offer the free places of a locked counter to those who wait, first come first served, in the draw's order."""
    made: list[Claim] = []
    offer, now = counter.offer, moment()
    if offer.state not in (OfferState.PUBLISHED, OfferState.ALLOCATED):
        return made
    until = answer_until(offer.answer_hours, counter.session.starts_at, now)
    if until is None:
        return made
    with widened():
        waiting = Entry.objects.select_for_update(of=("self",), skip_locked=True).filter(
            offer=offer, state=EntryState.WAITING
        )
        waiting = waiting.filter(Q(choices__contains=[counter.session_id]) | Q(choices=[]))
        if counter.share:
            waiting = waiting.filter(_fits_share(counter))
        for entry in waiting.select_related("person").order_by("rank"):
            if counter.taken >= counter.capacity:
                break
            claim = place(
                counter, entry.person_id, entry.person.path, source=Source.WAITING, state=ClaimState.OFFERED,
                answer_by=until,
            )  # fmt: skip
            entry.state = EntryState.WON if claim else EntryState.LOST
            if claim:
                made.append(claim)
            else:
                entry.passed_why = why_no_place(offer, entry.person_id)[:300]
            entry.save(update_fields=["state", "passed_why"])
        telling.offered(offer, made, until)
    return made


def _fits_share(counter: Counter) -> Q:
    """Who of a line may have a reserved place: a draw said so when its list was locked, else as at the claiming."""
    if counter.offer.allocation in DRAWN:
        return Q(shares__contains=[counter.share])
    inside = audience.members(counter.audience, timezone.localdate(), counter.offer.path)
    return Q(person_id__in=inside.values("person_id"))


def answer_until(hours: int, starts_at: datetime | None, now: datetime) -> datetime | None:
    """Until when somebody may think about a place; None when it begins too soon to ask anybody."""
    until = now + timedelta(hours=max(1, hours))
    if starts_at is None:
        return until
    latest = starts_at - timedelta(hours=1)
    return min(until, latest) if latest > now + timedelta(minutes=30) else None


def expire(now: datetime) -> int:
    """Places that nobody answered for go to the next in line."""
    with widened():
        late = Claim.objects.filter(state=ClaimState.OFFERED, answer_by__lt=now).order_by("answer_by")
        due = list(late.values_list("pk", flat=True)[:1000])

    def unanswered(row: Claim) -> bool:
        return row.state == ClaimState.OFFERED and row.answer_by is not None and row.answer_by < now

    count = 0
    for pk in due:
        try:
            with transaction.atomic():
                ended, claim = release(pk, ClaimState.EXPIRED, "没有在期限内确认", when=unanswered)
                if ended:
                    telling.expired(claim)
                count += ended
        except Exception:  # one that cannot be released holds up no other
            log.exception("claim %s", pk)
    return count
