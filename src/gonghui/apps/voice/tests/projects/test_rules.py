"""Counting, sampling and scoring: what holds for every selection and every evaluation."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.apps.voice import recount
from gonghui.apps.voice.recount import Option, Terms
from gonghui.apps.voice.rules import judging, progress
from gonghui.apps.voice.rules.weighing import as_rows, check_choice, check_terms, method_words, reason_needed, within
from gonghui.kernel.refusal import Refusal

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Machines are slow at times; what is drawn stays small."""
METHODS = ("support", "rank", "budget")


@st.composite
def selections(draw: st.DrawFn, method: str | None = None) -> tuple[Terms, list[Option], list[list[int]]]:
    """Terms with candidates and choices that fulfil them."""
    way = method or draw(st.sampled_from(METHODS))
    size = draw(st.integers(2, 8))
    costs = draw(st.lists(st.integers(1, 50), min_size=size, max_size=size))
    options = [Option(n + 1, cost, draw(st.integers(0, 5))) for n, cost in enumerate(costs)]
    terms = Terms(way, draw(st.integers(1, size - 1)), draw(st.integers(1, 4)), draw(st.integers(max(costs), 200)))
    choices = []
    for _ in range(draw(st.integers(0, 12))):
        wish = draw(st.lists(st.sampled_from(options), min_size=1, max_size=size, unique=True))
        kept: list[Option] = []
        for one in wish:
            fits = sum(o.cost for o in kept) + one.cost <= terms.budget if way == "budget" else len(kept) < terms.picks
            if fits:
                kept.append(one)
        choices.append([one.number for one in kept])
    return terms, options, choices


def _of(placed: list[recount.Placed], number: int) -> recount.Placed:
    return next(one for one in placed if one.number == number)


@CALM
@given(selections())
def test_every_candidate_has_one_place(case: tuple[Terms, list[Option], list[list[int]]]) -> None:
    terms, options, choices = case
    placed = recount.count(terms, options, choices)
    assert [one.place for one in placed] == list(range(1, len(options) + 1))
    assert {one.number for one in placed} == {one.number for one in options}
    assert sum(one.people for one in placed) == sum(map(len, choices))
    assert sum(one.within for one in placed) <= terms.places
    points = [one.points for one in placed]
    assert points == sorted(points, reverse=True)


@CALM
@given(selections(), st.randoms())
def test_the_order_of_slips_does_not_matter(case: tuple[Terms, list[Option], list[list[int]]], random: object) -> None:
    terms, options, choices = case
    mixed = list(choices)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert recount.count(terms, options, mixed) == recount.count(terms, options, choices)


@CALM
@given(selections(), st.data())
def test_one_more_who_wants_it_never_harms_a_candidate(
    case: tuple[Terms, list[Option], list[list[int]]], data: st.DataObject
) -> None:
    terms, options, choices = case
    one = data.draw(st.sampled_from(options))
    before = _of(recount.count(terms, options, choices), one.number)
    after = _of(recount.count(terms, options, [*choices, [one.number]]), one.number)
    assert after.place <= before.place and after.points > before.points
    assert after.within or not before.within


@CALM
@given(selections("rank"), st.data())
def test_who_is_ranked_higher_gains(case: tuple[Terms, list[Option], list[list[int]]], data: st.DataObject) -> None:
    terms, options, choices = case
    long = [n for n, choice in enumerate(choices) if len(choice) > 1]
    if not long:
        return
    at = data.draw(st.sampled_from(long))
    up = choices[at][1]
    better = [choice if n != at else [up, choice[0], *choice[2:]] for n, choice in enumerate(choices)]
    before, after = (_of(recount.count(terms, options, one), up) for one in (choices, better))
    assert after.points == before.points + 1 and after.place <= before.place


@CALM
@given(selections("budget"))
def test_the_budget_is_never_exceeded(case: tuple[Terms, list[Option], list[list[int]]]) -> None:
    terms, options, choices = case
    cost = {one.number: one.cost for one in options}
    listed = [one for one in recount.count(terms, options, choices) if one.within]
    assert sum(cost[one.number] for one in listed) <= terms.budget


