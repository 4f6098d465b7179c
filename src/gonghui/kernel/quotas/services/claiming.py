"""Taking a place at once: the signed ticket for the gate, the slow door beside it, and places that staff give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ...access.rules import require
from ...people.models import Membership, Person
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import Viewer
from .. import audience, contract, queries, registry, rules
from ..choices import DRAWN, Allocation, ClaimState, DrawState, OfferState, Source
from ..models import Claim, Counter, Draw, HouseholdMember, Limit, Offer, Session
from .clock import moment
from .offers import MANAGE, held, note, tell_gate


@dataclass(frozen=True, slots=True)
class SignedTicket:
    """What a page hands to the gate for one counter; `share` says what is reserved, empty for everybody."""

    counter: int
    share: str
    token: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of asking for a place: an outcome of `contract.OUTCOMES`, the claim when there is one."""

    outcome: str
    claim: int | None = None
    at: datetime | None = None

    @property
    def words(self) -> str:
        return contract.OUTCOMES[self.outcome]


def tickets(viewer: Viewer, *, session_id: int) -> list[SignedTicket]:
    """Signed tickets for the counters of a session that the viewer may ask at, reserved shares first.

    :raises Refusal: as `queries.why_not`: the offer is not for this person, used up, in the cooling-off period.
    """
    session, person_id = _open_session(viewer, session_id)
    now = moment()
    refusal = queries.why_not(viewer, session.offer, now, even_early=True)
    if refusal:
        raise refusal
    issued = int(now.timestamp())
    key = contract.gate_key(settings.SECRET_KEY)
    return [
        SignedTicket(
            counter.pk, counter.title,
            contract.sign(
                key, contract.Ticket(session.offer_id, counter.pk, person_id, issued, issued + contract.LIVES)
            ),
        )
        for counter in usable_counters(session, person_id)
    ]  # fmt: skip


def _open_session(viewer: Viewer, session_id: int) -> tuple[Session, int]:
    session: Session | None = Session.objects.select_related("offer").filter(pk=session_id).first()
    if session is None or viewer.person_id is None:
        raise Refusal("GH-QTA-020", "没有这个场次", "session")
    if session.offer.allocation != Allocation.FIRST_COME:
        raise Refusal("GH-QTA-021", f"这个项目是{Allocation(session.offer.allocation).label}，不是先到先得", "session")
    return session, viewer.person_id


def usable_counters(session: Session, person_id: int) -> list[Counter]:
    """The counters of a session for which a person qualifies: reserved shares first, then the places of all."""
    rows = list(Counter.objects.filter(session=session).order_by("pk"))
    on = timezone.localdate()
    reserved = [
        one for one in rows if one.share and audience.holds(one.audience, person_id, on, session.offer.path)
    ]  # fmt: skip
    return [*reserved, *(one for one in rows if not one.share)]


def take(viewer: Viewer, *, session_id: int, key: UUID) -> Taken:
    """The slow door: one person, the same SQL function and the same answers as the gate.

    For phones without script and for the API; counters that are reserved are asked first.
    :raises Refusal: as `tickets`.
    """
    session, person_id = _open_session(viewer, session_id)
    own = Claim.objects.filter(offer=session.offer, person_id=person_id, ended=0)
    known = (own.filter(session=session) if session.offer.each > 1 else own).filter(key=key).first()
    if known:
        return Taken(contract.GRANTED, known.pk, known.made_at)
    refusal = queries.why_not(viewer, session.offer, moment(), even_early=True)
    if refusal:
        raise refusal
    answer = Taken(contract.CLOSED)
    for counter in usable_counters(session, person_id):
        with connection.cursor() as cursor:
            cursor.execute(contract.CLAIM_SQL, [counter.pk, str(person_id), str(key), Source.PAGE.value])
            _, outcome, claim, seconds = cursor.fetchone()
        answer = Taken(outcome, claim, datetime.fromtimestamp(seconds, UTC) if seconds else None)
        if outcome != contract.SOLD_OUT:
            break
    if answer.outcome == contract.AGAIN and (former := queries.served_before(session.offer, person_id, moment())):
        raise queries.too_soon(session.offer, former)  # got at another offer of the kind since the page asked
    return answer


def hold_kind(offer: Offer) -> None:
    """Until COMMIT nobody else gives places of a kind that is given again only after months; after counters' locks."""
    if offer.again_after_months:
        with connection.cursor() as cursor:
            cursor.execute("SELECT quota_hold_kind(%s)", [offer.kind])


def holder_of(limit: Limit | None, person_id: int) -> int | None:
    """Whom a limit counts: minus the household when it speaks of households, else the person."""
    if limit is None:
        return None
    if limit.per == "household":
        tie = HouseholdMember.objects.filter(person_id=person_id).first()
        if tie:
            return -int(tie.household_id)
    return person_id


def barred_from(offer: Offer, person_id: int) -> Refusal | None:
    """The rules that are asked again whenever a place is given: the interval of the kind, and those of apps."""
    if former := queries.served_before(offer, person_id, moment()):
        return queries.too_soon(offer, former)
    return registry.barrier_of(offer, person_id, moment())


def why_no_place(offer: Offer, person_id: int) -> str:
    """Why `place` gave somebody none although there was one, for that person alone."""
    if refusal := barred_from(offer, person_id):
        return refusal.message
    if Claim.objects.filter(offer=offer, person_id=person_id, ended=0).exists():
        return "您已经有这个项目的名额"
    return queries.limit_words(offer.limit) if offer.limit else ""


