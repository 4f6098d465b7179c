"""Periods: keys that read back, neighbours without a gap, and what nobody can have meant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.figures.rules.periods import around, days, read
from gonghui.kernel.refusal import Refusal

DAYS = st.dates(date(1951, 1, 1), date(2198, 12, 31))
KINDS = st.sampled_from(["day", "month", "quarter", "half", "year"])


@given(DAYS, KINDS)
def test_a_key_reads_back_and_neighbours_touch(day: date, kind: str) -> None:
    period = around(day, kind)
    assert period.first <= day <= period.last
    assert read(period.key) == period
    assert period.before().last == period.first - timedelta(days=1)
    assert period.year_before().first.year in (period.first.year - 1, period.first.year)


@given(DAYS, KINDS)
def test_months_cover_a_whole_period(day: date, kind: str) -> None:
    period = around(day, kind)
    covered = [read(key) for key in period.months]
    assert not covered or (covered[0].first, covered[-1].last) == (period.first, period.last)
    assert bool(covered) == (kind != "day")


@pytest.mark.parametrize(
    ("text", "code"),
    [("去年", "GH-FIG-001"), ("2026-13", "GH-FIG-001"), ("0001", "GH-FIG-004"), ("9999", "GH-FIG-004"),
     ("2026-06-30..2026-01-01", "GH-FIG-002"), ("1950-01-01..2020-01-01", "GH-FIG-003")],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_a_sentence(text: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(text)
    assert caught.value.code == code


def test_a_running_period_is_set_beside_the_same_days_of_the_year_before() -> None:
    year = around(date(2026, 11, 29), "year").so_far(date(2026, 11, 29))
    assert year == days(date(2026, 1, 1), date(2026, 11, 29))
    assert year.year_before() == days(date(2025, 1, 1), date(2025, 11, 29))
