"""Path arithmetic: a subtree is exactly one range under byte order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.org.rules import paths

IDS = st.integers(0, 36**5 - 1)
CHAINS = st.lists(IDS, min_size=1, max_size=8)


def path_of(chain: list[int]) -> str:
    path = ""
    for number in chain:
        path = paths.join(path, number)
    return path


def test_label_is_fixed_width_and_ordered() -> None:
    assert [paths.label(n) for n in (0, 10, 35, 36, 36**5 - 1)] == [
        "00000",
        "0000a",
        "0000z",
        "00010",
        "zzzzz",
    ]
    for wrong in (-1, 36**5):
        with pytest.raises(ValueError):
            paths.label(wrong)


@given(IDS, IDS)
def test_labels_sort_like_numbers(a: int, b: int) -> None:
    assert (paths.label(a) < paths.label(b)) == (a < b)
    assert paths.number_of(paths.label(a)) == a


@given(CHAINS, CHAINS)
def test_range_holds_exactly_the_subtree(a: list[int], b: list[int]) -> None:
    root, path = path_of(a), path_of(b)
    lo, hi = paths.subtree(root)
    assert (lo.encode() <= path.encode() < hi.encode()) == (b[: len(a)] == a) == paths.is_within(path, root)


@given(CHAINS)
def test_ancestors_depth_and_ids_agree(chain: list[int]) -> None:
    path = path_of(chain)
    assert paths.ids(path) == chain
    assert paths.depth(path) == len(chain)
    assert paths.ancestors(path) == [path_of(chain[:i]) for i in range(1, len(chain))]
    assert paths.parent_of(path) == path_of(chain[:-1])


def test_moved_keeps_what_lies_below() -> None:
    old, new, below = path_of([1, 2]), path_of([1, 3, 2]), path_of([1, 2, 7])
    assert paths.moved(below, old, new) == path_of([1, 3, 2, 7])
    with pytest.raises(ValueError):
        paths.moved(below, old, path_of([1, 2, 9, 2]))
    with pytest.raises(ValueError):
        paths.moved(path_of([5]), old, new)


@pytest.mark.parametrize("wrong", ["", "0000", "0000A", "000000", "00 00"])
def test_number_of_refuses_what_is_no_label(wrong: str) -> None:
    with pytest.raises(ValueError):
        paths.number_of(wrong)
