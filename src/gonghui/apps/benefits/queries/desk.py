"""Reads of the desk: offers in their phases, one offer with its numbers, sessions of a month, fairness of a year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.choices import Industry
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import ancestors, paths, subtree
from gonghui.kernel.people.choices import NewFormOccupation, WorkerKind
from gonghui.kernel.people.models import Membership, Person
from gonghui.kernel.procedures.queries import definitions as procedures
from gonghui.kernel.quotas import audience
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import rules as quota_rules
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.quotas.choices import DRAWN, EntryState, OfferState, SessionState
from gonghui.kernel.quotas.models import CheckIn, Claim, Counter, Draw, Entry, Limit, Offer, Session, last_lesson
from gonghui.kernel.quotas.rules.fairness import Spread
from gonghui.kernel.viewer import Viewer

from ..effects import PLACE
from ..models import OfferPage
from ..rules import lessons
from ..rules.pages import check_page
from . import trips

NEAR = timedelta(hours=18)
"""How far from a lesson's begin the door stands open in the list."""
PHASES = {"draft": "草稿", "open": "报名中", "soon": "即将开始", "given": "已分配", "over": "已结束"}


def offers(viewer: Viewer) -> QuerySet[Offer]:
    """Offers of the range with their pages and places."""
    places = Counter.objects.filter(offer=OuterRef("pk")).values("offer")
    return quotas.offers(viewer).select_related("page").annotate(
        capacity=Subquery(places.annotate(n=Sum("capacity")).values("n")),
        taken=Subquery(places.annotate(n=Sum("taken")).values("n")),
    )  # fmt: skip


def in_phase(rows: QuerySet[Offer], phase: str, now: datetime) -> QuerySet[Offer]:
    """The tabs of the list: by what staff did and by the clock."""
    published = Q(state=OfferState.PUBLISHED)
    ahead = Session.objects.filter(offer=OuterRef("pk"), state=SessionState.PLANNED)
    ahead = ahead.annotate(last=last_lesson(F("ends_at"))).filter(Q(last__isnull=True) | Q(last__gt=now))
    closed = Q(state=OfferState.ALLOCATED) | published & Q(closes_at__lte=now)
    if phase == "draft":
        return rows.filter(state=OfferState.DRAFT)
    if phase == "soon":
        return rows.filter(published, opens_at__gt=now)
    if phase == "open":
        return rows.filter(published, opens_at__lte=now, closes_at__gt=now)
    if phase == "given":
        return rows.filter(closed & Exists(ahead))
    return rows.filter(Q(state__in=[OfferState.ENDED, OfferState.CANCELLED]) | closed & ~Exists(ahead))


def phase_words(offer: Offer, now: datetime) -> tuple[str, str]:
    """(words, kind of tag) of what an offer is now."""
    phase = quota_rules.phase(offer.state, offer.opens_at, offer.closes_at, now)
    return {
        "draft": ("草稿", "wait"), "coming": ("即将开始", "info"), "open": ("报名中", "ok"), "closed": ("已截止", ""),
        "allocated": ("已分配", "ok"), "ended": ("已结束", ""), "cancelled": ("已取消", "bad"),
    }[phase]  # fmt: skip


def offer(viewer: Viewer, pk: int) -> Offer | None:
    """One offer of the range with its page."""
    return offers(viewer).select_related("page", "page__image", "limit", "draw", "copied_from").filter(pk=pk).first()


def limits(viewer: Viewer, on: date) -> list[Limit]:
    """Limits in force that an organisation of the range set itself, or one above it."""
    above = [*ancestors(viewer.lo), viewer.lo]
    rows = Limit.objects.filter(Q(path__in=above) | Q(path__gte=viewer.lo, path__lt=viewer.hi), valid_to__gte=on)
    return list(rows.order_by("title", "pk")[:100])


def reviews(viewer: Viewer, path: str, on: date) -> list[tuple[str, str]]:
    """(key, title) of the procedures in force at a place whose decision gives a place of an offer."""
    return [
        (one.key, one.title)
        for one in procedures.usable(path, on)
        if any(effect.get("key") == PLACE for effect in one.body.get("approved") or [])
    ]