@pytest.mark.parametrize("method", METHODS)
def test_equal_points_go_by_the_published_rule(method: str) -> None:
    """More voices, then cheaper, then the smaller number."""
    terms = Terms(method, 4, 1, 100)
    options = [Option(1, 9, 2), Option(2, 9, 3), Option(3, 8, 3), Option(4, 8, 3)]
    choices = [[one.number] for one in options]
    assert [one.number for one in recount.count(terms, options, choices)] == [3, 4, 2, 1]


def test_borda_counts_places() -> None:
    """Equal points of 3 and 1: more people chose 3."""
    terms, options = Terms("rank", 3, 2), [Option(n) for n in (1, 2, 3)]
    placed = recount.count(terms, options, [[1, 2, 3], [2, 3], [2]])
    assert [(one.number, one.points, one.people) for one in placed] == [(2, 8, 3), (3, 3, 2), (1, 3, 1)]


def test_nobody_chose_it_is_not_on_the_list() -> None:
    placed = recount.count(Terms("support", 1, 3), [Option(1), Option(2)], [[1]])
    assert [one.within for one in placed] == [True, False]


@pytest.mark.parametrize(
    ("method", "choice", "words"),
    [
        ("support", [], "至少选一项"),
        ("support", [9], "没有列出"),
        ("support", [1, 1], "两次"),
        ("support", [1, 2, 3], "最多2项"),
        ("rank", [1, 2, 3], "最多2项"),
        ("budget", [2, 3], "超过预算"),
    ],
)
def test_a_choice_that_breaks_the_terms(method: str, choice: list[int], words: str) -> None:
    terms, options = Terms(method, 2, 2, 400), [Option(1, 100), Option(2, 200), Option(3, 300)]
    with pytest.raises(Refusal, match=words):
        check_choice(terms, options, choice)
    with pytest.raises(ValueError, match=words):
        recount.count(terms, options, [choice])


def test_order_is_kept_only_where_it_counts() -> None:
    options = [Option(n, 1) for n in (1, 2, 3)]
    assert check_choice(Terms("rank", 2, 2), options, [3, 1]) == [3, 1]
    assert check_choice(Terms("support", 2, 2), options, [3, 1]) == [1, 3]
    assert check_choice(Terms("budget", 2, 2, 9), options, [3, 1]) == [1, 3]