def free_slot(limit: Limit, holder: int | None) -> int | None:
    """The first of a limit's slots that a holder has not used; None when all are."""
    used = set(Claim.objects.filter(limit=limit, holder=holder, ended=0).values_list("slot", flat=True))
    return rules.free_slot(used, limit.most)


def place(
    counter: Counter,
    person_id: int,
    member_path: str,
    *,
    source: Source,
    state: ClaimState = ClaimState.HELD,
    answer_by: datetime | None = None,
) -> Claim | None:
    """Give one place at a locked counter; None when there is none, or the person has had their share elsewhere.

    The same rules as `quota_claim`, for places that are drawn, waited for, reviewed or given at the desk.
    """
    if counter.taken >= counter.capacity:
        return None
    hold_kind(counter.offer)
    if barred_from(counter.offer, person_id):
        return None
    limit, holder = counter.offer.limit, holder_of(counter.offer.limit, person_id)
    slot = free_slot(limit, holder) if limit is not None else None
    turn = free_turn(counter, person_id)
    if turn is None or (limit is not None and slot is None):
        return None
    try:
        with transaction.atomic():
            claim: Claim = Claim.objects.create(
                path=counter.path, offer_id=counter.offer_id, session_id=counter.session_id, counter=counter,
                person_id=person_id, member_path=member_path, state=state, source=source, key=uuid4(), limit=limit,
                holder=holder, slot=slot, turn=turn, answer_by=answer_by, made_at=moment(),
            )  # fmt: skip
    except IntegrityError:
        return None
    counter.taken += 1
    counter.save(update_fields=["taken"])
    return claim


def free_turn(counter: Counter, person_id: int) -> int | None:
    """The lowest free turn of an offer with several sessions, 0 of any other; None when all of them were had."""
    if counter.offer.each == 1:
        return 0
    had = set(
        Claim.objects.filter(offer_id=counter.offer_id, person_id=person_id, ended=0).values_list("turn", flat=True)
    )
    return rules.free_slot(had, counter.offer.each)


def grant(actor: Viewer, *, session_id: int, person_id: int, source: Source = Source.DESK, why: str = "") -> Claim:
    """Staff give a place: on behalf of a worker without a phone, or after a review.

    :raises Refusal: GH-QTA-022 not a member within the audience; 023 no place, or the person's share is used up;
        025 the places are promised to a draw.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        session: Session | None = Session.objects.visible(actor).select_related("offer").filter(pk=session_id).first()
        if session is None:
            raise Refusal("GH-QTA-001", "没有这个场次，或它不在当前岗位的范围内", "session")
        offer = held(actor, session.offer_id, OfferState.PUBLISHED, OfferState.ALLOCATED)
        if offer.allocation in DRAWN and Draw.objects.get(offer=offer).state != DrawState.DRAWN:
            raise Refusal("GH-QTA-025", "这个项目的名额都由摇号给出，摇号以前不能代办", "session",
                          "本人不会报名的，请会员到窗口登录自己的账号报名；摇号后还有名额再代办")  # fmt: skip
        on = timezone.localdate()
        if not audience.holds(offer.audience, person_id, on, offer.path):
            raise Refusal("GH-QTA-022", "这名会员不在面向范围内", "person")
        if former := queries.served_before(offer, person_id, moment()):
            raise queries.too_soon(offer, former)
        if refusal := registry.barrier_of(offer, person_id, moment()):
            raise refusal
        with widened():
            membership = Membership.objects.filter(person_id=person_id, valid_to__isnull=True).first()
            member_path = membership.path if membership else Person.objects.get(pk=person_id).path
            claim = None
            usable = [one.pk for one in usable_counters(session, person_id)]
            rows = Counter.objects.select_for_update(of=("self",)).select_related("offer__limit").filter(pk__in=usable)
            locked = {one.pk: one for one in rows.order_by("pk")}  # in the order in which everybody locks them
            for pk in usable:
                claim = place(locked[pk], person_id, member_path, source=source)
                if claim:
                    break
        if claim is None:
            raise Refusal("GH-QTA-023", "没有名额了，或这名会员已经领过、次数已用完", "person")
        record(
            actor, "quotas.granted", path=offer.path, object_type="offer_claim", object_id=claim.pk,
            object_name=offer.title, subject_id=person_id, reason=why, detail={"source": source.value},
        )  # fmt: skip
        tell_gate([claim.counter_id])
    return claim


def take_back(actor: Viewer, *, claim_id: int, reason: str) -> Claim:
    """Staff end a claim, with a reason that the member reads; the place goes on.

    :raises Refusal: GH-QTA-024 already over or used.
    """
    from .entering import release

    require(actor, MANAGE)
    if len(reason.strip()) < 4:
        raise Refusal("GH-QTA-010", "取消要写明原因", "reason", "会员会看到")
    with transaction.atomic():
        claim: Claim | None = Claim.objects.visible(actor).filter(pk=claim_id).first()
        over = Refusal("GH-QTA-024", "这个名额已经用过、已经取消，或不在当前岗位的范围内", "claim")
        if claim is None:
            raise over
        ended, released = release(
            claim.pk, ClaimState.CANCELLED, reason.strip(), when=lambda row: row.state != ClaimState.USED
        )
        if not ended:
            raise over
        note(actor, Offer.objects.get(pk=claim.offer_id), "taken_back", reason=reason, detail={"claim": claim.pk})
    return released