def checklist(viewer: Viewer, row: Offer, parties: int = 0, outside: str = "") -> list[tuple[str, str]]:
    """Everything that is missing before an offer may be published, of its page and of its places."""
    sessions = [
        {
            "title": one.title, "starts_at": one.starts_at, "place": one.place,
            "capacity": sum(counter.capacity for counter in one.counters.all()),
        }
        for one in quotas.sessions(row)
    ]  # fmt: skip
    page: OfferPage = row.page
    return check_page(
        kind=page.kind, intro=page.intro, contact=page.contact, has_image=page.image_id is not None,
        image_alt=page.image_alt, sessions=sessions,
    ) + quota_rules.check_publishable(
        title=row.title, allocation=row.allocation, opens_at=row.opens_at, closes_at=row.closes_at,
        now=quota_services.moment(), sessions=sessions, parties=parties, outside=outside, procedure=row.procedure,
        reach=audience.count(row.audience, timezone.localdate(), row.path),
    ) + trips.breaches(row)  # fmt: skip


def claims(viewer: Viewer, row: Offer) -> QuerySet[Claim]:
    """Who has or had a place; `who` is None for somebody who moved out of the range since."""
    people = Prefetch("person", Person.objects.visible(viewer), to_attr="who")
    return Claim.objects.visible(viewer).filter(offer=row).select_related("session", "counter").prefetch_related(people)


def claim(viewer: Viewer, pk: int) -> Claim | None:
    people = Prefetch("person", Person.objects.visible(viewer), to_attr="who")
    rows = Claim.objects.visible(viewer).select_related("session", "counter", "offer").prefetch_related(people)
    return rows.filter(pk=pk).first()


def check_ins_of(viewer: Viewer, row: Claim) -> list[CheckIn]:
    return list(CheckIn.objects.visible(viewer).filter(claim=row).order_by("-at"))


def entered(row: Offer) -> dict[str, int]:
    """How many applied and how many wait; who they are is not read."""
    rows = Entry.objects.filter(offer=row)
    return {
        "entered": rows.exclude(state=EntryState.WITHDRAWN).count(),
        "waiting": rows.filter(state=EntryState.WAITING).count(),
    }


def draws_waiting(viewer: Viewer, now: datetime) -> list[Draw]:
    """Draws of the range that closed and wait: for a witness, a secret or a public value."""
    rows = Draw.objects.visible(viewer).filter(offer__state=OfferState.PUBLISHED, offer__allocation__in=DRAWN)
    rows = rows.filter(Q(state="listed") | Q(state="collecting", offer__closes_at__lte=now))
    return list(rows.select_related("offer").prefetch_related("parties")[:20])


def drawn(row: Offer) -> bool:
    return row.allocation in DRAWN


@dataclass(frozen=True, slots=True)
class Held:
    """One lesson of a session, as the calendar has it."""

    session: Session
    begins: datetime
    ends: datetime | None
    number: int


def month(viewer: Viewer, first: date) -> list[Held]:
    """Every lesson of a month, in order of time, with the places of its session."""
    begin = timezone.make_aware(datetime(first.year, first.month, 1))
    following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    end = timezone.make_aware(datetime(following.year, following.month, 1))
    rows = Session.objects.visible(viewer).filter(starts_at__lt=end, state=SessionState.PLANNED)
    rows = rows.annotate(last=last_lesson(F("starts_at"))).filter(last__gte=begin)
    rows = rows.exclude(offer__state=OfferState.CANCELLED).select_related("offer", "offer__organisation")
    rows = rows.annotate(capacity=Sum("counters__capacity"), taken=Sum("counters__taken")).order_by("starts_at", "pk")
    found = []
    for row in rows[:500]:
        assert row.starts_at is not None, "asked for"
        for number, (begins, ends) in enumerate(lessons.times(row.starts_at, row.ends_at, row.lessons), 1):
            if begin <= begins < end:
                found.append(Held(row, begins, ends, number))
    return sorted(found, key=lambda one: (one.begins, one.session.pk))