@pytest.mark.parametrize(
    ("terms", "options", "words"),
    [
        (Terms("support", 1, 2), [Option(1)], "至少2个"),
        (Terms("support", 2, 2), [Option(1), Option(2)], "候选只有2个"),
        (Terms("budget", 1, 2, 0), [Option(1, 1), Option(2, 1)], "预算总额"),
        (Terms("budget", 1, 2, 10), [Option(1, 11), Option(2, 1)], "超过预算总额"),
        (Terms("budget", 1, 2, 10), [Option(1, 0), Option(2, 1)], "没有估算"),
    ],
)
def test_terms_that_cannot_be_weighed(terms: Terms, options: list[Option], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        check_terms(terms, options)


@CALM
@given(selections())
def test_the_published_list_is_read_back(case: tuple[Terms, list[Option], list[list[int]]]) -> None:
    terms, options, choices = case
    out = io.StringIO()
    recount.write(out, terms, [(one, f"候选，“{one.number}”") for one in options], choices)
    read_terms, read_options, read_choices = recount.read(out.getvalue().splitlines())
    assert (read_terms, [one for one, _ in read_options], read_choices) == (terms, options, choices)


@pytest.mark.parametrize(("chosen", "listed", "owed"), [(True, True, False), (True, False, True), (False, True, True), (False, False, True)])  # fmt: skip
def test_when_a_reason_is_owed(chosen: bool, listed: bool, owed: bool) -> None:
    assert reason_needed(chosen, listed) is owed


def test_a_tally_tells_what_it_listed() -> None:
    placed = recount.count(Terms("support", 1, 1), [Option(1), Option(2)], [[2]])
    tally = {"rows": as_rows(placed)}
    assert within(tally, 2) and not within(tally, 1) and not within(None, 2)


@pytest.mark.parametrize(
    ("method", "words"), [("support", "每选中一项得1分"), ("rank", "第1项得3分"), ("budget", "100元以内")]
)
def test_the_method_in_words(method: str, words: str) -> None:
    assert words in method_words(Terms(method, 3, 10, 10_000))


# -- progress and judging ----------------------------------------------------------------------------------------------


@CALM
@given(st.lists(st.tuples(st.integers(1, 99), st.booleans()), max_size=20))
def test_progress_is_full_only_when_all_is_done(steps: list[tuple[int, bool]]) -> None:
    share = progress.percent(steps)
    assert 0 <= share <= 100
    assert (share == 100) == (bool(steps) and all(done for _, done in steps))


@pytest.mark.parametrize(
    ("due", "done", "words"),
    [
        (date(2026, 3, 1), None, "已逾期9天"),
        (date(2026, 3, 10), None, "今天到期"),
        (date(2026, 3, 15), None, "剩5天"),
        (date(2026, 5, 1), None, "按期推进"),
        (date(2026, 3, 1), date(2026, 3, 2), "逾期完成"),
        (date(2026, 3, 1), date(2026, 3, 1), "已完成"),
    ],
)
def test_standing(due: date, done: date | None, words: str) -> None:
    assert progress.standing(due, done, date(2026, 3, 10), 14).words == words


def test_changes_are_told_in_words() -> None:
    before = dict.fromkeys(progress.FOLLOWED) | {"budget": 100, "due_on": date(2026, 3, 1)}
    after = before | {"budget": 250_000, "due_on": date(2026, 4, 1)}
    assert progress.changes(before, after) == [
        {"what": "预算", "old": "1.00元", "new": "2,500.00元"},
        {"what": "完成期限", "old": "2026-03-01", "new": "2026-04-01"},
    ]


@pytest.mark.parametrize(("better", "after", "met"), [("more", 9, False), ("more", 10, True), ("less", 11, False), ("less", 10, True)])  # fmt: skip
def test_an_outcome_reaches_its_target(better: str, after: int, met: bool) -> None:
    assert progress.reached(better, Decimal(10), Decimal(after)) is met
    assert progress.reached(better, Decimal(10), None) is None


@CALM
@given(st.sets(st.integers(1, 10**9), max_size=60), st.integers(0, 70), st.randoms())
def test_a_sample_is_the_same_for_whoever_draws_it(keys: set[int], size: int, random: object) -> None:
    mixed = list(keys)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    drawn = judging.sample("seed", mixed, size)
    assert drawn == judging.sample("seed", sorted(keys), size)
    assert len(drawn) == len(set(drawn)) == min(size, len(keys)) and set(drawn) <= keys


def test_another_seed_draws_others() -> None:
    assert judging.sample("a", range(1000), 20) != judging.sample("b", range(1000), 20)
    assert judging.seed_of(1, 1, "2026-03-06", "ab") != judging.seed_of(1, 2, "2026-03-06", "ab")


@CALM
@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=40), st.integers(3, 10))
def test_result(answers: list[tuple[int, bool]], least: int) -> None:
    found = judging.result(answers, Decimal("3.50"), least)
    assert found.answered == len(answers)
    assert bool(found.scores) == (len(answers) >= least)
    if not answers:
        assert found.score is None and found.passed is None
        return
    assert found.score is not None and Decimal(1) <= found.score <= Decimal(5)
    assert found.passed == (found.score >= Decimal("3.50"))
    if found.scores:
        assert sum(found.scores.values()) == len(answers)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_only_five_marks(score: int) -> None:
    with pytest.raises(Refusal, match="GH-PRJ-060"):
        judging.check_mark(score)
