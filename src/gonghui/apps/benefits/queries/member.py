"""Reads of a member: what is for me, how I stand with one offer, my tickets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from gonghui.kernel.people.models import Person
from gonghui.kernel.people.queries import own_membership
from gonghui.kernel.procedures.queries import definitions as procedures
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import registry
from gonghui.kernel.quotas import rules as quota_rules
from gonghui.kernel.quotas.choices import (
    DRAWN,
    TAKING,
    Allocation,
    ClaimState,
    EntryState,
    OfferState,
    SessionState,
)
from gonghui.kernel.quotas.models import Claim, Counter, Entry, HouseholdMember, Offer, Session, last_lesson
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened
from gonghui.kernel.venues import Venue
from gonghui.kernel.viewer import Viewer

from ..models import CalendarFeed, OfferPage, Rating, Reminder
from ..rules.lessons import MOST_LESSONS, WEEK


@dataclass(frozen=True, slots=True)
class Card:
    """One offer in the member's list; `mine` says in a word what the member already has."""

    offer: Offer
    page: OfferPage | None
    phase: str
    left: int
    capacity: int
    mine: str = ""
    reminded: bool = False
    venues: list[Venue] = field(default_factory=list)

    @property
    def points(self) -> str:
        """Where it is held, as the phone sorts by: "lon,lat lon,lat"."""
        return " ".join(f"{one.point[0]:.6f},{one.point[1]:.6f}" for one in self.venues if one.point)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The first page: open now, coming, and what needs an answer."""

    open: list[Card] = field(default_factory=list)
    coming: list[Card] = field(default_factory=list)
    tickets: int = 0
    to_answer: int = 0

    @property
    def sortable(self) -> bool:
        """Whether it would say anything to sort what is open by how far it is."""
        return sum(bool(one.points) for one in self.open) > 1


def _venues(offers: list[int]) -> dict[int, list[Venue]]:
    """Offer → the registered places where its sessions are held."""
    rows = Session.objects.filter(offer_id__in=offers, state=SessionState.PLANNED, venue__isnull=False)
    held = list(rows.values_list("offer_id", "venue").distinct())
    known = registry.venues({pk for _, pk in held})
    found: dict[int, list[Venue]] = {}
    for offer_id, pk in held:
        if pk in known:
            found.setdefault(offer_id, []).append(known[pk])
    return found


def _places(offers: list[int]) -> dict[int, tuple[int, int]]:
    rows = Counter.objects.filter(offer_id__in=offers, session__state=SessionState.PLANNED).values("offer_id")
    return {
        row["offer_id"]: (int(row["c"]), int(row["c"] - row["t"]))
        for row in rows.annotate(c=Sum("capacity"), t=Sum("taken"))
    }


def _mine(viewer: Viewer, offers: list[int]) -> dict[int, str]:
    """Offer → what the member has of it, in a word."""
    person = viewer.person_id or 0
    found: dict[int, str] = {}
    for offer_id, state in Entry.objects.filter(
        person_id=person, offer_id__in=offers, state__in=[EntryState.ENTERED, EntryState.WAITING]
    ).values_list("offer_id", "state"):
        found[offer_id] = EntryState(state).label
    for offer_id, state in Claim.objects.filter(person_id=person, offer_id__in=offers, ended=0).values_list(
        "offer_id", "state"
    ):
        found[offer_id] = ClaimState(state).label
    return found


def shelf(viewer: Viewer, now: datetime, kind: str = "") -> Shelf:
    """What is for this member, in a fixed number of statements."""
    offers = quotas.for_member(viewer, now)
    if kind:
        offers = [one for one in offers if one.kind == kind]
    ids = [one.pk for one in offers]
    pages = {one.offer_id: one for one in OfferPage.objects.filter(offer_id__in=ids)}
    places, mine, venues = _places(ids), _mine(viewer, ids), _venues(ids)
    reminded = set(
        Reminder.objects.filter(person_id=viewer.person_id or 0, offer_id__in=ids).values_list("offer_id", flat=True)
    )
    found = Shelf(
        **current(viewer).aggregate(tickets=Count("pk"), to_answer=Count("pk", filter=Q(state=ClaimState.OFFERED)))
    )
    for one in offers:
        phase = quota_rules.phase(one.state, one.opens_at, one.closes_at, now)
        capacity, left = places.get(one.pk, (0, 0))
        card = Card(
            one, pages.get(one.pk), phase, left, capacity, mine.get(one.pk, ""), one.pk in reminded,
            venues.get(one.pk, []),
        )  # fmt: skip
        (found.coming if phase == "coming" else found.open).append(card)
    return found


def current(viewer: Viewer) -> QuerySet[Claim]:
    """Places that the member has and may still use."""
    rows = Claim.objects.filter(person_id=viewer.person_id or 0, state__in=[ClaimState.HELD, ClaimState.OFFERED])
    return rows.select_related("offer", "session").order_by("session__starts_at", "pk")


def past(viewer: Viewer) -> QuerySet[Claim]:
    """What was used, given back or called off, the latest first."""
    rows = Claim.objects.filter(person_id=viewer.person_id or 0).exclude(
        state__in=[ClaimState.HELD, ClaimState.OFFERED]
    )
    return rows.select_related("offer", "session").order_by("-pk")


def claim(viewer: Viewer, pk: int) -> Claim | None:
    """The member's own."""
    return quotas.my_claims(viewer).filter(pk=pk).first()


