"""Sessions that come back every week (gym, canteen, counselling, shifts), laid out from a few words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Final

MOST: Final = 60
"""Sessions of one offer."""
WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Slot:
    """One session: its day, and from when to when."""

    day: date
    begins: time
    ends: time

    @property
    def title(self) -> str:
        return f"{self.day.month}月{self.day.day}日（周{WEEKDAYS[self.day.weekday()]}）{self.begins:%H:%M}"


def weekly(
    first: date,
    last: date,
    weekdays: Sequence[int],
    times: Sequence[tuple[time, time]],
    is_holiday: Callable[[date], bool],
) -> Iterator[Slot]:
    """Every session from the first day to the last, in the order of time.

    :param weekdays: 0 is Monday.
    :param times: begin and end of each session of a day.
    :param is_holiday: a day on which nothing takes place (法定节假日).
    """
    day = first
    while day <= last:
        if day.weekday() in weekdays and not is_holiday(day):
            for begins, ends in sorted(times):
                yield Slot(day, begins, ends)
        day += timedelta(days=1)


def parse_times(text: str) -> list[tuple[time, time]]:
    """Times of a day as staff write them: “18:00-19:30、20:00-21:30”.

    :raises ValueError: with a sentence that says which part is wrong, and how it is written.
    """
    found: list[tuple[time, time]] = []
    for part in text.replace("，", "、").replace(",", "、").replace("；", "、").split("、"):
        if not part.strip():
            continue
        begins, _, ends = (
            part.strip().replace("：", ":").replace("至", "-").replace("—", "-").replace("～", "-").partition("-")
        )
        try:
            pair = time.fromisoformat(begins.strip().zfill(5)), time.fromisoformat(ends.strip().zfill(5))
        except ValueError:
            raise ValueError(f"“{part.strip()[:20]}”写成开始和结束，例如18:00-19:30") from None
        if pair[1] <= pair[0]:
            raise ValueError(f"“{part.strip()[:20]}”的结束要晚于开始")
        found.append(pair)
    found.sort()
    for one, after in pairwise(found):
        if after[0] < one[1]:
            raise ValueError(f"{one[0]:%H:%M}和{after[0]:%H:%M}两段时间重叠")
    return found
