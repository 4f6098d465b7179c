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
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.viewer import Viewer

from ..choices import WORDS_ASKED, Back, Kind, Said
from ..rules.checks import Seen
from ..rules.mapping import Mapped
from ..rules.sheets import Book
from .answers import Answer, Asked, answers_of

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


def period_of(back: Back, period: Period, today: date | None = None) -> Period:
    """The period that a cell speaks of, in a form about `period`.

    :param today: of a period that still runs only the part that has passed is set beside that of the year before; a
        question is of whole periods, whenever it is asked.
    """
    if back == Back.YEAR_BEFORE:
        return (period if today is None else period.so_far(today)).year_before()
    if back == Back.BEFORE:
        return period.before()
    if back == Back.YEAR and period.kind != "year":
        year = periods.days(date(period.last.year, 1, 1), period.last)
        return next((one for one in year.calendar if (one.first, one.last) == (year.first, year.last)), year)
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
    where = {
        one.key: places.get(labels.get(one.key, "")) if one.label else place for one in mapping if one.kind != Kind.TEXT
    }
    values = _count(viewer, mapping, rows, where, period, today)
    given = _given(viewer, mapping, where, period)
    found = []
    for one in mapping:
        if one.kind == Kind.TEXT:
            said = words[one.key]
            found.append(Filled(Seen(one, text=said, why="" if said else "没有这么多下级单位"), _title(one)))
            continue
        at, label = where[one.key], labels.get(one.key, "")
        if one.kind == Kind.ASKED:
            found.append(_asked(one, place, at, label, given, period))
        else:
            found.append(_figure(one, rows.get(one.figure), at, label, values, period_of(one.back, period, today)))
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
    """Numbers of one period are asked together for bodies of one parent, and each other body's in one go.

    All are counted by the definitions that hold where the form is filled, so that its rows are counted alike; what may
    be told is judged among all siblings, and not among those alone that stand in the form.
    """
    asked: dict[tuple[int, str], dict[int, PublicOrganisation]] = defaultdict(dict)
    wanted: dict[tuple[int, str], dict[str, Figure]] = defaultdict(dict)
    for one in mapping:
        at = where.get(one.key)
        if one.kind == Kind.FIGURE and at is not None and one.figure in rows:
            group = at.parent_id or 0, period_of(one.back, period, today).key
            asked[group][at.pk] = at
            wanted[group][one.figure] = rows[one.figure]
    found: Values = {}
    for (parent, key), by_pk in asked.items():
        places, figures_ = list(by_pk.values()), list(wanted[parent, key].values())
        if len(places) == 1:
            counted = figures.values(viewer, figures_, places[0], periods.read(key), today, known=rows)
            found |= {(places[0].pk, key, figure): value for figure, value in counted.items()}
            continue
        table = figures.by_place(viewer, figures_, places, periods.read(key), today, known=rows)
        found |= {(pk, key, figure): value for figure, by in table.items() for pk, value in by.items()}
    return found


def _figure(
    one: Mapped, row: Figure | None, at: PublicOrganisation | None, label: str, values: Values, period: Period
) -> Filled:
    if row is None:
        return Filled(Seen(one, why=f"没有“{one.figure}”这个数字，可能已停用"))
    key = period.key
    if at is None:
        return Filled(Seen(one, why=_nowhere(one, label)), row.title, figure=row, period=key)
    value = values[at.pk, key, one.figure]
    unit = value.definition.unit
    if value.few:  # neither the number nor what it was counted from is kept
        return Filled(Seen(one, text=value.said, few=True), row.title, unit, row, at.pk, key)
    number = None if value.number is None else (value.number / one.per).quantize(EXACT)
    why = "没有可以相除的记录" if number is None else ""
    return Filled(Seen(one, number, why=why), row.title, unit, row, at.pk, key, value.top, value.bottom)


def _nowhere(one: Mapped, label: str) -> str:
    return f"“{label[:30]}”不是下级单位" if label else f"{one.label}没有写单位"


def _given(
    viewer: Viewer,
    mapping: Sequence[Mapped],
    where: dict[tuple[str, str], PublicOrganisation | None],
    period: Period,
) -> dict[Asked, Answer]:
    asked = [(at.pk, one.back) for one in mapping if one.kind == Kind.ASKED and (at := where[one.key]) is not None]
    return answers_of(viewer, {pk for pk, _ in asked}, {period_of(back, period).key for _, back in asked})


def _asked(
    one: Mapped,
    place: PublicOrganisation,
    at: PublicOrganisation | None,
    label: str,
    given: dict[Asked, Answer],
    period: Period,
) -> Filled:
    """An answer of the own body, or of the body directly below that the row is about."""
    key = period_of(one.back, period).key
    if at is None or place.pk not in (at.pk, at.parent_id):
        why = _nowhere(one, label) if at is None else f"“{label[:30]}”不是直接下级单位"
        return Filled(Seen(one, why=why), one.title, one.unit, period=key)
    answer = given.get((at.pk, key, one.title, one.unit))
    if answer is None:
        return Filled(Seen(one, why="还没有问"), one.title, one.unit, place=at.pk, period=key)
    number, text, why = told_by(one, answer)
    return Filled(
        Seen(one, number, text, why=why), one.title, one.unit, place=at.pk, period=key, question=answer.question.pk
    )


def told_by(one: Mapped, answer: Answer) -> tuple[Decimal | None, str, str]:
    """(number, words, why nothing) of an answer for a cell: one answer serves cells that want a number and words."""
    if one.number:
        asked_as_words = not answer.question.numeric and not answer.why
        return answer.number, "", WORDS_ASKED if asked_as_words else answer.why
    if answer.number is not None:
        return None, f"{answer.number.normalize():,f}{answer.question.unit}", answer.why
    return None, answer.text, answer.why
