"""When a file is due and which period it is of. Pure: the day is given."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from gonghui.kernel.figures.rules.periods import Period, around, days

from .choices import Rhythm, Span

DAY: Final = 6
"""Of a month: late entries count for five days after a period's end (kernel/figures closing)."""
MOST_FIGURES: Final = 200
FILES_KEPT: Final = 60
"""Of one order; older ones are let go."""


def period_of(span: str, today: date) -> Period:
    """The last whole month, quarter or year; or this year up to today."""
    if span == Span.RUNNING:
        return days(date(today.year, 1, 1), today) if today.month < 12 or today.day < 31 else around(today, "year")
    return around(today, span).before()


def first(rhythm: str, today: date) -> date:
    """The first day on which a new order is due: today where it fits, never before."""
    return _fitting(rhythm, today)


def following(rhythm: str, today: date) -> date:
    """The next day after today."""
    return _fitting(rhythm, today + timedelta(days=1))


def _fitting(rhythm: str, day: date) -> date:
    while not _fits(rhythm, day):
        day += timedelta(days=1)
    return day


def _fits(rhythm: str, day: date) -> bool:
    match rhythm:
        case Rhythm.DAILY:
            return True
        case Rhythm.WEEKLY:
            return day.weekday() == 0
        case Rhythm.MONTHLY:
            return day.day == DAY
        case _:
            return day.day == DAY and day.month in (1, 4, 7, 10)
