"""What figures come to. Kept values are taken where they answer the question, else the records are counted."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Sum
from django.utils import timezone

from ...org.models import PublicOrganisation
from ...org.rules import ancestors, subtree
from ...scope import widened
from ...viewer import Viewer
from .. import registry
from ..models import Figure, FigureMeasure, FigureValue
from ..rules.definition import Definition, Measure, Parts
from ..rules.hiding import FEW, hidden, hidden_periods, small
from ..rules.periods import Period, around
from . import counting
from .compiling import guards
from .definitions import definition_of, in_force, parts
from .keeping import kept_from
from .places import thens

Place = Any  # Organisation | PublicOrganisation: what is asked is its path


@dataclass(frozen=True, slots=True)
class Value:
    """What a figure comes to at a place in a period. `number` is None where there is nothing to divide by."""

    figure: Figure
    definition: Definition
    period: Period
    top: int
    bottom: int | None
    number: Decimal | None
    sensitive: bool = False
    withheld: bool = False
    """Not small itself, but a small one beside it could be reckoned from it."""
    people: int | None = None
    """Of a sensitive sum or average: how many records it is made of."""
    sides: tuple[Decimal, Decimal] | None = None
    """Of a quotient: what is above the line and what below it (money in yuan)."""

    @property
    def told_of(self) -> int:
        """How many are spoken of by the number above the line."""
        return self.top if self.people is None else self.people

    @property
    def small(self) -> bool:
        """Somebody could be recognised by it."""
        return self.sensitive and (small(self.told_of) or (self.bottom is not None and small(self.bottom)))

    @property
    def few(self) -> bool:
        """Not to be told."""
        return self.withheld or self.small

    @property
    def said(self) -> str:
        """As people read it, without the unit."""
        if self.few:
            return f"少于{FEW}" if self.small and self.bottom is None and self.people is None else "不单列"
        return _words(self.number, self.definition)

    @property
    def shares(self) -> tuple[str, str] | None:
        """The sides of a quotient as people read them."""
        return _read(self.sides)


def _exact(measure: Measure, total: int) -> Decimal:
    """A total in the unit it is shown in: money is kept in fen and shown in yuan."""
    per = registry.sources()[measure.source].amounts[measure.what].scale if measure.kind == "sum" else 1
    return Decimal(total) / per


def _number(definition: Definition, asked: Parts, top: int, bottom: int | None) -> Decimal | None:
    """The quotient, or the number in the unit it is shown in."""
    exact = _exact(asked.top, top)
    if asked.bottom is None:
        return exact.quantize(Decimal(1).scaleb(-definition.decimals))
    if not bottom:
        return None
    return (exact / _exact(asked.bottom, bottom) * asked.scale).quantize(Decimal(1).scaleb(-definition.decimals))


def told_then(row: Figure, asked: Parts, top: int, bottom: int | None) -> str:
    """A number of totals that were written down, as people read it, of a quotient with both its sides. Whether it may
    be told is for the caller to ask first."""
    definition = definition_of(row)
    words, shares = _words(_number(definition, asked, top, bottom), definition), _read(_sides(asked, top, bottom))
    return f"{words}（{'/'.join(shares)}）" if shares else words


def _words(number: Decimal | None, definition: Definition) -> str:
    return "无数据" if number is None else f"{number:,.{definition.decimals}f}"


def _sides(asked: Parts, top: int, bottom: int | None) -> tuple[Decimal, Decimal] | None:
    if asked.bottom is None or bottom is None:
        return None
    return _exact(asked.top, top), _exact(asked.bottom, bottom)


def _read(sides: tuple[Decimal, Decimal] | None) -> tuple[str, str] | None:
    if sides is None:
        return None
    above, below = (f"{one:,.2f}" if one % 1 else f"{one:,.0f}" for one in sides)
    return above, below


def values(
    viewer: Viewer,
    rows: Iterable[Figure],
    place: Place,
    period: Period,
    today: date | None = None,
    known: Mapping[str, Figure] | None = None,
) -> dict[str, Value]:
    """Key → value of figures at one place. The place must be one the viewer reaches or an open one above it.

    :param known: `in_force` at the place, where the caller has it already.
    """
    today = today or timezone.localdate()
    rows = list(rows)
    around_it = in_force(place.path) if known is None else known
    asked = {row.key: (row, parts(row, around_it)) for row in rows}
    found = {key: by[place.pk] for key, by in _counted(asked, [place], period, today).items()}
    return _beside(viewer, found, place, period, today, around_it)


def _beside(
    viewer: Viewer,
    found: dict[str, Value],
    place: Place,
    period: Period,
    today: date,
    known: Mapping[str, Figure],
) -> dict[str, Value]:
    """Sensitive numbers withheld where a small one of a sibling could be reckoned from them and the parent's."""
    told = [one.figure for one in found.values() if one.sensitive and not one.small and one.top]
    if not told:
        return found
    siblings = _siblings(place)
    if not siblings:
        return found
    cells = by_place(viewer, told, siblings, period, today, known)
    return {key: cells[key][place.pk] if key in cells else one for key, one in found.items()}


