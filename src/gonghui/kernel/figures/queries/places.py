"""Which rows belonged to an organisation on a past day, although their paths say where they are today.

Rows that follow their organisation carry today's path. A subtree that was moved after the day counts for its parent
of then; so does everything in it. Rows that do not follow carry the path of those who were responsible at the time
and need none of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from ...org.models import Organisation, Placement
from ...org.rules import ancestors, subtree

Range = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Then:
    """Subtrees that stood under another parent on a day: path today → path of the parent today ("" for none)."""

    parents: Mapping[str, str]

    def ranges(self, path: str) -> list[Range]:
        """Half-open ranges of today's paths that stood in or below `path` (itself a path of today)."""
        found = list(_pieces(path, self._below(path)))
        for one in self.parents:
            if one != path and self._stood_in(one, path):
                found += _pieces(one, self._below(one))
        return _joined(found)

    def _below(self, path: str) -> list[str]:
        return [one for one in self.parents if one != path and one.startswith(path)]

    def _stood_in(self, moved: str, wanted: str) -> bool:
        """Climbs from a moved subtree along the parents of then, jumping wherever something above was moved too."""
        seen: set[str] = set()
        here = self.parents[moved]
        while True:
            mover = next((one for one in reversed([*ancestors(here), here]) if one in self.parents), None)
            if here.startswith(wanted) and (mover is None or len(mover) <= len(wanted)):
                return True
            if mover is None or mover in seen:
                return False
            seen.add(mover)
            here = self.parents[mover]


def _pieces(path: str, holes: list[str]) -> Iterable[Range]:
    """The range of a subtree without the subtrees in it that count elsewhere."""
    lo, hi = subtree(path)
    for hole in sorted(holes):
        begin, end = subtree(hole)
        if begin < lo:  # inside the hole before
            continue
        if begin > lo:
            yield lo, begin
        lo = end
    if lo < hi:
        yield lo, hi


def _joined(ranges: Iterable[Range]) -> list[Range]:
    found: list[Range] = []
    for lo, hi in sorted(ranges):
        if found and lo <= found[-1][1]:
            found[-1] = (found[-1][0], max(hi, found[-1][1]))
        else:
            found.append((lo, hi))
    return found


def then(on: date) -> Then:
    """What has been moved since a day. To be asked `widened`: placements of the whole tree."""
    return thens([on])[on]


def thens(days: Iterable[date]) -> dict[date, Then]:
    """What has been moved since each of some days, in two statements at most. To be asked `widened`.

    Asked for every number of a past day, so the placements that are over come first and alone: joined to the tree they
    belong to, a range of all of it misleads the planner into walking the whole tree.
    """
    days = set(days)
    if not days:
        return {}
    over = list(
        Placement.objects.filter(valid_from__lte=max(days), valid_to__gt=min(days)).values_list(
            "valid_from", "valid_to", "organisation_id", "parent_id"
        )
    )
    concerned = {pk for _, _, *pair in over for pk in pair if pk is not None}
    now = {
        pk: (path, parent)
        for pk, path, parent in Organisation.objects.filter(pk__in=concerned).values_list("pk", "path", "parent_id")
    }
    found = [
        (begin, end, now[pk][0], now[above][0] if above in now else "")
        for begin, end, pk, above in over
        if pk in now and above != now[pk][1]
    ]
    return {day: Then({path: above for begin, end, path, above in found if begin <= day < end}) for day in days}


def within(ranges: Iterable[Range]) -> Q:
    found = Q(pk__in=[])
    for lo, hi in ranges:
        found |= Q(path__gte=lo, path__lt=hi)
    return found
