"""From a number to the records it was counted from: those the reader may see as a list, the rest as a count."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from ...scope import widened
from ...sources import Source
from ...viewer import Viewer
from .. import registry
from ..models import Figure
from ..rules.definition import Measure
from ..rules.periods import Period
from .compiling import counted, number
from .counting import asks, ranges_of, then_for
from .definitions import in_force, parts
from .places import within


@dataclass(frozen=True)
class Lineage:
    """The records of one side of a figure.

    :param records: those in the reader's range, unsliced; the policies of the database hold besides.
    :param number: what all records come to; `listed` those of the list, `hidden` how many records are not in it.
    """

    measure: Measure
    source: Source
    records: QuerySet[Any]
    number: int
    total: int
    listed: int

    @property
    def hidden(self) -> int:
        return self.total - self.listed


def lineage(
    viewer: Viewer,
    row: Figure,
    place: Any,
    period: Period,
    side: str = "top",
    today: date | None = None,
) -> Lineage:
    """The records behind a figure's number; `side` is top, or bottom for what it is divided by."""
    today = today or timezone.localdate()
    asked = parts(row, in_force(place.path))
    measure = asked.bottom if side == "bottom" and asked.bottom is not None else asked.top
    source = registry.sources()[measure.source]
    with widened():
        ranges = ranges_of(source, place.path, then_for(period, today))
        rows = source.rows().filter(within(ranges)).filter(asks(measure, period, today))
        answer = rows.order_by().aggregate(_number=counted(measure), _total=counted(_records(measure)))
        if measure.kind == "distinct":
            answer["_total"] = answer["_number"]
    mine = _once(measure, source, rows.filter(path__gte=viewer.lo, path__lt=viewer.hi))
    mine = mine.select_related(*source.related).order_by(*source.order)
    allowed = viewer.may(source.permission)
    listed = mine.count() if allowed else 0
    return Lineage(
        measure, source, mine if allowed else mine.none(), number(answer["_number"]), number(answer["_total"]), listed
    )


def _once(measure: Measure, source: Source, rows: QuerySet[Any]) -> QuerySet[Any]:
    """One record for each person (or whatever is counted once)."""
    if measure.kind != "distinct":
        return rows
    lookup = source.distincts[measure.what].lookup
    return source.rows().filter(pk__in=rows.order_by(lookup, "pk").distinct(lookup).values("pk"))


def _records(measure: Measure) -> Measure:
    """The records themselves, where what is asked is their sum or the people they are about."""
    return Measure(measure.source, "count", "", measure.where, measure.time)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How many records a number was counted from, and SHA-256 over their keys in order: they cannot be others later.

    :param keys: the keys themselves where there are at most `LISTED`, so that it can be said which came or went; not
        of sensitive sources.
    """

    total: int
    digest: str
    keys: tuple[str, ...] | None
    counts_records: bool
    """Whether the number is the number of these records: not a sum, nor people counted once."""


LISTED = 5_000


def fingerprint(row: Figure, place: Any, period: Period, side: str = "top", today: date | None = None) -> Fingerprint:
    """The records behind a number, all of them whoever asks, as a count and a digest that name nobody."""
    today = today or timezone.localdate()
    asked = parts(row, in_force(place.path))
    measure = asked.bottom if side == "bottom" and asked.bottom is not None else asked.top
    source = registry.sources()[measure.source]
    digest, total = hashlib.sha256(), 0
    kept: list[str] = []
    with widened():
        rows = source.rows().filter(within(ranges_of(source, place.path, then_for(period, today))))
        keys = rows.filter(asks(measure, period, today)).order_by("pk").values_list("pk", flat=True)
        for key in keys.iterator(chunk_size=20_000):
            digest.update(f"{key}\n".encode())
            total += 1
            if total <= LISTED:
                kept.append(str(key))
    listed = None if total > LISTED or source.sensitive else tuple(kept)
    return Fingerprint(total, digest.hexdigest(), listed, measure.kind == "count")
