"""Reads of menus: the desk's with costs and clashes, and what a member sees of those that are for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.people.models import Membership
from gonghui.kernel.people.queries import own_membership
from gonghui.kernel.quotas import rules as quota_rules
from gonghui.kernel.quotas.choices import OfferState
from gonghui.kernel.quotas.models import CheckIn, Claim
from gonghui.kernel.viewer import Viewer

from ..choices import DishState, MenuState
from ..models import Dish, Menu, Vote
from ..rules import lessons

SHOWN_AFTER = timedelta(days=180)
"""How long a closed menu still tells what became of it."""


# -- the desk -----------------------------------------------------------------------------------------------------


def menus(viewer: Viewer) -> QuerySet[Menu]:
    """Menus of the range with the numbers of their dishes."""
    rows: QuerySet[Menu] = Menu.objects.visible(viewer).select_related("organisation").annotate(
        all_dishes=Count("dishes"), opened=Count("dishes", filter=Q(dishes__state=DishState.OPENED)),
        to_review=Count("dishes", filter=Q(dishes__state=DishState.PROPOSED)), cast=Sum("dishes__votes"),
    )  # fmt: skip
    return rows


def menu(viewer: Viewer, pk: int) -> Menu | None:
    return Menu.objects.visible(viewer).select_related("organisation").filter(pk=pk).first()


def dish(viewer: Viewer, pk: int) -> Dish | None:
    rows = Dish.objects.visible(viewer).select_related("menu", "menu__organisation", "offer", "offer__page")
    return rows.filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Row:
    """One dish at the desk: how far it is, and what each head cost once people came."""

    dish: Dish
    percent: int
    people: int = 0
    visits: int = 0

    @property
    def reached(self) -> bool:
        return self.dish.votes >= self.dish.threshold

    @property
    def short(self) -> int:
        return max(0, self.dish.threshold - self.dish.votes)

    @property
    def head(self) -> float | None:
        """Yuan for each person who was checked in."""
        fen = lessons.per_head(self.dish.cost, self.people)
        return None if fen is None else fen / 100


def _percent(row: Dish) -> int:
    return min(100, round(100 * row.votes / row.threshold))


def attended(viewer: Viewer, offers: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Offer → (different persons checked in, attendances)."""
    rows = CheckIn.objects.visible(viewer).filter(offer_id__in=list(offers), undone_at__isnull=True)
    return {
        row["offer_id"]: (row["people"], row["visits"])
        for row in rows.values("offer_id").annotate(people=Count("person_id", distinct=True), visits=Sum("part"))
    }


def rows_of(viewer: Viewer, dishes: Iterable[Dish]) -> list[Row]:
    listed = list(dishes)
    found = attended(viewer, [one.offer_id for one in listed if one.offer_id])
    return [Row(one, _percent(one), *found.get(one.offer_id or 0, (0, 0))) for one in listed]


def dishes(viewer: Viewer, row: Menu) -> list[Row]:
    """Dishes of a menu, those with the most votes first."""
    found = Dish.objects.visible(viewer).filter(menu=row).select_related("offer", "offer__page")
    return rows_of(viewer, found.order_by("-votes", "pk"))


def proposals(viewer: Viewer) -> QuerySet[Dish]:
    """Wishes of members that wait for an answer."""
    return Dish.objects.visible(viewer).filter(state=DishState.PROPOSED, menu__state=MenuState.OPEN)


def ready(viewer: Viewer) -> QuerySet[Dish]:
    """Dishes that reached their threshold and are not opened yet."""
    rows = Dish.objects.visible(viewer).filter(state=DishState.APPROVED, votes__gte=F("threshold"))
    return rows.filter(menu__state=MenuState.OPEN).select_related("menu").order_by("-votes", "pk")


# -- the member ---------------------------------------------------------------------------------------------------


def stay(viewer: Viewer) -> Membership | None:
    """The member's open membership."""
    own = own_membership(viewer)
    return own if own is not None and own.status == "active" else None


def _above(path: str) -> list[str]:
    return [*ancestors(path), path]


