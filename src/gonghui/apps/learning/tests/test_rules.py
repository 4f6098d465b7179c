"""Scores, ranks, streaks and mistakes of questions, for any input."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.apps.learning.choices import QuestionKind
from gonghui.apps.learning.rules import (
    Tally,
    answer_mask,
    badge_days,
    chapters_of,
    chosen_of,
    draw_paper,
    mask_of,
    question_problem,
    ranking,
    score_of,
    shown_name,
    streak,
)

DAY = date(2021, 7, 1)
MASKS = st.integers(0, 63)
TALLIES = st.lists(
    st.builds(
        Tally,
        st.integers(1, 10**6),
        st.sampled_from([Decimal(n) / 2 for n in range(6)]),
        st.fractions(0, 1, max_denominator=4),
        st.integers(0, 2),
        st.fractions(1, 3, max_denominator=3),
    ),
    unique_by=lambda one: one.key,
    max_size=30,
)


@pytest.mark.parametrize(
    ("kind", "right", "given_", "score"),
    [
        ("single", 0b001, 0b001, 10),
        ("single", 0b001, 0b010, 0),
        ("single", 0b001, 0b011, 0),
        ("judge", 0b10, 0b10, 10),
        ("multiple", 0b101, 0b101, 10),
        ("multiple", 0b101, 0b100, 5),
        ("multiple", 0b101, 0b110, 0),
        ("multiple", 0b101, 0b111, 0),
        ("multiple", 0b101, 0, 0),
    ],
)
def test_part_of_a_multiple_choice_brings_half_and_a_wrong_option_nothing(
    kind: str, right: int, given_: int, score: int
) -> None:
    assert score_of(kind, right, given_, 10) == score


@given(st.sampled_from(QuestionKind.values), st.integers(1, 63), MASKS, st.integers(1, 100))
def test_a_score_is_full_half_or_nothing(kind: str, right: int, chosen: int, points: int) -> None:
    score = score_of(kind, right, chosen, points)
    assert score in (0, Decimal(points) / 2, points)
    assert (score == points) == (chosen == right)
    assert score == 0 or chosen & ~right == 0


@given(MASKS)
def test_bits_and_options_are_the_same(mask: int) -> None:
    assert mask_of(chosen_of(mask)) == mask


@given(TALLIES)
def test_ranks_follow_the_order_and_only_equals_share_a_place(tallies: list[Tally]) -> None:
    placed = ranking(tallies)
    assert {one.tally.key for one in placed} == {one.key for one in tallies}
    for one in placed:
        assert one.rank == 1 + sum(other.order < one.tally.order for other in tallies)
    assert ranking(reversed(tallies)) == placed


def test_ties_go_by_participation_then_high_scores_then_fewer_tries() -> None:
    base = (Decimal(90), Fraction(1, 2), 1, Fraction(2))
    best = Tally(1, Decimal(91), Fraction(0), 0, Fraction(3))
    wider = Tally(2, base[0], Fraction(2, 3), 0, Fraction(3))
    higher = Tally(3, base[0], base[1], 2, Fraction(3))
    fewer = Tally(4, base[0], base[1], base[2], Fraction(1))
    same, too = Tally(5, *base), Tally(6, *base)
    placed = ranking([too, fewer, same, higher, wider, best])
    assert [(one.rank, one.tally.key) for one in placed] == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (5, 6)]


@given(st.sets(st.integers(0, 60)), st.integers(0, 70))
def test_a_streak_is_a_run_of_days_that_reaches_today_or_yesterday(offsets: set[int], now: int) -> None:
    today = DAY + timedelta(days=now)
    found = streak([DAY + timedelta(days=one) for one in offsets], today)
    known = {one for one in offsets if one <= now}
    last = now if now in known else now - 1
    run = 0
    while last - run in known:
        run += 1
    assert found.current == run <= found.longest <= found.total == len(known)


@given(st.integers(1, 200), st.integers(1, 30), st.integers())
def test_a_paper_asks_no_question_twice(size: int, count: int, seed: int) -> None:
    paper = draw_paper(size, count, Random(seed))
    assert len(set(paper)) == len(paper) == min(size, count)
    assert all(1 <= one <= size for one in paper)


@pytest.mark.parametrize(
    ("kind", "options", "answer", "field"),
    [
        ("single", ["甲", "乙"], 0b01, None),
        ("single", ["甲", "乙"], 0b11, "answer"),
        ("single", ["甲", "甲"], 0b01, "options"),
        ("single", ["甲"], 0b01, "options"),
        ("multiple", ["甲", "乙", "丙"], 0b101, None),
        ("multiple", ["甲", "乙", "丙"], 0b100, "answer"),
        ("multiple", ["甲", "乙"], 0b101, "answer"),
        ("judge", [], 2, None),
        ("judge", [], 3, "answer"),
        ("essay", [], 1, "kind"),
    ],
)
def test_what_is_wrong_with_a_question(kind: str, options: list[str], answer: int, field: str | None) -> None:
    problem = question_problem(kind, "下列说法对不对？", options, answer)
    assert (problem[0] if problem else None) == field


def test_words_that_people_write() -> None:
    assert (answer_mask("multiple", "a、C"), answer_mask("judge", "错误"), answer_mask("single", "甲")) == (5, 2, 0)
    assert badge_days("7、21、50、100") == [7, 21, 50, 100]
    assert chapters_of("# 一\n甲\n#二\n乙\n丙") == [("一", "甲"), ("二", "乙\n丙")]
    assert (chapters_of("  "), chapters_of("只有正文")) == ([], [("全文", "只有正文")])
    assert shown_name("刘细妹") == "刘**"
