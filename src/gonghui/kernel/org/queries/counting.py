"""Counts for any node of the tree: own counts of each organisation, summed over a path range in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from ...viewer import Viewer
from ..choices import Level, OrganisationKind, OrganisationState
from ..models import Organisation
from ..rules import subtree
from ..rules.paths import WIDTH

LIVE = frozenset({OrganisationState.FOUNDING.value, OrganisationState.ACTIVE.value})
NUMBERS = ("active", "retained", "ended", "women", "new_form", "migrant")


@dataclass(slots=True)
class Counts:
    """Members and organisations of a subtree, its root included.

    `organisations`, `by_kind` and `by_level` speak of those that live; `by_state` of all but withdrawn foundings.
    """

    active: int = 0
    retained: int = 0
    ended: int = 0
    women: int = 0
    new_form: int = 0
    migrant: int = 0
    organisations: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    by_level: dict[str, int] = field(default_factory=dict)
    by_state: dict[str, int] = field(default_factory=dict)

    @property
    def members(self) -> int:
        """In the union's books: active and retained."""
        return self.active + self.retained

    def add(self, kind: str, level: str, state: str, organisations: int, numbers: Iterable[int]) -> None:
        for name, number in zip(NUMBERS, numbers, strict=True):
            setattr(self, name, getattr(self, name) + int(number))
        self.by_state[state] = self.by_state.get(state, 0) + organisations
        if state in LIVE:
            self.organisations += organisations
            self.by_kind[kind] = self.by_kind.get(kind, 0) + organisations
            self.by_level[level] = self.by_level.get(level, 0) + organisations


def class_of(number: int) -> tuple[str, str, str]:
    """Kind, level and state from the number that migration 0014 makes of them: cheaper to group by than three texts."""
    kind, level, state = number // 100, number // 10 % 10, number % 10
    return _KINDS[kind - 1], _LEVELS[level - 1], _STATES[state - 1]


_KINDS, _LEVELS, _STATES = (tuple(OrganisationKind.values), tuple(Level.values), tuple(OrganisationState.values))
_SUMS = ", ".join(f"sum({name})" for name in NUMBERS)
_RANGE = f"SELECT class, count(*), {_SUMS} FROM organisation_tally WHERE path >= %s AND path < %s GROUP BY 1"
_BY_CHILD = (
    f"SELECT class, substr(path, %s, {WIDTH}), count(*), {_SUMS} FROM organisation_tally"
    " WHERE path > %s AND path < %s GROUP BY 1, 2"
)


def counts(viewer: Viewer, organisation: Organisation | None = None) -> Counts:
    """Counts of a subtree, or of everything the viewer reaches."""
    lo, hi = (viewer.lo, viewer.hi) if organisation is None else subtree(organisation.path)
    total = Counts()
    for which, number, *numbers in _rows(_RANGE, [max(lo, viewer.lo), min(hi, viewer.hi)]):
        total.add(*class_of(which), number, numbers)
    return total


def counts_by_child(viewer: Viewer, organisation: Organisation) -> dict[int, Counts]:
    """Counts of each subtree directly below, by the child's id; one statement for all of them."""
    lo, hi = subtree(organisation.path)
    found: dict[int, Counts] = {}
    rows = _rows(_BY_CHILD, [len(organisation.path) + 1, max(lo, viewer.lo), min(hi, viewer.hi)])
    for which, label, number, *numbers in rows:
        found.setdefault(int(label, 36), Counts()).add(*class_of(which), number, numbers)
    return found


def own_counts(viewer: Viewer, organisation: Organisation) -> Counts:
    """Counts of the organisation alone, without what stands below it."""
    own = Counts()
    sql = f"SELECT class, 1, {', '.join(NUMBERS)} FROM organisation_tally WHERE path = %s AND path >= %s AND path < %s"
    for which, number, *numbers in _rows(sql, [organisation.path, viewer.lo, viewer.hi]):
        own.add(*class_of(which), number, numbers)
    return own


def _rows(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """Rows of a count without withdrawn foundings; they hold nobody, and few groups are cheaper to sift than rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row for row in cursor.fetchall() if class_of(row[0])[2] != OrganisationState.WITHDRAWN]
