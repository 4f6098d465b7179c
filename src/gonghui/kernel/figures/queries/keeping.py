"""Own numbers of organisations by path: the statements whose answers `services.keeping` keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Max, Q, QuerySet, Value, When
from django.db.models.functions import (
    Cast,
    Concat,
    ExtractMonth,
    ExtractQuarter,
    ExtractYear,
    Left,
    Length,
    LPad,
    TruncMonth,
)

from ...org.rules.paths import WIDTH
from ...sources import Source
from ..rules.definition import Measure
from ..rules.periods import Period, around, holding
from .compiling import counted, depends_on_day, fulfils, holds_on, in_time, number

Own = dict[tuple[Measure, str, str], int]
"""(measure, path, period key) → number; nothing stands for 0."""


def kept_from(today: date) -> date:
    """Months are kept from the beginning of last year: this year, and what it is compared with."""
    return date(today.year - 1, 1, 1)


def months_kept(today: date) -> list[Period]:
    found, day = [], kept_from(today)
    while day <= today:
        month = around(day, "month")
        found.append(month)
        day = date.fromordinal(month.last.toordinal() + 1)
    return found


def own(source: Source, measures: Sequence[Measure], paths: Iterable[str] | None, today: date) -> Own:
    """Measures that add up, of each organisation's own records; all organisations when no paths are given."""
    rows = source.rows().order_by()
    if paths is not None:
        rows = rows.filter(path__in=list(paths))
    found: Own = {}
    now = [one for one in measures if not one.moment]
    if now and source.span is not None:
        _as_of(found, rows.filter(holds_on(source.span, today)), now, today)
    by_moment: dict[str, list[Measure]] = defaultdict(list)
    for one in measures:
        if one.moment:
            by_moment[one.moment].append(one)
    for moment, asked in by_moment.items():
        _by_month(found, source, rows, moment, asked, today)
    return found


def _as_of(found: Own, rows: QuerySet[Any], measures: Sequence[Measure], today: date) -> None:
    asked = {f"m{n}": counted(one, fulfils(one, today)) for n, one in enumerate(measures)}
    for row in rows.values("path").annotate(**asked).iterator(5_000):
        for n, one in enumerate(measures):
            if value := number(row[f"m{n}"]):
                found[one, row["path"], ""] = value


def _by_month(
    found: Own, source: Source, rows: QuerySet[Any], moment: str, measures: Sequence[Measure], today: date
) -> None:
    lookup = source.moments[moment].lookup
    steady = [one for one in measures if not depends_on_day(one)]
    if steady:
        whole = Period("days", kept_from(today), around(today, "month").last)
        asked = {f"m{n}": counted(one, fulfils(one, today)) for n, one in enumerate(steady)}
        grouped = rows.filter(in_time(steady[0], whole, today)).annotate(_month=TruncMonth(lookup))
        for row in grouped.values("path", "_month").annotate(**asked).iterator(5_000):
            key = f"{row['_month'].year:04}-{row['_month'].month:02}"
            for n, one in enumerate(steady):
                if value := number(row[f"m{n}"]):
                    found[one, row["path"], key] = value
    moving = [one for one in measures if depends_on_day(one)]
    for month in months_kept(today) if moving else ():
        asked = {f"m{n}": counted(one, fulfils(one, month.as_seen(today))) for n, one in enumerate(moving)}
        grouped = rows.filter(in_time(moving[0], month, today)).values("path").annotate(**asked)
        for row in grouped.iterator(5_000):
            for n, one in enumerate(moving):
                if value := number(row[f"m{n}"]):
                    found[one, row["path"], month.key] = value


def distinct(
    source: Source, measures: Sequence[Measure], paths: Iterable[str] | None, today: date
) -> dict[tuple[Measure, str, str], int]:
    """Measures that do not add up, of every place with all below it: (measure, path, period key) → number.

    :param paths: the places asked for; every place that has records at or below it when none are given.
    """
    found: dict[tuple[Measure, str, str], int] = {}
    for one in measures:
        for periods in _periods(one, today):
            for depth, wanted in _levels(source, paths):
                _distinct(found, source, one, periods, depth, wanted, today)
    return found


def _periods(measure: Measure, today: date) -> list[list[Period]]:
    """Periods that are kept, those of a kind together."""
    if not measure.moment:
        return [[]]
    kinds: dict[str, dict[str, Period]] = defaultdict(dict)
    for month in months_kept(today):
        for period in holding(month.first):
            kinds[period.kind][period.key] = period
    return [list(one.values()) for one in kinds.values()]


def _levels(source: Source, paths: Iterable[str] | None) -> list[tuple[int, list[str] | None]]:
    """(length of a path, the places of that depth or None for all)."""
    if paths is not None:
        by_length: dict[int, list[str]] = defaultdict(list)
        for path in paths:
            by_length[len(path)].append(path)
        return list(by_length.items())
    deepest = source.rows().order_by().aggregate(deepest=Max(Length("path")))["deepest"] or 0
    return [(length, None) for length in range(WIDTH, deepest + 1, WIDTH)]


def _distinct(
    found: dict[tuple[Measure, str, str], int],
    source: Source,
    measure: Measure,
    periods: list[Period],
    depth: int,
    places: list[str] | None,
    today: date,
) -> None:
    rows = source.rows().order_by().annotate(_place=Left("path", depth), _length=Length("path"))
    rows = rows.filter(_length__gte=depth)
    if places is not None:
        here = Q(pk__in=[])
        for path in places:
            here |= Q(path__gte=path, path__lt=path + "~")
        rows = rows.filter(here)
    if not periods:
        if source.span is None:
            return
        rows = rows.filter(holds_on(source.span, today)).filter(fulfils(measure, today))
        for path, value in rows.values_list("_place").annotate(_number=counted(measure)).iterator(5_000):
            found[measure, path, ""] = number(value)
        return
    if depends_on_day(measure):
        for period in periods:
            some = rows.filter(in_time(measure, period, today)).filter(fulfils(measure, period.as_seen(today)))
            for path, value in some.values_list("_place").annotate(_number=counted(measure)).iterator(5_000):
                found[measure, path, period.key] = number(value)
        return
    whole = Period("days", periods[0].first, periods[-1].last)
    rows = rows.filter(in_time(measure, whole, today)).filter(fulfils(measure, today))
    lookup = source.moments[measure.moment].lookup
    grouped = rows.annotate(_period=period_key(lookup, periods[0].kind))
    for path, key, value in grouped.values_list("_place", "_period").annotate(_number=counted(measure)).iterator(5_000):
        found[measure, path, key] = number(value)


def period_key(lookup: str, kind: str) -> Any:
    """The key of the period that a day or time lies in, as `Period.key` writes it."""
    year, month = Cast(ExtractYear(lookup), CharField()), ExtractMonth(lookup)
    if kind == "year":
        return year
    if kind == "month":
        return Concat(year, Value("-"), LPad(Cast(month, CharField()), 2, Value("0")))
    if kind == "half":
        half = Case(When(**{f"{lookup}__month__lte": 6}, then=Value("H1")), default=Value("H2"))
        return Concat(year, half, output_field=CharField())
    return Concat(year, Value("Q"), Cast(ExtractQuarter(lookup), CharField()))
