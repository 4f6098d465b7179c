"""When a place is open: hours for working days, weekends and public holidays, written as staff write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

DAY = 24 * 60
ALWAYS, REST = "24小时", "休息"
_RANGE = re.compile(r"^(\d{1,2})[:：](\d{2})\s*[-—–~至]+\s*(\d{1,2})[:：](\d{2})$")
_LOOK_AHEAD = 14


@dataclass(frozen=True, slots=True)
class Hours:
    """Texts as `tidy` leaves them: “24小时”, “休息” or “08:00-12:00，14:00-18:00”; empty holidays are like weekends."""

    workday: str
    weekend: str
    holiday: str = ""

    def of(self, kind: str) -> str:
        """:param kind: workday, weekend or holiday."""
        return getattr(self, kind) or (self.weekend if kind == "holiday" else REST)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether it is open, and until or from when; `words` say both, `short` only the first."""

    open: bool
    words: str
    short: str
    tone: str


def spans(text: str) -> list[tuple[int, int]]:
    """Minutes of the day from and to; what goes past midnight ends beyond 1440.

    :raises ValueError: with what is wrong, in Chinese.
    """
    text = text.strip().rstrip("。")
    if text in (REST, "不开放", "不开", ""):
        return []
    if text.replace(" ", "") in (ALWAYS, "全天", "24小时开放", "00:00-24:00"):
        return [(0, DAY)]
    found = []
    for part in re.split(r"[，,、；;\s]+(?=\d)", text):
        match = _RANGE.match(part.strip())
        if not match:
            raise ValueError(f"“{part.strip()[:20]}”看不懂，写成08:00-18:00，两段之间用逗号，全天写24小时，不开写休息")
        hour, minute, to_hour, to_minute = map(int, match.groups())
        begins, ends = hour * 60 + minute, to_hour * 60 + to_minute
        if max(minute, to_minute) > 59 or begins >= DAY or ends > DAY:
            raise ValueError(f"“{part.strip()}”不是一天里的时间")
        found.append((begins, ends if ends > begins else ends + DAY))
    found.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise ValueError("几段时间重叠了")
    return found


def tidy(text: str) -> str:
    """The one way a text of hours is kept.

    :raises ValueError: with what is wrong, in Chinese.
    """
    found = spans(text)
    if not found:
        return REST
    if found == [(0, DAY)]:
        return ALWAYS
    return "，".join(f"{_clock(begins)}-{_clock(ends, night=False)}" for begins, ends in found)


def _clock(minutes: int, *, night: bool = True) -> str:
    if minutes == DAY and not night:
        return "24:00"
    return f"{minutes % DAY // 60:02d}:{minutes % 60:02d}"


def _run(hours: Hours, kind_of: Callable[[date], str], first: date, days: int) -> list[tuple[datetime, datetime]]:
    """The spans of some days as moments, those that touch made one."""
    found: list[tuple[datetime, datetime]] = []
    for number in range(days):
        on = first + timedelta(days=number)
        midnight = datetime.combine(on, time())
        for begins, ends in spans(hours.of(kind_of(on))):
            start, end = midnight + timedelta(minutes=begins), midnight + timedelta(minutes=ends)
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(end, found[-1][1]))
            else:
                found.append((start, end))
    return found


def _day_words(on: date, today: date) -> str:
    names = {0: "今天", 1: "明天", 2: "后天"}
    return names.get((on - today).days, f"{on.month}月{on.day}日")


def standing(hours: Hours, kind_of: Callable[[date], str], now: datetime) -> Standing:
    """At a moment of local time without a zone."""
    today = now.date()
    run = _run(hours, kind_of, today - timedelta(days=1), _LOOK_AHEAD)
    inside = next(((start, end) for start, end in run if start <= now < end), None)
    if inside is not None:
        end = inside[1]
        if end - now > timedelta(days=1):
            return Standing(True, "24小时开放", "开放中", "ok")
        if end - now <= timedelta(minutes=30):
            return Standing(True, f"开放中，{_clock(end.hour * 60 + end.minute)}关门，快到了", "快关门", "wait")
        when = "24:00" if end.time() == time() else _clock(end.hour * 60 + end.minute)
        words = "明天" if end.date() > today and end.time() != time() else ""
        return Standing(True, f"开放中，{words}{when}关门", "开放中", "ok")
    coming = next((start for start, _ in run if start > now), None)
    if coming is None:
        return Standing(False, "近期不开放", "未开放", "")
    return Standing(False, f"现在没有开放，{_day_words(coming.date(), today)}{coming:%H:%M}开门", "未开放", "")