def sessions_of_day(viewer: Viewer, now: datetime) -> list[Session]:
    """Where people check in about now: a lesson begins within a day or began within a day; also what has no time.

    Each row has `lesson`, the time of the lesson that is meant.
    """
    near = Q()
    for n in range(lessons.MOST_LESSONS):
        first = now - lessons.WEEK * n
        near |= Q(lessons__gt=n, starts_at__gte=first - NEAR, starts_at__lt=first + NEAR)
    running = Q(starts_at__lt=now, ends_at__gt=now)
    timeless = Q(starts_at__isnull=True, offer__opens_at__lte=now, offer__closes_at__gt=now - timedelta(days=60))
    rows = Session.objects.visible(viewer).filter(near | running | timeless, state=SessionState.PLANNED)
    shown = [OfferState.PUBLISHED, OfferState.ALLOCATED, OfferState.ENDED]
    rows = rows.filter(offer__state__in=shown).select_related("offer")
    found = list(rows.order_by(F("starts_at").asc(nulls_last=True), "pk")[:100])
    for row in found:
        row.lesson = lesson_of(row, now)
    return sorted(found, key=lambda row: (row.lesson is None, row.lesson and row.lesson.at, row.pk))


@dataclass(frozen=True, slots=True)
class Lesson:
    """One time of a session: which of how many, and when it begins."""

    number: int
    count: int
    at: datetime

    @property
    def words(self) -> str:
        return f"第{self.number}次课，共{self.count}次" if self.count > 1 else ""


def lesson_of(row: Session, now: datetime) -> Lesson | None:
    """The lesson of a session that a moment belongs to; None for what has no time."""
    if row.starts_at is None:
        return None
    at = quota_rules.nearest_lesson(row.starts_at, row.lessons, now)
    return Lesson(round((at - row.starts_at) / lessons.WEEK) + 1, row.lessons, at)


def session(viewer: Viewer, pk: int) -> Session | None:
    return Session.objects.visible(viewer).filter(pk=pk).select_related("offer", "offer__page").first()


def counter(viewer: Viewer, pk: int) -> Counter | None:
    return Counter.objects.visible(viewer).filter(pk=pk).select_related("session", "offer").first()


def _at_door(viewer: Viewer, row: Session, now: datetime) -> QuerySet[Any]:
    """Everybody with a place of a session; `here` says who came, of several lessons to this one."""
    lesson, here = lesson_of(row, now), Q(used__gt=0)
    if lesson is not None and lesson.count > 1:
        own, half = CheckIn.objects.filter(claim=OuterRef("pk"), undone_at__isnull=True), lessons.WEEK / 2
        here = Q(Exists(own.filter(at__gte=lesson.at - half, at__lt=lesson.at + half)))
    rows: QuerySet[Any] = Claim.objects.visible(viewer).filter(session=row, state__in=("held", "used", "no_show"))
    found: QuerySet[Any] = rows.annotate(here=ExpressionWrapper(here, output_field=BooleanField()))
    return found


def arrivals(viewer: Viewer, row: Session, now: datetime) -> dict[str, int]:
    """How many of those expected are there."""
    rows = _at_door(viewer, row, now)
    return {"expected": rows.count(), "arrived": rows.filter(here=True).count()}


def expected(viewer: Viewer, row: Session, now: datetime) -> list[Claim]:
    """Everybody with a place of a session, those who have not come first."""
    people = Prefetch("person", Person.objects.visible(viewer), to_attr="who")
    return list(_at_door(viewer, row, now).prefetch_related(people).order_by("here", "pk")[:500])


def last_check_ins(viewer: Viewer, row: Session) -> list[CheckIn]:
    people = Prefetch("person", Person.objects.visible(viewer), to_attr="who")
    rows = CheckIn.objects.visible(viewer).filter(session=row, undone_at__isnull=True).select_related("claim")
    return list(rows.prefetch_related(people).order_by("-at", "-pk")[:20])


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one place, age, work or industry, and how services fell on them."""

    title: str
    spread: Spread
    key: str = ""
    """Names the group in an address; a dash for those of whom the thing is not on record."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """A year's services of a range: over all, by the places directly below, and by what members are."""

    title: str
    whole: Spread
    places: list[Group]
    ages: list[Group]
    works: list[Group]
    industries: list[Group]