def _all(asked: Parts) -> tuple[Measure, ...]:
    """What is counted for a figure, and what tells whether it may be told."""
    return (*asked.measures, *guards(asked.measures))


def _siblings(place: Place) -> list[PublicOrganisation]:
    """The places whose numbers stand in one table with that of a place, it among them; none when it stands alone."""
    if place.parent_id is None:
        return []
    rows = list(PublicOrganisation.objects.filter(parent_id=place.parent_id, state__in=["active", "founding"]))
    return rows if any(one.pk == place.pk for one in rows) else [*rows, place]


def _value(row: Figure, asked: Parts, numbers: Mapping[Measure, int], period: Period) -> Value:
    definition = definition_of(row)
    top = numbers[asked.top]
    bottom = None if asked.bottom is None else numbers[asked.bottom]
    sensitive = _sensitive(asked)
    people = min((numbers[one] for one in guards(asked.measures)), default=None)
    number = _number(definition, asked, top, bottom)
    # What happened to few is told of calendar periods alone: two free ranges would give away a day.
    free = sensitive and bool(asked.top.moment) and period not in period.calendar
    sides = _sides(asked, top, bottom)
    return Value(row, definition, period, top, bottom, number, sensitive, withheld=free, people=people, sides=sides)


def _sensitive(asked: Parts) -> bool:
    return any(registry.sources()[one.source].sensitive for one in asked.measures)


def value(viewer: Viewer, row: Figure, place: Place, period: Period, today: date | None = None) -> Value:
    return values(viewer, [row], place, period, today)[row.key]


def _kept(
    measures: list[Measure], paths: list[str], periods: Sequence[Period], today: date
) -> dict[tuple[Measure, str, Period], int]:
    """Kept numbers of (measure, path, period), where they answer: today's tree, and months that are kept.

    Three statements at most, however many are asked. To be asked `widened`.
    """
    ids = dict(
        FigureMeasure.objects.filter(digest__in=[one.digest for one in measures], filled_at__isnull=False).values_list(
            "digest", "pk"
        )
    )
    moved = _moved(paths, periods, today)
    keys = {
        (one, period): found
        for one in measures
        for period in periods
        if one.digest in ids
        and not (period in moved and registry.sources()[one.source].moves)
        and (found := _keys(one, period, today))
    }
    if not keys:
        return {}
    rows = FigureValue.objects.filter(
        path__in=paths,
        measure_id__in={ids[one.digest] for one, _ in keys},
        period__in=set().union(*keys.values()),
    ).values_list("measure_id", "path", "period", "total")
    kept = {(pk, path, key): int(total) for pk, path, key, total in rows}
    return {
        (one, path, period): sum(kept.get((ids[one.digest], path, key), 0) for key in wanted)
        for (one, period), wanted in keys.items()
        for path in paths
    }


def _moved(paths: list[str], periods: Sequence[Period], today: date) -> set[Period]:
    """The periods at whose end one of the places did not hold what it holds today."""
    past = [one for one in periods if one.last < today]
    was = thens(one.last for one in past)
    return {
        one
        for one in past
        if was[one.last].parents and any(was[one.last].ranges(path) != [subtree(path)] for path in paths)
    }


def _keys(measure: Measure, period: Period, today: date) -> set[str]:
    """The kept keys whose sum is the number; empty when it has to be counted."""
    if not measure.moment:
        return {""} if period.last >= today else set()
    if period.first < kept_from(today):
        return set()
    if measure.adds_up:
        return set(period.months)
    return {period.key} if period.kind in ("month", "quarter", "half", "year") else set()


def by_place(
    viewer: Viewer,
    rows: Sequence[Figure],
    places: Sequence[Place],
    period: Period,
    today: date | None = None,
    known: Mapping[str, Figure] | None = None,
) -> dict[str, dict[int, Value]]:
    """Key → number of the organisation → value: the table of counties.

    Places of one parent, any of them: what may be told is judged among all of the parent's.

    :param known: `in_force` where the table stands; the parent's when none is given, so that all are counted alike.
    """
    today = today or timezone.localdate()
    if known is None:
        above = ancestors(places[0].path) if places else []
        known = in_force(above[-1] if above else places[0].path) if places else {}
    asked = {row.key: (row, parts(row, known)) for row in rows}
    delicate = [row for row, part in asked.values() if _sensitive(part)]
    cells = _counted(asked, places, period, today)
    if delicate:
        _judge(viewer, {row.key: asked[row.key] for row in delicate}, cells, places, period, today)
    wanted = {one.pk for one in places}
    return {key: {pk: one for pk, one in by.items() if pk in wanted} for key, by in cells.items()}


