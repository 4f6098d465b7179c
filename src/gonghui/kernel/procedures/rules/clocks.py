"""When time is up: deadlines in working days or calendar days, paused while the applicant corrects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ...rules.calendar import add_days, add_working_days, working_days_between


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period, and the first day on which somebody is warned."""

    on: date
    warn_on: date


def due(start: date, days: int, unit: str, warn: int = 1, overrides: Mapping[date, bool] | None = None) -> Due:
    """The period that begins the day after `start` (民法典第二百零一条)."""
    known = overrides or {}
    last = add_working_days(start, days, known) if unit == "working" else add_days(start, days, known)
    before = add_working_days(last, -warn, known) if unit == "working" else last - timedelta(days=warn)
    return Due(last, max(before, start))


def left(today: date, last: date, unit: str = "working", overrides: Mapping[date, bool] | None = None) -> int:
    """Days left until the last one; negative when it is past."""
    return working_days_between(today, last, overrides or {}) if unit == "working" else (last - today).days


def resumed(paused_on: date, last: date, today: date, unit: str, overrides: Mapping[date, bool] | None = None) -> date:
    """The new last day after a pause: what was left when the clock stopped is left when it goes on."""
    rest = max(left(paused_on, last, unit, overrides), 0)
    return due(today, rest, unit, 0, overrides).on if rest else today