def for_member(viewer: Viewer, on: date) -> list[Menu]:
    """Menus of the member's own union and those above it: open ones, and what became of the last ones."""
    own = stay(viewer)
    if own is None:
        return []
    rows = Menu.objects.filter(path__in=_above(own.path)).filter(
        Q(state=MenuState.OPEN, opens_on__lte=on) | Q(state=MenuState.CLOSED, closes_on__gte=on - SHOWN_AFTER)
    )
    return list(rows.order_by("-state", "-opens_on", "pk")[:5])  # open before closed


def dish_for_member(viewer: Viewer, pk: int) -> tuple[Dish, Membership] | None:
    """A dish of a menu that is for this member, with the membership that says so."""
    own = stay(viewer)
    if own is None:
        return None
    rows = Dish.objects.filter(pk=pk, menu__path__in=_above(own.path)).select_related("menu")
    row = rows.exclude(menu__state=MenuState.DRAFT).first()
    return (row, own) if row is not None else None


def menu_for_member(viewer: Viewer, pk: int) -> Menu | None:
    own = stay(viewer)
    if own is None:
        return None
    row: Menu | None = Menu.objects.filter(pk=pk, path__in=_above(own.path), state=MenuState.OPEN).first()
    return row


def votable(row: Menu, on: date) -> bool:
    return bool(row.state == MenuState.OPEN and row.opens_on <= on <= row.closes_on)


@dataclass(frozen=True, slots=True)
class Card:
    """One dish on the phone."""

    dish: Dish
    percent: int
    mine: bool
    wished: bool
    open: bool

    @property
    def short(self) -> int:
        return max(0, self.dish.threshold - self.dish.votes)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One menu on the phone: what may be voted for, what opened, what did not, own wishes that wait."""

    menu: Menu
    votable: bool
    used: int
    voting: list[Card] = field(default_factory=list)
    opened: list[Card] = field(default_factory=list)
    refused: list[Card] = field(default_factory=list)
    waiting: list[Card] = field(default_factory=list)

    @property
    def left(self) -> int:
        return max(0, self.menu.votes - self.used)


def sheets(viewer: Viewer, now: datetime) -> list[Sheet]:
    """Everything the member's page needs, in a fixed number of statements."""
    on = timezone.localtime(now).date()
    listed = for_member(viewer, on)
    person = viewer.person_id or 0
    ids = [one.pk for one in listed]
    votes = dict(Vote.objects.filter(person_id=person, menu_id__in=ids).values_list("dish_id", "slot"))
    of_menu: dict[int, list[Dish]] = {pk: [] for pk in ids}
    for row in Dish.objects.filter(menu_id__in=ids).select_related("offer").order_by("-votes", "pk"):
        of_menu[row.menu_id].append(row)
    found = []
    for one in listed:
        mine = of_menu[one.pk]
        sheet = Sheet(one, votable(one, on), sum(votes.get(row.pk) is not None for row in mine))
        for row in mine:
            _put(sheet, row, person, row.pk in votes, now)
        found.append(sheet)
    return found


def _put(sheet: Sheet, row: Dish, person: int, mine: bool, now: datetime) -> None:
    offer = row.offer
    phase = quota_rules.phase(offer.state, offer.opens_at, offer.closes_at, now) if offer is not None else ""
    card = Card(row, _percent(row), mine, row.proposed_by_id == person, phase == "open")
    if row.state == DishState.APPROVED:
        sheet.voting.append(card)
    elif row.state == DishState.OPENED:
        sheet.opened.append(card)
    elif row.state == DishState.NOT_OPENED and (mine or card.wished or row.votes):
        sheet.refused.append(card)
    elif row.state == DishState.PROPOSED and card.wished:
        sheet.waiting.append(card)


def opened_for_voter(viewer: Viewer, now: datetime) -> list[Dish]:
    """Courses the member voted for that may be signed up for now and are not yet."""
    person = viewer.person_id or 0
    rows = Dish.objects.filter(
        pk__in=Vote.objects.filter(person_id=person).values("dish_id"), state=DishState.OPENED,
        offer__state=OfferState.PUBLISHED, offer__opens_at__lte=now, offer__closes_at__gt=now,
    ).exclude(offer__in=Claim.objects.filter(person_id=person).values("offer_id"))  # fmt: skip
    return list(rows.select_related("offer").order_by("pk")[:10])
