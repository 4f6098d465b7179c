"""Working days 2024–2028: the published notices, the provisional years, overrides, and the arithmetic."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.rules.calendar import (
    DayKind,
    add_days,
    add_months,
    add_working_days,
    day_kind,
    is_provisional,
    is_working_day,
    next_working_day,
    working_days_between,
)

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2024, 2, 12), DayKind.HOLIDAY),
        (date(2024, 2, 18), DayKind.MAKE_UP),
        (date(2024, 10, 12), DayKind.MAKE_UP),
        (date(2025, 1, 26), DayKind.MAKE_UP),
        (date(2025, 10, 8), DayKind.HOLIDAY),
        (date(2025, 11, 1), DayKind.WEEKEND),
        (date(2026, 2, 14), DayKind.MAKE_UP),
        (date(2026, 2, 23), DayKind.HOLIDAY),
        (date(2026, 11, 20), DayKind.WORKING),
        (date(2027, 2, 8), DayKind.HOLIDAY),
        (date(2027, 5, 8), DayKind.WEEKEND),
        (date(2028, 10, 2), DayKind.HOLIDAY),
    ],
)
def test_day_kind(day: date, kind: DayKind) -> None:
    assert day_kind(day) is kind
    assert is_working_day(day) is (kind in (DayKind.WORKING, DayKind.MAKE_UP))


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_published_years_have_their_number_of_working_days(year: int, count: int) -> None:
    assert working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == count


@pytest.mark.parametrize("year", [2027, 2028, 2101])
def test_unpublished_years_are_provisional_and_do_not_fail(year: int) -> None:
    assert is_provisional(date(year, 1, 4))
    assert 240 <= working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) <= 262


def test_published_years_are_not_provisional() -> None:
    assert not is_provisional(date(2026, 12, 31))


def test_deadline_across_spring_festival() -> None:
    # 2026-02-13 is a Friday; the 14th is a make-up day, then nine days off.
    assert add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert add_working_days(date(2026, 2, 24), -1) == date(2026, 2, 14)
    assert add_days(date(2026, 2, 10), 7) == date(2026, 2, 24)


def test_overrides_win_and_settle_the_day() -> None:
    make_up, extra = date(2027, 2, 14), date(2027, 2, 11)
    overrides = {make_up: True, extra: False}
    assert is_working_day(make_up, overrides) and not is_working_day(make_up)
    assert not is_working_day(extra, overrides) and is_working_day(extra)
    assert not is_provisional(make_up, overrides)
    assert day_kind(make_up, overrides) is DayKind.MAKE_UP


def test_zero_working_days_is_the_next_working_day() -> None:
    assert add_working_days(date(2026, 11, 21), 0) == next_working_day(date(2026, 11, 21)) == date(2026, 11, 23)


@given(DAYS, st.integers(1, 400))
def test_adding_and_counting_agree(start: date, n: int) -> None:
    end = add_working_days(start, n)
    assert is_working_day(end)
    assert working_days_between(start, end) == n
    assert working_days_between(end, start) == -n


@given(DAYS, st.integers(-60, 60))
def test_add_months_stays_in_its_month(start: date, n: int) -> None:
    moved = add_months(start, n)
    assert (moved.year * 12 + moved.month) - (start.year * 12 + start.month) == n
    assert moved.day == start.day or (moved.day < start.day and (moved + timedelta(1)).day == 1)


def test_unreachable_results_are_refused() -> None:
    with pytest.raises(ValueError):
        add_working_days(date(2026, 1, 1), 6000)
    idle = {date(2026, 1, 1) + timedelta(i): False for i in range(6000)}
    with pytest.raises(ValueError):
        next_working_day(date(2026, 1, 1), idle)
