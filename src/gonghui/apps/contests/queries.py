"""Reads of selections: entries with their scores and ranks, and what was named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.procedures.choices import OPEN_STATES, ApplicationState
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.viewer import Viewer

from .choices import PLACES, PROCEDURES, Selection
from .models import Award
from .rules import Ranked, ranking


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a selection; `ranked` once its judges are through."""

    application: Application
    ranked: Ranked | None
    inside: bool


@dataclass(frozen=True, slots=True)
class Standings:
    """A selection of one year below one federation."""

    selection: Selection
    year: int
    places: int
    entries: list[Entry]

    @property
    def waiting(self) -> int:
        """Entries still before or with the judges."""
        return sum(one.ranked is None and one.application.state in OPEN_STATES for one in self.entries)


def entries(lo: str, hi: str, selection: str, year: int) -> QuerySet[Application]:
    """Entries of a selection in a range of the tree, handed in during a year."""
    keys = [key for key, value in PROCEDURES.items() if value == selection]
    return (
        Application.objects.filter(key__in=keys, path__gte=lo, path__lt=hi, submitted_at__year=year)
        .exclude(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN, ApplicationState.LAPSED])
        .select_related("organisation")
        .order_by("submitted_at", "pk")
    )


def places(selection: str, path: str, year: int) -> int:
    """How many a year's selection names at a place: the rule on the last day of that year."""
    return int(rules.value(PLACES[selection], path, date(year, 12, 31)).value)


def standings(viewer: Viewer, selection: str, year: int) -> Standings:
    """Ranks of everything that was scored in the viewer's range; refused entries have none."""
    rows = list(entries(viewer.lo, viewer.hi, selection, year))
    most = places(selection, viewer.lo, year)
    return _standings(rows, selection, year, most)


def _standings(rows: list[Application], selection: str, year: int, most: int) -> Standings:
    counted = [(one.pk, one.score) for one in rows if one.score is not None and one.state != ApplicationState.REJECTED]
    ranked = {one.key: one for one in ranking(counted)}
    found = [Entry(row, ranked.get(row.pk), row.pk in ranked and ranked[row.pk].rank <= most) for row in rows]
    found.sort(key=lambda one: (one.ranked is None, one.ranked.rank if one.ranked else 0, one.application.pk))
    return Standings(Selection(selection), year, most, found)


def standings_below(organisation: Organisation, selection: str, year: int) -> Standings:
    """The same, of everything below one federation: what its decision goes by."""
    rows = list(entries(organisation.path, organisation.path + "~", selection, year))
    return _standings(rows, selection, year, places(selection, organisation.path, year))


def awards(selection: str | None = None, year: int | None = None) -> QuerySet[Award]:
    """What was named; open to everybody."""
    rows = Award.objects.order_by("-year", "selection", "rank", "pk")
    if selection:
        rows = rows.filter(selection=selection)
    return rows.filter(year=year) if year else rows


def won_before(selection: str, title: str, path: str) -> Award | None:
    """A former winner of the same name at the same place."""
    return Award.objects.filter(selection=selection, title=title, path__in=[path, *ancestors(path)]).first()


def years() -> list[int]:
    return list(Award.objects.order_by("-year").values_list("year", flat=True).distinct())


def awarded(viewer: Viewer, selection: str, year: int) -> int:
    """How many of a selection were named in the viewer's range."""
    return Award.objects.visible(viewer).filter(selection=selection, year=year).count()
