"""From what cells mean to what stands in them: counts together what can be, looks up what was asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.rules import periods
from gonghui.kernel.figures.rules.periods import Period
from gonghui.kernel.org import queries as org
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.viewer import Viewer

from ..choices import Back, Kind, Said
from ..rules.checks import Seen
from ..rules.mapping import Mapped
from ..rules.sheets import Book
from .answers import Answer, answers

EXACT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell with what stands in it and where that comes from."""

    seen: Seen
    title: str = ""
    unit: str = ""
    figure: Figure | None = None
    place: int | None = None
    period: str = ""
    top: int | None = None
    bottom: int | None = None
    question: int | None = None


def period_of(back: Back, period: Period) -> Period:
    """The period that a cell speaks of, in a form about `period`."""
    if back == Back.YEAR_BEFORE:
        return period.year_before()
    if back == Back.BEFORE:
        return period.before()
    if back == Back.YEAR and period.kind != "year":
        return periods.days(date(period.last.year, 1, 1), period.last)
    return period


def fill(
    viewer: Viewer,
    mapping: Sequence[Mapped],
    book: Book,
    place: PublicOrganisation,
    period: Period,
    today: date | None = None,
) -> list[Filled]:
    """What the mapped cells of a form come to for a body and a period, in the order of the mapping."""
    today = today or timezone.localdate()
    words = {one.key: _words(viewer, one, place, period, today) for one in mapping if one.kind == Kind.TEXT}
    labels = {
        one.key: words.get((one.sheet, one.label)) or (sheet.words(one.label) if sheet else "")
        for one in mapping
        if one.label and (sheet := book.sheet(one.sheet)) is not None
    }
    places = figures.named_below(viewer, place, (said for said in labels.values() if said))
    rows = figures.in_force(place.path)
    given = answers(viewer, place.pk, period.key)
    where = {
        one.key: places.get(labels.get(one.key, "")) if one.label else place
        for one in mapping
        if one.kind == Kind.FIGURE
    }
    values = _count(viewer, mapping, rows, where, period, today)
    found = []
    for one in mapping:
        if one.kind == Kind.TEXT:
            said = words[one.key]
            found.append(Filled(Seen(one, text=said, why="" if said else "没有这么多下级单位"), _title(one)))
        elif one.kind == Kind.ASKED:
            found.append(_asked(one, given.get((one.title, one.unit if one.number else ""))))
        else:
            found.append(_figure(one, rows.get(one.figure), where[one.key], labels.get(one.key, ""), values, period))
    return found


def _title(one: Mapped) -> str:
    return str(one.said.label) if one.said else ""


def _words(viewer: Viewer, one: Mapped, place: PublicOrganisation, period: Period, today: date) -> str:
    if one.said == Said.BELOW:
        below = figures.children_of(place)
        return figures.short(below[one.nth - 1].name) if one.nth <= len(below) else ""
    return {
        Said.OWN: place.name,
        Said.PERIOD: period.said,
        Said.DATE: f"{today.year}年{today.month}月{today.day}日",
        Said.FILLER: viewer.name,
    }[one.said or Said.OWN]


Values = dict[tuple[int, str, str], figures.Value]


def _count(
    viewer: Viewer,
    mapping: Sequence[Mapped],
    rows: dict[str, Figure],
    where: dict[tuple[str, str], PublicOrganisation | None],
    period: Period,
    today: date,
) -> Values:
    """Numbers of one period are asked together for bodies of one parent, and each other body's in one go."""
    asked: dict[tuple[int, str], dict[int, PublicOrganisation]] = defaultdict(dict)
    wanted: dict[tuple[int, str], dict[str, Figure]] = defaultdict(dict)
    for one in mapping:
        at = where.get(one.key)
        if one.kind == Kind.FIGURE and at is not None and one.figure in rows:
            group = at.parent_id or 0, period_of(one.back, period).key
            asked[group][at.pk] = at
            wanted[group][one.figure] = rows[one.figure]
    found: Values = {}
    for group, places in asked.items():
        counted = _of_siblings(viewer, list(wanted[group].values()), list(places.values()), group[1], today)
        found |= {(pk, group[1], key): value for key, by in counted.items() for pk, value in by.items()}
    return found


def _of_siblings(
    viewer: Viewer, rows: list[Figure], places: list[PublicOrganisation], key: str, today: date
) -> dict[str, dict[int, figures.Value]]:
    """Figure → body → number. Small numbers are withheld by all siblings, not by those alone that stand in the form."""
    period = periods.read(key)
    if len(places) == 1:
        one = figures.values(viewer, rows, places[0], period, today)
        return {figure: {places[0].pk: value} for figure, value in one.items()}
    found = figures.by_place(viewer, rows, places, period, today)
    delicate = [row for row in rows if any(value.sensitive for value in found[row.key].values())]
    parent = org.public(places[0].parent_id or 0) if delicate else None
    if parent is not None:
        for figure, cells in figures.by_place(viewer, delicate, figures.children_of(parent), period, today).items():
            found[figure] |= cells
    return found


def _figure(
    one: Mapped, row: Figure | None, at: PublicOrganisation | None, label: str, values: Values, period: Period
) -> Filled:
    if row is None:
        return Filled(Seen(one, why=f"没有“{one.figure}”这个数字，可能已停用"))
    key = period_of(one.back, period).key
    if at is None:
        why = f"“{label[:30]}”不是下级单位" if label else f"{one.label}没有写单位"
        return Filled(Seen(one, why=why), row.title, figure=row, period=key)
    value = values[at.pk, key, one.figure]
    unit = value.definition.unit
    if value.few:  # neither the number nor what it was counted from is kept
        return Filled(Seen(one, text=value.said, few=True), row.title, unit, row, at.pk, key)
    number = None if value.number is None else (value.number / one.per).quantize(EXACT)
    why = "没有可以相除的记录" if number is None else ""
    return Filled(Seen(one, number, why=why), row.title, unit, row, at.pk, key, value.top, value.bottom)


def _asked(one: Mapped, answer: Answer | None) -> Filled:
    unit = one.unit if one.number else ""
    if answer is None:
        return Filled(Seen(one, why="还没有问"), one.title, unit)
    number = answer.number if one.number else None
    seen = Seen(one, number, "" if one.number else answer.text, why=answer.why)
    return Filled(
        seen, one.title, unit, place=answer.question.organisation_id, period=answer.question.period,
        question=answer.question.pk,
    )  # fmt: skip
