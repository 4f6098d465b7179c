"""Lessons of a course: once a week from the first time on; when two of them meet; what a head costs. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, TypeVar

from gonghui.kernel.quotas.rules import WEEK as WEEK

MOST_LESSONS: Final = 30


End = TypeVar("End", datetime, "datetime | None")


def times(starts_at: datetime, ends_at: End, lessons: int) -> list[tuple[datetime, End]]:
    """Begin and end of each lesson."""
    return [(starts_at + WEEK * n, ends_at + WEEK * n if ends_at else ends_at) for n in range(lessons)]


def meetings(
    ours: list[tuple[datetime, datetime]], theirs: list[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """(begin of ours, begin of theirs) of lessons that overlap."""
    for begin, end in ours:
        for other, until in theirs:
            if other < end and until > begin:
                yield begin, other


def per_head(cost: int, people: int) -> int | None:
    """Fen for each person who came; None while nobody did, or nothing was said of the cost."""
    return round(cost / people) if people and cost else None
