"""When a file is due, and of which period it is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.apps.exports.choices import Rhythm, Span
from gonghui.apps.exports.rules import first, following, period_of

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("span", "day", "key"),
    [
        ("month", date(2026, 1, 6), "2025-12"), ("quarter", date(2026, 4, 6), "2026Q1"), ("year", date(2026, 1, 6), "2025"),
        ("running", date(2026, 3, 6), "2026-01-01..2026-03-06"), ("running", date(2026, 12, 31), "2026"),
    ],
)  # fmt: skip
def test_a_file_is_of_a_whole_period_that_is_over_or_of_the_year_so_far(span: str, day: date, key: str) -> None:
    assert period_of(span, day).key == key


@given(st.sampled_from(Rhythm.values), DAYS)
def test_the_next_day_is_later_and_none_is_left_out(rhythm: str, day: date) -> None:
    begun, after = first(rhythm, day), following(rhythm, day)
    assert begun >= day and after > day
    assert first(rhythm, begun) == begun and (begun in (after, day))
    assert (after - day).days <= {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92}[rhythm]


@given(st.sampled_from([Span.MONTH, Span.QUARTER, Span.YEAR]), DAYS)
def test_what_is_over_is_over(span: str, day: date) -> None:
    assert period_of(span, day).last < day
