"""Periods that figures are given for: a day, a month, a quarter, half a year, a year, or days from and to."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gonghui.kernel.refusal import Refusal

_SHAPES: Final = (
    ("day", re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("quarter", re.compile(r"(\d{4})Q([1-4])")),
    ("half", re.compile(r"(\d{4})H([12])")),
    ("year", re.compile(r"(\d{4})")),
)
_LENGTH: Final = {"month": 1, "quarter": 3, "half": 6, "year": 12}
EARLIEST: Final = date(1949, 1, 1)
LATEST: Final = date(2199, 12, 31)
LONGEST: Final = 3_660
"""Days that one period may have: what depends on ages is asked month by month."""


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both counted. `key` is how addresses and tables write it: 2026-11, 2026Q4, 2026H2, 2026."""

    kind: str
    first: date
    last: date

    @property
    def key(self) -> str:
        year = self.first.year
        match self.kind:
            case "day":
                return self.first.isoformat()
            case "month":
                return f"{year:04}-{self.first.month:02}"
            case "quarter":
                return f"{year:04}Q{(self.first.month + 2) // 3}"
            case "half":
                return f"{year:04}H{1 if self.first.month == 1 else 2}"
            case "year":
                return f"{year:04}"
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    @property
    def said(self) -> str:
        """In Chinese: 2026年上半年."""
        year = self.first.year
        match self.kind:
            case "day":
                return f"{year}年{self.first.month}月{self.first.day}日"
            case "month":
                return f"{year}年{self.first.month}月"
            case "quarter":
                return f"{year}年第{'一二三四'[(self.first.month - 1) // 3]}季度"
            case "half":
                return f"{year}年{'上' if self.first.month == 1 else '下'}半年"
            case "year":
                return f"{year}年"
        return f"{_long(self.first)}至{_long(self.last)}"

    @property
    def months(self) -> list[str]:
        """Keys of the whole months it consists of; empty when its ends cut a month."""
        if self.first.day != 1 or self.last.day != monthrange(self.last.year, self.last.month)[1]:
            return []
        begin, end = self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month - 1
        return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(begin, end + 1)]

    def as_seen(self, today: date) -> date:
        """The day that "as of" speaks of: its last day, or today while it still runs."""
        return min(self.last, today)

    def before(self) -> Period:
        """The period of the same length just before: 环比."""
        if self.kind in _LENGTH:
            return around(self.first - timedelta(days=1), self.kind)
        length = self.last - self.first
        return Period(self.kind, self.first - length - timedelta(days=1), self.first - timedelta(days=1))

    def year_before(self) -> Period:
        """The same period a year before: 同比."""
        if self.kind in _LENGTH:
            return around(_year_back(self.first), self.kind)
        return Period(self.kind, _year_back(self.first), _year_back(self.last))

    @property
    def calendar(self) -> list[Period]:
        """The year, halves, quarters and months of the year that it begins in; it is one of them, or of no calendar."""
        year = self.first.year
        return [
            around(date(year, month, 1), kind)
            for kind, length in reversed(_LENGTH.items()) for month in range(1, 13, length)
        ]  # fmt: skip

    def so_far(self, today: date) -> Period:
        """The part of it that has passed: what may fairly be set beside the same part of the year before."""
        return self if self.last <= today else days(self.first, max(today, self.first))


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _year_back(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 1, day=28)


def around(day: date, kind: str) -> Period:
    """The month, quarter, half or year that a day lies in; the day itself for `day`."""
    if kind == "day":
        return Period("day", day, day)
    length = _LENGTH[kind]
    begin = (day.month - 1) // length * length + 1
    end = begin + length - 1
    return Period(kind, date(day.year, begin, 1), date(day.year, end, monthrange(day.year, end)[1]))


def days(first: date, last: date) -> Period:
    """:raises Refusal: GH-FIG-002 the end before the beginning."""
    if last < first:
        raise Refusal("GH-FIG-002", "止日期早于起日期", "period", "把起止日期对调")
    if (last - first).days > LONGEST:
        raise Refusal("GH-FIG-003", "起止日期相隔太久", "period", "最多选10年")
    return Period("days", first, last)


def read(text: str) -> Period:
    """A period from its key.

    :raises Refusal: GH-FIG-001 not a period.
    """
    try:
        if ".." in text:
            first, last = text.split("..")
            return _known(days(date.fromisoformat(first), date.fromisoformat(last)))
        for kind, shape in _SHAPES:
            if found := shape.fullmatch(text):
                return _known(_made(kind, [int(one) for one in found.groups()]))
    except ValueError:
        pass
    raise Refusal(
        "GH-FIG-001",
        f"看不懂期间“{text[:30]}”",
        "period",
        "写成2026、2026H1、2026Q2、2026-05、2026-05-31或2026-01-01..2026-06-30",
    )


def _known(period: Period) -> Period:
    if period.first < EARLIEST or period.last > LATEST:
        raise Refusal("GH-FIG-004", "没有这个年代的记录", "period", f"选{EARLIEST.year}年以后的期间")
    return period


def _made(kind: str, parts: list[int]) -> Period:
    year = parts[0]
    if kind == "day":
        return around(date(year, parts[1], parts[2]), "day")
    if kind == "month":
        return around(date(year, parts[1], 1), "month")
    if kind == "quarter":
        return around(date(year, parts[1] * 3, 1), "quarter")
    if kind == "half":
        return around(date(year, parts[1] * 6, 1), "half")
    return around(date(year, 1, 1), "year")


def holding(day: date) -> list[Period]:
    """The month, quarter, half and year that a day belongs to."""
    return [around(day, kind) for kind in _LENGTH]
