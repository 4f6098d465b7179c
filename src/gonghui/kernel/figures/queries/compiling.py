"""From a measure to the database: which rows, in which time, summed how. The only place where figures become SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db.models import Aggregate, Count, Q, QuerySet, Sum
from django.utils import timezone

from ...conditions import check, compile_condition
from ...refusal import Refusal
from ...sources import Moment, Source, Span
from .. import registry
from ..rules.definition import Measure
from ..rules.periods import Period, around


def source_of(measure: Measure) -> Source:
    return registry.sources()[measure.source]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def holds_on(span: Span, day: date) -> Q:
    """The rows that hold at the end of a day."""
    after: Any = _midnight(day + timedelta(days=1)) if span.clock else day
    began = Q(**{f"{span.start}__lt" if span.clock else f"{span.start}__lte": after})
    if span.open_start:
        began |= Q(**{f"{span.start}__isnull": True})
    if not span.end:
        return began
    lasts = Q(**{f"{span.end}__gte" if span.clock else f"{span.end}__gt": after})
    return began & (Q(**{f"{span.end}__isnull": True}) | lasts)


def happened_in(moment: Moment, first: date, last: date) -> Q:
    """The rows whose moment lies between two days, both counted."""
    if moment.clock:
        return Q(
            **{f"{moment.lookup}__gte": _midnight(first), f"{moment.lookup}__lt": _midnight(last + timedelta(days=1))}
        )
    return Q(**{f"{moment.lookup}__gte": first, f"{moment.lookup}__lte": last})


def fulfils(measure: Measure, day: date) -> Q:
    """The rows that fulfil the measure's own condition, asked as of a day."""
    return compile_condition(measure.condition, source_of(measure).fields(), day)


def guards(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """How many records the sums of sensitive sources are made of: the sum of one record is one person's money."""
    return tuple(
        replace(one, kind="count", what="") for one in measures if one.kind == "sum" and source_of(one).sensitive
    )


def askable(measure: Measure) -> bool:
    """Whether its source still offers everything that it asks: a newer version may have taken a field back."""
    source = registry.sources().get(measure.source)
    if source is None or (measure.moment and measure.moment not in source.moments):
        return False
    offered: Mapping[str, object] = {"distinct": source.distincts, "sum": source.amounts}.get(measure.kind, {"": None})
    try:
        check(measure.condition, source.fields())
    except Refusal:
        return False
    return measure.what in offered and bool(measure.moment or source.span)


@cache
def depends_on_day(measure: Measure) -> bool:
    """Whether the condition asks for something that changes with the calendar, such as an age."""
    return fulfils(measure, date(2001, 3, 1)) != fulfils(measure, date(2002, 4, 2))


def in_time(measure: Measure, period: Period, today: date) -> Q:
    """The rows of a period: those that hold at its end (today while it runs), or whose moment lies in it, as far as
    this month: what is only planned for later months has not come about, and is not kept."""
    source = source_of(measure)
    if not measure.moment:
        if source.span is None:
            raise LookupError(f"{source.key} has no span")
        return holds_on(source.span, period.as_seen(today))
    return happened_in(source.moments[measure.moment], period.first, min(period.last, around(today, "month").last))


def counted(measure: Measure, only: Q | None = None) -> Aggregate:
    """The aggregate of a measure; nothing counts as 0 only after `number`, because a sum of nothing is NULL."""
    source = source_of(measure)
    if measure.kind == "distinct":
        return Count(source.distincts[measure.what].lookup, distinct=True, filter=only)
    if measure.kind == "sum":
        return Sum(source.amounts[measure.what].expression, filter=only)
    return Count("pk", filter=only)


def rows_of(measure: Measure, period: Period, today: date) -> QuerySet[Any]:
    """The records behind a measure in a period, at every place: what a number opens.

    A condition that changes with the calendar is asked as of the period's end (today while it runs).
    """
    source = source_of(measure)
    found = source.rows().filter(in_time(measure, period, today))
    return found.filter(fulfils(measure, period.as_seen(today)))


def number(value: Any) -> int:
    return int(value or 0)
