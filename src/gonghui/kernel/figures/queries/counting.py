"""Counting from the records: right for every place, period and past day; what is kept is only quicker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from ...sources import Source
from .. import registry
from ..rules.definition import Measure
from ..rules.periods import Period, around
from .compiling import counted, depends_on_day, fulfils, in_time, number
from .places import Range, Then, then, thens, within


def then_for(period: Period, today: date) -> Then:
    """The tree as it stood when the period ended; today's while it runs."""
    return then(period.last) if period.last < today else Then({})


def ranges_of(source: Source, path: str, was: Then) -> list[Range]:
    """The paths whose rows count for a place."""
    return was.ranges(path) if source.moves else Then({}).ranges(path)


def count(measures: Iterable[Measure], path: str, period: Period, today: date) -> dict[Measure, int]:
    """What measures come to at a place and below, in one statement a source. To be asked `widened`.

    Where a place stood is told by the tree at the period's end, today's while it runs.
    """
    return {one: number for (one, _), number in count_periods(measures, path, [period], today).items()}


def count_periods(
    measures: Iterable[Measure], path: str, periods: Iterable[Period], today: date
) -> dict[tuple[Measure, Period], int]:
    """What measures come to at a place and below in several periods: one statement a source where nothing was moved."""
    periods = list(dict.fromkeys(periods))
    was = thens(one.last for one in periods if one.last < today)
    found: dict[tuple[Measure, Period], int] = {}
    for source, asked in by_source(measures).items():
        alike: dict[tuple[Range, ...], list[Period]] = defaultdict(list)
        for period in periods:
            alike[tuple(ranges_of(source, path, was.get(period.last, Then({}))))].append(period)
        for ranges, together in alike.items():
            rows = source.rows().filter(within(ranges))
            found |= _counted(rows, [(one, period) for period in together for one in asked], today)
    return found


def by_source(measures: Iterable[Measure]) -> dict[Source, list[Measure]]:
    found: dict[str, list[Measure]] = defaultdict(list)
    for one in dict.fromkeys(measures):
        found[one.source].append(one)
    return {registry.sources()[key]: asked for key, asked in found.items()}


def _counted(
    rows: QuerySet[Any], asked: list[tuple[Measure, Period]], today: date
) -> dict[tuple[Measure, Period], int]:
    answers = rows.aggregate(
        **{f"m{n}": counted(one, asks(one, period, today)) for n, (one, period) in enumerate(asked)}
    )
    return {pair: number(answers[f"m{n}"]) for n, pair in enumerate(asked)}


def asks(measure: Measure, period: Period, today: date) -> Q:
    """Time and condition together. What depends on the day is asked month by month, so that a year is the sum of its
    months; a person's age in an event is that at the end of its month."""
    if not measure.moment or not depends_on_day(measure):
        return in_time(measure, period, today) & fulfils(measure, period.as_seen(today))
    found, first = Q(pk__in=[]), period.first
    while first <= period.last:
        month = around(first, "month")
        piece = Period("days", first, min(month.last, period.last))
        found |= in_time(measure, piece, today) & fulfils(measure, month.as_seen(today))
        first = month.last.fromordinal(month.last.toordinal() + 1)
    return found


def split(measure: Measure, dimension: str, path: str, period: Period, today: date) -> dict[str, int]:
    """A measure by a dimension of its source: value → number. To be asked `widened`."""
    source = registry.sources()[measure.source]
    way = source.dimensions[dimension]
    expression = way.expression(period.as_seen(today)) if callable(way.expression) else None
    rows = source.rows().filter(within(ranges_of(source, path, then_for(period, today))))
    rows = rows.filter(asks(measure, period, today)).order_by()
    if expression is not None:
        rows = rows.annotate(_split=expression)
    name = "_split" if expression is not None else str(way.expression)
    found: dict[str, int] = defaultdict(int)
    for value, result in rows.values_list(name).annotate(_number=counted(measure)):
        found["" if value is None else str(value)] += number(result)
    return dict(found)