def _judge(
    viewer: Viewer,
    asked: Mapping[str, tuple[Figure, Parts]],
    cells: dict[str, dict[int, Value]],
    places: Sequence[Place],
    period: Period,
    today: date,
) -> None:
    """Withholds sensitive cells from which a small one could be reckoned: with those of the other places of the
    parent, what is the parent's own, and nothing of a parent that is withheld itself."""
    there = {one.pk for one in places}
    beside = [one for one in _siblings(places[0]) if one.pk not in there] if places else []
    more = _counted(asked, beside, period, today) if beside else {}
    parent = PublicOrganisation.objects.filter(pk=places[0].parent_id).first() if places else None
    whole = values(viewer, [row for row, _ in asked.values()], parent, period, today) if parent else {}
    for key in asked:
        by: dict[Any, Value] = cells[key] | more.get(key, {})
        above = whole.get(key)
        if above is not None and above.few and any(not one.small for one in by.values()):
            cells[key] = {pk: replace(one, withheld=True) for pk, one in cells[key].items()}
            continue
        own = above.told_of - sum(one.told_of for one in by.values()) if above is not None else 0
        if above is not None and own > 0:
            by["own"] = replace(above, top=own, people=None, bottom=None, sides=None)
        cells[key] = {pk: one for pk, one in _withheld(by).items() if pk in cells[key]}


def _counted(
    asked: Mapping[str, tuple[Figure, Parts]], places: Sequence[Place], period: Period, today: date
) -> dict[str, dict[int, Value]]:
    """Numbers of places, whoever may see them; kept ones in one statement, the rest counted from the records."""
    found: dict[str, dict[int, Value]] = {key: {} for key in asked}
    numbers = _numbers([part for _, part in asked.values()], places, [period], today)
    for place in places:
        here = {one: numbers[one, place.path, period] for _, part in asked.values() for one in _all(part)}
        for key, (row, part) in asked.items():
            found[key][place.pk] = _value(row, part, here, period)
    _judge_periods(asked, found, places, period, today)
    return found


def _numbers(
    asked: Iterable[Parts], places: Sequence[Place], periods: Sequence[Period], today: date
) -> dict[tuple[Measure, str, Period], int]:
    measures = list(dict.fromkeys(one for part in asked for one in _all(part)))
    with widened():
        found = _kept(measures, [one.path for one in places], periods, today)
        for place in places:
            missing: dict[tuple[Period, ...], list[Measure]] = defaultdict(list)
            for measure in measures:
                absent = tuple(period for period in periods if (measure, place.path, period) not in found)
                missing[absent].append(measure)
            for together, those in missing.items():
                counted = counting.count_periods(those, place.path, together, today)
                found |= {(one, place.path, period): number for (one, period), number in counted.items()}
    return found


def _judge_periods(
    asked: Mapping[str, tuple[Figure, Parts]],
    cells: dict[str, dict[int, Value]],
    places: Sequence[Place],
    period: Period,
    today: date,
) -> None:
    """Withholds sensitive numbers from which that of a shorter or neighbouring period could be reckoned."""
    delicate = {key: pair for key, pair in asked.items() if _sensitive(pair[1]) and pair[1].top.moment}
    year = [one for one in period.calendar if one.first <= today]
    if not delicate or period not in year:
        return
    numbers = _numbers([part for _, part in delicate.values()], places, year, today)
    for key, (row, part) in delicate.items():
        for place in places:
            told = {
                one: _value(row, part, {m: numbers[m, place.path, one] for m in _all(part)}, one).told_of
                for one in year
            }
            if period in hidden_periods(told):
                cells[key][place.pk] = replace(cells[key][place.pk], withheld=True)


def _withheld(cells: dict[Any, Value]) -> dict[Any, Value]:
    """The cells of one table with those withheld from which a small one could be reckoned."""
    if not any(one.few for one in cells.values()):
        return cells
    away = hidden(
        {key: one.told_of for key, one in cells.items()}, withheld={key for key, one in cells.items() if one.withheld}
    )
    return {key: replace(one, withheld=one.withheld or key in away) for key, one in cells.items()}


def before(until: Period, length: int = 12) -> list[Period]:
    """The months (quarters, years) up to a period, the earliest first; months where it is none of these."""
    today = timezone.localdate()
    periods = [until if until.kind in ("month", "quarter", "half", "year") else around(min(until.last, today), "month")]
    while len(periods) < length:
        periods.append(periods[-1].before())
    return periods[::-1]


