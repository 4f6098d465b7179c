"""Which version of a figure holds where: the nearest publisher's, else the one that ships."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from ...org.rules import ancestors
from ...viewer import Viewer
from ..choices import Area, FigureState
from ..models import Figure
from ..rules.definition import Definition, Parts, parts_of


def in_force(path: str) -> dict[str, Figure]:
    """Key → the version that holds at a place, in the order of a yearly report."""
    rows = Figure.objects.filter(path__in=["", *ancestors(path), path], state=FigureState.PUBLISHED)
    order = {area: n for n, area in enumerate(Area.values)}
    found: dict[str, Figure] = {}
    for row in sorted(rows, key=lambda one: len(one.path)):
        found[row.key] = row
    standing = {key: row for key, row in found.items() if _stands(row, found)}
    return dict(sorted(standing.items(), key=lambda pair: (order.get(pair[1].area, 99), pair[1].pk)))


def _stands(row: Figure, rows: Mapping[str, Figure]) -> bool:
    """Whether what a figure is made of is there: another body above may have retired or changed it since."""
    definition = definition_of(row)
    made_of = [part.of for part in (definition.rate, definition.share) if part is not None]
    made_of += [definition.rate.over] if definition.rate is not None else []
    return all(key in rows and definition_of(rows[key]).count is not None for key in made_of)


def by_area(rows: Iterable[Figure]) -> list[tuple[Area, list[Figure]]]:
    """Figures under their areas, in the order they come in: how people look for one."""
    found: dict[str, list[Figure]] = {}
    for row in rows:
        found.setdefault(row.area, []).append(row)
    return [(Area(area), listed) for area, listed in found.items()]


_known: dict[tuple[int, str], Definition] = {}
"""Published versions never change, so each is read once by a process."""


def definition_of(row: Figure) -> Definition:
    """The definition of a version."""
    if row.state == FigureState.DRAFT:
        return Definition.model_validate(row.body)
    key = (row.pk, row.digest)
    if key not in _known:
        _known[key] = Definition.model_validate(row.body)
    return _known[key]


def others(path: str) -> dict[str, Definition]:
    """What a figure written at a place may speak of."""
    return {key: definition_of(row) for key, row in in_force(path).items()}


def parts(row: Figure, rows: Mapping[str, Figure]) -> Parts:
    """What a version asks of the records, given those in force around it."""
    definition = definition_of(row)
    keys = {part.of for part in (definition.rate, definition.share) if part is not None}
    if definition.rate is not None:
        keys.add(definition.rate.over)
    return parts_of(definition, {key: definition_of(rows[key]) for key in keys if key in rows})


def figure(viewer: Viewer, key: str, path: str = "") -> Figure | None:
    """The version of a figure that holds at a place, the viewer's own when none is given."""
    rows = Figure.objects.filter(
        key=key, path__in=["", *ancestors(path or viewer.lo), path or viewer.lo], state=FigureState.PUBLISHED
    )
    return max(rows, key=lambda one: len(one.path), default=None)


def figures(viewer: Viewer) -> QuerySet[Figure]:
    """Versions of the viewer's own place: drafts, those in use, those of before."""
    return (
        Figure.objects.visible(viewer).filter(organisation_id=viewer.organisation_id or 0).order_by("key", "-version")
    )


def free_key(viewer: Viewer, stem: str) -> str:
    """A key that no version of the viewer's own place has: a new figure never becomes another one's next version."""
    taken = set(figures(viewer).values_list("key", flat=True))
    if stem not in taken:
        return stem
    return next(key for n in range(2, len(taken) + 3) if (key := f"{stem[:55]}_{n}") not in taken)