_AGES: Final = {2: "30岁以下", 3: "30至39岁", 4: "40至49岁", 5: "50至59岁", 6: "60岁以上", None: "没有登记出生日期"}


def fairness(viewer: Viewer, year: int) -> Fairness | None:
    """Over a year; None for a post without an organisation of its own."""
    if viewer.organisation_id is None:
        return None
    own, within = _own_range(viewer, viewer.organisation_id)
    found = quotas.fairness(within, *_whole(year))
    places = {one.path: one for one in org_queries.children(viewer, own)}
    works = {str(key): label for key, label in (*WorkerKind.choices, *NewFormOccupation.choices)}
    industries = {str(key): label for key, label in Industry.choices}
    return Fairness(
        own.name,
        found["all"][None],
        _named(found["place"], lambda path: places[path].name if path in places else f"{own.name}本级", _number),
        [Group(_AGES[key], found["age"][key], _key(key)) for key in _AGES if key in found["age"]],
        _named(found["work"], lambda key: works.get(key, "没有登记")),
        _named(found["industry"], lambda key: industries.get(key, "没有登记行业")),
    )


def _own_range(viewer: Viewer, organisation_id: int) -> tuple[Organisation, Viewer]:
    """The organisation of a post, and the viewer kept to what lies below it."""
    own = org_queries.organisation(viewer, organisation_id)
    lo, hi = subtree(own.path)
    return own, replace(viewer, lo=max(lo, viewer.lo), hi=min(hi, viewer.hi))


def _whole(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year + 1, 1, 1)


def _number(path: str) -> int:
    """The organisation at the end of a path."""
    return paths.ids(path)[-1]


def _key(key: Any) -> str:
    return "-" if key is None else str(key)


def _named(
    groups: dict[Any, Spread], title: Callable[[Any], str], key: Callable[[Any], object] = lambda one: one
) -> list[Group]:
    """Groups, those of which the fewest were served first: that is what is looked for."""
    rows = [Group(title(one), found, _key(key(one))) for one, found in groups.items()]
    return sorted(rows, key=lambda one: (one.spread.percent, -one.spread.members))


def never_served(viewer: Viewer, year: int, by: str, key: str) -> tuple[str, list[int]] | None:
    """(whom a group of the year's report is, memberships in it that were never served); None for no such group."""
    found = fairness(viewer, year)
    if found is None or viewer.organisation_id is None:
        return None
    own, within = _own_range(viewer, viewer.organisation_id)
    groups = {"place": found.places, "age": found.ages, "work": found.works, "industry": found.industries}.get(by, [])
    title = found.title if by == "all" else next((one.title for one in groups if one.key == key), None)
    if title is None:
        return None
    asked: Any = None if by == "all" or key == "-" else key
    if by == "age" and asked is not None:
        asked = int(asked)
    elif by == "place" and asked is not None:
        asked = {one.pk: one.path for one in [own, *org_queries.children(viewer, own)]}[int(asked)]
    return title, quotas.never_served(within, *_whole(year), by, asked)


def members_of(viewer: Viewer, ids: Sequence[int]) -> list[Membership]:
    """Memberships of the range with person and union, in the order of their numbers given."""
    rows = Membership.objects.visible(viewer).filter(pk__in=ids).select_related("person", "organisation")
    known = {one.pk: one for one in rows}
    return [known[pk] for pk in ids if pk in known]


def pages_of_series(viewer: Viewer, row: Offer) -> list[Any]:
    """Earlier and later offers of the same series."""
    if not row.page.series:
        return []
    rows = OfferPage.objects.visible(viewer).filter(series=row.page.series).exclude(offer=row)
    return list(rows.select_related("offer").order_by("-offer__opens_at")[:10])