def at_hand(asked: Parts, periods: Iterable[Period]) -> bool:
    """Whether all these numbers are kept: what is not is counted from the records only for who asks for it. Periods of
    sensitive figures are not told in a row."""
    if _sensitive(asked):
        return False
    today = timezone.localdate()
    return all(_keys(one, period, today) for one in asked.measures for period in periods)


def series(viewer: Viewer, row: Figure, place: Place, periods: Iterable[Period]) -> list[Value]:
    """A figure in several periods."""
    today = timezone.localdate()
    return [value(viewer, row, place, one, today) for one in periods]


def trends(
    viewer: Viewer,
    rows: Sequence[Figure],
    place: Place,
    periods: Sequence[Period],
    today: date | None = None,
    known: Mapping[str, Figure] | None = None,
) -> dict[str, list[Value]]:
    """Key → the figure in each period, from kept values alone: as many statements for thirty figures as for one.

    Figures that are not kept for all the periods are left out, and sensitive ones (`at_hand` tells them beforehand).
    """
    today = today or timezone.localdate()
    known = in_force(place.path) if known is None else known
    asked = {row.key: (row, part) for row in rows if not _sensitive(part := parts(row, known))}
    measures = list(dict.fromkeys(one for _, part in asked.values() for one in part.measures))
    with widened():
        kept = _kept(measures, [place.path], periods, today)
    return {
        key: [
            _value(row, part, {one: kept[one, place.path, period] for one in part.measures}, period)
            for period in periods
        ]
        for key, (row, part) in asked.items()
        if all((one, place.path, period) in kept for one in part.measures for period in periods)
    }  # fmt: skip


def changed(viewer: Viewer, rows: Iterable[Figure], place: Place, known: Mapping[str, Figure] | None = None) -> str:
    """A word that is another one when a kept number of these figures at a place, or their definition, has changed.

    Sensitive ones are left out: that something happened is not told by a word either, where its number is not.
    """
    around_it = in_force(place.path) if known is None else known
    held = [around_it[row.key] for row in rows if row.key in around_it]
    asked = [parts(row, around_it) for row in held]
    digests = {one.digest for part in asked if not _sensitive(part) for one in part.measures}
    kept = FigureValue.objects.filter(path=place.path, measure__digest__in=digests)
    answer = kept.aggregate(at=Max("at"), sum=Sum("total"), rows=Count("pk"))
    return hashlib.sha256(f"{answer} {sorted(row.pk for row in held)}".encode()).hexdigest()[:16]


def ways(asked: Parts) -> dict[str, str]:
    """Dimension → title: those that every source of a figure has."""
    found = {name: way.title for name, way in registry.sources()[asked.top.source].dimensions.items()}
    if asked.bottom is not None:
        other = registry.sources()[asked.bottom.source].dimensions
        found = {name: title for name, title in found.items() if name in other}
    return found


def by_dimension(
    viewer: Viewer, row: Figure, place: Place, period: Period, dimension: str, today: date | None = None
) -> list[tuple[str, str, Value]]:
    """(value, label, number) by a dimension of the figure's source, in the order of its code list."""
    today = today or timezone.localdate()
    asked = parts(row, in_force(place.path))
    way = registry.sources()[asked.top.source].dimensions[dimension]
    with widened():
        tops = counting.split(asked.top, dimension, place.path, period, today)
        whose = {one: counting.split(one, dimension, place.path, period, today) for one in guards(asked.measures)}
        bottoms = counting.split(asked.bottom, dimension, place.path, period, today) if asked.bottom else {}
    labels = dict(way.values)
    order = {key: n for n, (key, _) in enumerate(way.values)}
    found = []
    every = {key for key, _ in way.values} if _sensitive(asked) else set()  # a missing line would tell of nobody
    for key in sorted({*tops, *bottoms, *every}, key=lambda one: (order.get(one, 999), one)):
        numbers = {asked.top: tops.get(key, 0)} | {one: split.get(key, 0) for one, split in whose.items()}
        if asked.bottom is not None:
            numbers[asked.bottom] = bottoms.get(key, 0)
        found.append((key, labels.get(key, key or "未登记"), _value(row, asked, numbers, period)))
    told = _withheld({key: one for key, _, one in found})
    if _sensitive(asked) and value(viewer, row, place, period, today).few:  # parts would add up to it
        told = {key: replace(one, withheld=True) for key, one in told.items()}
    return [(key, label, told[key]) for key, label, _ in found]


def children_of(place: Place) -> list[PublicOrganisation]:
    """The organisations directly below: what a table compares."""
    return list(
        PublicOrganisation.objects.filter(parent_id=place.pk, state__in=["active", "founding"]).order_by("path")
    )
