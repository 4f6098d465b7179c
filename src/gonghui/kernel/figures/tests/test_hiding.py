"""A hidden number cannot be reckoned from the ones that are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.figures.rules.hiding import hidden, small

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