def waiting_entries(viewer: Viewer) -> list[Entry]:
    rows = quotas.my_entries(viewer).filter(state__in=[EntryState.ENTERED, EntryState.WAITING])
    return [one for one in rows if quotas.entry_state(one) in (EntryState.ENTERED, EntryState.WAITING)]


_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """One session as a member chooses it; `mine` is the member's own place in it."""

    session: Session
    capacity: int
    left: int
    mine: Claim | None = None


def _choice(session: Any, mine: Claim | None) -> Choice:
    capacity = session.capacity or 0
    return Choice(session, capacity, capacity - (session.taken or 0), mine)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands with an offer: the page shows one primary button and this decides which."""

    offer: Offer
    page: OfferPage
    host: str
    phase: str
    choices: list[Choice]
    refusal: Refusal | None
    claims: list[Claim]
    entry: Entry | None
    entry_state: str
    ahead: int
    reminded: bool
    lost: bool
    apply_with: int | None = None
    """Of what is given after a review: the procedure by which the member applies."""
    venues: list[Venue] = field(default_factory=list)

    @property
    def wishes(self) -> list[Session]:
        """What the member's entry asks for, in its order."""
        known = {one.session.pk: one.session for one in self.choices}
        return [known[pk] for pk in (self.entry.choices if self.entry else []) if pk in known]

    @property
    def claim(self) -> Claim | None:
        """The member's place; of several the first one made."""
        return self.claims[0] if self.claims else None

    @property
    def several(self) -> bool:
        return self.offer.each > 1

    @property
    def more(self) -> int:
        """How many sessions the member may still have."""
        return max(0, self.offer.each - len(self.claims))

    @property
    def sooner(self) -> list[Choice]:
        """The sessions that a phone shows at once."""
        return self.choices[:_SHOWN]

    @property
    def later(self) -> list[Choice]:
        return self.choices[_SHOWN:]

    @property
    def left(self) -> int:
        """Places that the member could still take."""
        return sum(one.left for one in self.choices if one.mine is None)

    @property
    def capacity(self) -> int:
        return sum(one.capacity for one in self.choices)

    @property
    def drawn(self) -> bool:
        return self.offer.allocation in DRAWN

    @property
    def ranked(self) -> bool:
        return self.offer.allocation == Allocation.RANKED

    @property
    def act(self) -> str:
        """The one thing to do: ticket, answer, waiting, entered, refused, remind, claim, wait, enter, apply or none."""
        if self.claim is not None and not (self.several and self.more):
            return "answer" if self.claim.state == ClaimState.OFFERED else "ticket"
        if self.entry is not None and self.entry_state in (EntryState.WAITING, EntryState.ENTERED):
            return "waiting" if self.entry_state == EntryState.WAITING else "entered"
        if self.refusal is not None:
            return "refused"
        if self.phase == "coming":
            return "remind"
        if self.phase != "open":
            return "none"
        if self.drawn:
            return "enter"
        if self.offer.allocation == Allocation.REVIEWED:
            return "apply" if self.apply_with else "none"
        return "claim" if self.left else "wait" if self.offer.waits else "full"


def offer(viewer: Viewer, pk: int) -> Offer | None:
    """A published offer: anybody with a log-in may read what is offered, whom it is for stands on it."""
    rows = Offer.objects.exclude(state=OfferState.DRAFT).select_related("limit", "page", "draw")
    return rows.filter(pk=pk, page__isnull=False).first()


def standing(viewer: Viewer, row: Offer, now: datetime) -> Standing:
    """Everything the offer's page needs."""
    person = viewer.person_id or 0
    claims = list(Claim.objects.filter(offer=row, person_id=person, ended=0).select_related("session").order_by("pk"))
    entry = Entry.objects.filter(offer=row, person_id=person).exclude(state=EntryState.WITHDRAWN).first()
    if entry is not None:
        entry.offer = row
    state = quotas.entry_state(entry) if entry else ""
    settled = len(claims) >= row.each or state in (EntryState.WAITING, EntryState.ENTERED)
    refusal = None if settled else quotas.why_not(viewer, row, now, even_early=True)
    phase = quota_rules.phase(row.state, row.opens_at, row.closes_at, now)
    if refusal is not None and refusal.code in ("GH-QTA-041", "GH-QTA-042"):
        refusal = None  # the phase says so already
    held = {one.session_id: one for one in claims}
    choices = [
        _choice(one, held.get(one.pk) if row.each > 1 else None)
        for one in quotas.sessions(row)
        if one.state == SessionState.PLANNED and not one.is_over(now)
    ]
    return Standing(
        offer=row, page=row.page, host=quotas.host(row), phase=phase, choices=choices, refusal=refusal, claims=claims,
        entry=entry, entry_state=str(state), ahead=_ahead(entry) if state == EntryState.WAITING else 0,
        reminded=phase == "coming" and Reminder.objects.filter(offer=row, person_id=person).exists(),
        lost=state == EntryState.LOST,
        apply_with=_review(viewer, row) if row.allocation == Allocation.REVIEWED else None,
        venues=_venues([row.pk]).get(row.pk, []),
    )  # fmt: skip


