"""Ranks and exclusions."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from gonghui.apps.contests.rules import chosen, excluded, ranking

LEAST = {"months": 12, "people": 5, "projects": 1}


def test_ties_share_a_rank_and_the_next_is_skipped() -> None:
    scores = [(1, "80"), (2, "91.5"), (3, "80"), (4, "70"), (5, "91.5")]
    found = ranking((key, Decimal(score)) for key, score in scores)
    assert [(one.key, one.rank) for one in found] == [(2, 1), (5, 1), (1, 3), (3, 3), (4, 5)]
    assert [one.key for one in chosen(found, 3)] == [2, 5, 1, 3]  # who shares the last place comes in


@given(st.lists(st.integers(0, 20), max_size=40))
def test_a_rank_is_one_more_than_how_many_are_better(scores: list[int]) -> None:
    found = ranking(enumerate(map(Decimal, scores)))
    assert sorted(one.key for one in found) == list(range(len(scores)))
    for one in found:
        assert one.rank == 1 + sum(score > one.score for score in scores)


def test_what_keeps_an_entry_out() -> None:
    clean = {"government_plan": False, "prize_won": False, "secret": False, "ip_dispute": False}
    assert excluded("innovation", clean, LEAST) == {}
    assert set(excluded("innovation", clean | {"secret": True, "prize_won": True}, LEAST)) == {"secret", "prize_won"}
    method = clean | {"months": 12, "safe": True, "author_head": False, "author_senior": False, "author_phd": False}
    assert excluded("method", method, LEAST) == {}
    assert set(excluded("method", method | {"months": 11, "author_phd": True}, LEAST)) == {"months", "author_phd"}
    studio = clean | {"leader_honour": "craftsman", "size": 5, "projects": 1}
    assert excluded("studio", studio, LEAST) == {}
    assert set(excluded("studio", studio | {"leader_honour": "none", "size": 4}, LEAST)) == {"leader_honour", "size"}
    assert set(excluded("suggestion", clean | {"adopted": False}, LEAST)) == {"adopted"}
