"""Working days, in which the law counts its deadlines.

Three tiers, the first that knows a day decides: overrides entered by an administrator (a new notice of the State
Council), the published arrangements (chinesecalendar), and for years not yet announced the statutory holidays
alone (holidays), which is provisional because make-up working days are still unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import chinese_calendar
from chinese_calendar import constants

Overrides = Mapping[date, bool]
"""Day → whether it is a working day."""

_NONE: Overrides = {}
_FIRST_YEAR = min(constants.holidays).year
_LAST_YEAR = max(constants.holidays).year
_STATUTORY_YEARS = range(1950, 2100)
_MAX_STEPS = 5000
_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """What sort of day it is, in the words of the yearly notice."""

    WORKING = "工作日"
    WEEKEND = "周末"
    HOLIDAY = "节假日"
    MAKE_UP = "调休上班"


@cache
def _days_off(year: int) -> frozenset[date]:
    """Days of a year on which nobody works, as far as they are known."""
    days = [date(year, 1, 1) + _DAY * i for i in range(366 if _is_leap(year) else 365)]
    if _FIRST_YEAR <= year <= _LAST_YEAR:
        return frozenset(day for day in days if chinese_calendar.is_holiday(day))
    statutory = _statutory(year)
    return frozenset(day for day in days if day.weekday() >= 5 or day in statutory)


@cache
def _statutory(year: int) -> frozenset[date]:
    if year not in _STATUTORY_YEARS:
        return frozenset()
    import holidays  # all countries come with it; asked of years that are not announced

    return frozenset(day for day in holidays.country_holidays("CN", years=[year]) if day.year == year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def is_provisional(day: date, overrides: Overrides = _NONE) -> bool:
    """True while the arrangement of that year is not published: make-up days may still move the result."""
    return day not in overrides and not _FIRST_YEAR <= day.year <= _LAST_YEAR


def is_working_day(day: date, overrides: Overrides = _NONE) -> bool:
    known = overrides.get(day)
    return known if known is not None else day not in _days_off(day.year)


def day_kind(day: date, overrides: Overrides = _NONE) -> DayKind:
    """For the calendar page, where staff enter the next notice."""
    weekend = day.weekday() >= 5
    if is_working_day(day, overrides):
        return DayKind.MAKE_UP if weekend else DayKind.WORKING
    festive = day in constants.holidays or day in _statutory(day.year)
    return DayKind.WEEKEND if weekend and not festive else DayKind.HOLIDAY


def next_working_day(day: date, overrides: Overrides = _NONE) -> date:
    """The day itself when it is a working day, otherwise the first after it."""
    return _step(day, 1, overrides)


def _step(day: date, direction: int, overrides: Overrides) -> date:
    for _ in range(_MAX_STEPS):
        if is_working_day(day, overrides):
            return day
        day += _DAY * direction
    raise ValueError("no working day within reach: the overrides leave none")


def add_working_days(start: date, n: int, overrides: Overrides = _NONE) -> date:
    """The n-th working day after `start`; the first day is not counted (民法典第二百零一条).

    n = 0 gives the start, or the next working day when it is none; negative n counts back.

    :raises ValueError: |n| above 5000.
    """
    if abs(n) > _MAX_STEPS:
        raise ValueError(f"too many working days: {n}")
    if n == 0:
        return next_working_day(start, overrides)
    direction = 1 if n > 0 else -1
    day = start
    for _ in range(abs(n)):
        day = _step(day + _DAY * direction, direction, overrides)
    return day


def working_days_between(start: date, end: date, overrides: Overrides = _NONE) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before.

    working_days_between(s, add_working_days(s, n)) == n for every n > 0.
    """
    if end < start:
        return -working_days_between(end, start, overrides)
    return sum(1 for i in range((end - start).days) if is_working_day(start + _DAY * (i + 1), overrides))


def add_days(start: date, n: int, overrides: Overrides = _NONE) -> date:
    """A period of n calendar days; when its last day is a day off it ends on the next working day
    (民法典第二百零三条)."""
    return next_working_day(start + _DAY * n, overrides)


def add_months(start: date, n: int) -> date:
    """The same day n months later, or the last day of that month (民法典第二百零二条)."""
    month = start.month - 1 + n
    year, month = start.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - _DAY).day
    return date(year, month, min(start.day, last))