def _review(viewer: Viewer, row: Offer) -> int | None:
    """The version of the offer's procedure that is in force at the member's union."""
    own = own_membership(viewer)
    found = procedures.in_force(row.procedure, own.path, timezone.localdate()) if own is not None else None
    return found.pk if found else None


def _ahead(entry: Entry | None) -> int:
    """How many stand before an entry that waits: a count, nobody's name."""
    if entry is None or entry.rank is None:
        return 0
    with widened():
        return Entry.objects.filter(offer=entry.offer_id, state=EntryState.WAITING, rank__lt=entry.rank).count()


def entry(viewer: Viewer, pk: int) -> Entry | None:
    return quotas.my_entries(viewer).filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Home:
    """A household with the names of those in it, which its members gave one another."""

    code: str
    names: list[str]


def household(viewer: Viewer) -> Home | None:
    """The viewer's own household."""
    tie = HouseholdMember.objects.filter(person_id=viewer.person_id or 0).select_related("household").first()
    if tie is None:
        return None
    with widened():
        people = HouseholdMember.objects.filter(household=tie.household_id).order_by("joined_at", "pk")
        names = list(Person.objects.filter(pk__in=people.values("person_id")).values_list("name", flat=True))
    return Home(tie.household.code, names)


def sessions_ahead(viewer: Viewer, now: datetime) -> list[Claim]:
    """Claims whose session has a time that is still to come, for the calendar."""
    rows = current(viewer).annotate(last=last_lesson(F("session__starts_at"), "session__"))
    rows = rows.filter(state=ClaimState.HELD, last__gt=now)
    return list(rows.filter(session__state=SessionState.PLANNED)[:200])


def has_feed(viewer: Viewer) -> bool:
    """Whether a phone may be subscribed to the member's calendar."""
    with widened():
        return CalendarFeed.objects.filter(person_id=viewer.person_id or 0).exists()


def sessions_of_feed(token_digest: str, now: datetime) -> list[Claim] | None:
    """What a subscribed phone is told: sessions to come of the member whose link it is; None for no such link."""
    with widened():
        person = CalendarFeed.objects.filter(token_digest=token_digest).values_list("person_id", flat=True).first()
        if person is None:
            return None
        return sessions_ahead(Viewer(role="member", name="", person_id=person), now)


def to_know(viewer: Viewer, now: datetime) -> list[Claim]:
    """Places to confirm first, then sessions of the day after this one."""
    begin = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    lesson = Q()
    for n in range(MOST_LESSONS):
        first = begin - WEEK * n
        lesson |= Q(
            session__lessons__gt=n, session__starts_at__gte=first, session__starts_at__lt=first + timedelta(days=1)
        )
    tomorrow = lesson & Q(state=ClaimState.HELD, session__state=SessionState.PLANNED)
    rows = current(viewer).filter(Q(state=ClaimState.OFFERED) | tomorrow)
    return list(rows.order_by("-state", "session__starts_at", "pk")[:15])  # offered before held


def opening_today(viewer: Viewer, now: datetime) -> list[Reminder]:
    """Offers the member wanted to hear of that open today."""
    begin = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Reminder.objects.filter(person_id=viewer.person_id or 0, offer__state=OfferState.PUBLISHED)
    rows = rows.filter(
        offer__opens_at__gte=begin, offer__opens_at__lt=begin + timedelta(days=1), offer__closes_at__gt=now
    )
    return list(rows.select_related("offer")[:10])


def may_rate(viewer: Viewer, row: Offer) -> bool:
    """Only who was checked in, once."""
    person = viewer.person_id or 0
    if not Claim.objects.filter(offer=row, person_id=person, used__gt=0, state__in=TAKING).exists():
        return False
    return not Rating.objects.filter(offer=row, person_id=person).exists()


def was_there(viewer: Viewer, row: Offer) -> bool:
    return Claim.objects.filter(offer=row, person_id=viewer.person_id or 0, used__gt=0).exists()


def sentence(entry: Entry) -> dict[str, Any]:
    """Why a member did or did not get a place, ready for the page."""
    return quotas.why_drawn_so(entry)
