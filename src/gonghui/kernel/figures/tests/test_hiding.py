"""A hidden number cannot be reckoned from the ones that are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.figures.rules.hiding import hidden, hidden_periods, small
from gonghui.kernel.figures.rules.periods import read

CELLS = st.dictionaries(st.integers(0, 40), st.integers(0, 60), min_size=2, max_size=14)


@given(CELLS)
def test_what_is_left_never_gives_away_a_small_cell(cells: dict[int, int]) -> None:
    away = hidden(cells)
    assert {key for key, number in cells.items() if small(number)} <= away
    if not away:
        return
    # Whoever knows the sum and all that is told knows the sum of the hidden ones, and of no single one of them.
    assert len(away) >= 2
    assert not small(sum(cells[key] for key in away)) or len(away) == len(cells)


@given(CELLS)
def test_nothing_is_hidden_without_need(cells: dict[int, int]) -> None:
    if not any(small(number) for number in cells.values()):
        assert hidden(cells) == set()
    alone = hidden(cells, whole_is_told=False)
    assert alone == {key for key, number in cells.items() if small(number)}


YEAR = read("2026").calendar
MONTHS = [one for one in YEAR if one.kind == "month"]
LONGER = {"year": "half", "half": "quarter", "quarter": "month"}


@given(st.lists(st.integers(0, 12), min_size=12, max_size=12), st.integers(1, 12))
def test_no_period_is_reckoned_from_others_that_are_told(counts: list[int], begun: int) -> None:
    """Months, quarters, halves and the year of the months that have begun: a later one counts nothing."""
    by_month = {one: counts[n] if n < begun else 0 for n, one in enumerate(MONTHS)}
    numbers = {
        one: sum(number for month, number in by_month.items() if one.first <= month.first <= one.last)
        for one in YEAR
        if one.first <= MONTHS[begun - 1].first
    }
    away = hidden_periods(numbers) | {one for one, number in numbers.items() if small(number)}
    for whole in numbers:
        parts = [
            one for one in numbers
            if one.kind == LONGER.get(whole.kind) and whole.first <= one.first and one.last <= whole.last
        ]  # fmt: skip
        gone = [one for one in parts if one in away]
        if whole in away:
            assert len(gone) == len(parts)
        elif gone:
            assert len(gone) >= 2 and not small(sum(numbers[one] for one in gone))


def test_a_cell_withheld_elsewhere_takes_another_with_it() -> None:
    assert hidden({"a": 8, "b": 20, "c": 30}) == set()
    assert hidden({"a": 8, "b": 20, "c": 30}, withheld={"a"}) == {"a", "b"}
