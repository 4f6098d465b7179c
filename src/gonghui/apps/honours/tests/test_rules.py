"""Quotas against a table worked by hand, and what always holds of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.apps.honours.rules import Nominee, Quota, allowed, counter, county_counts, needed, traits, within_cycle

LINE = Quota("honours.line_workers_least", "line", "一线职工", "least", 3722)
WOMEN = Quota("honours.women_least", "women", "女性", "least", 2411)
MANAGERS = Quota("honours.managers_most", "manager", "企业管理人员", "most", 2000)
HEADS = Quota("honours.firm_heads_most", "firm_head", "企业负责人", "most", 1000)


def people(*marks: str) -> list[Nominee]:
    """One nominee for each word of traits joined by "+"."""
    return [Nominee(n, f"甲{n}", "某厂", 1, frozenset(mark.split("+")) - {""}) for n, mark in enumerate(marks, 1)]


@pytest.mark.parametrize(
    ("quota", "places", "marks", "bound", "count", "left", "breach", "reserved", "free"),
    [
        # 37.22 % of 10 are 3.722: four line workers at least
        (LINE, 10, [], 4, 0, 10, 0, 4, 10),
        (LINE, 10, ["line", "line"], 4, 2, 8, 0, 2, 8),
        (LINE, 10, ["manager"] * 6, 4, 0, 4, 0, 4, 4),  # every place that is left has to go to line workers
        (LINE, 10, ["manager"] * 7, 4, 0, 3, 1, 3, 3),  # one too many of the others
        (LINE, 10, ["line"] * 4 + ["manager"] * 6, 4, 4, 0, 0, 0, 0),
        (LINE, 10, ["line"] * 2 + ["manager"] * 9, 4, 2, 0, 2, 0, 0),  # more nominated than places
        # 24.11 % of 10 are 2.411: three women
        (WOMEN, 10, ["line+women"] * 3, 3, 3, 7, 0, 0, 7),
        (WOMEN, 4, ["line"] * 3, 1, 0, 1, 0, 1, 1),
        (WOMEN, 4, ["line"] * 4, 1, 0, 0, 1, 0, 0),
        # at most 20 % of 10 managers, at most 10 % of 15 heads of firms (1.5: one)
        (MANAGERS, 10, ["manager"] * 2, 2, 2, 8, 0, 0, 0),
        (MANAGERS, 10, ["manager"] * 3, 2, 3, 7, 1, 0, 0),
        (MANAGERS, 10, ["line"] * 9, 2, 0, 1, 0, 0, 1),
        (HEADS, 15, ["firm_head"], 1, 1, 14, 0, 0, 0),
        (HEADS, 15, [], 1, 0, 15, 0, 0, 1),
        (HEADS, 9, ["firm_head"], 0, 1, 8, 1, 0, 0),
    ],
)
def test_counters_by_hand(
    quota: Quota,
    places: int,
    marks: list[str],
    bound: int,
    count: int,
    left: int,
    breach: int,
    reserved: int,
    free: int,
) -> None:
    found = counter(quota, places, people(*marks))
    assert (found.bound, found.count, found.left, found.breach, found.reserved, found.free) == (
        bound, count, left, breach, reserved, free,
    )  # fmt: skip


def test_a_breach_names_who_and_what_is_possible() -> None:
    found = counter(MANAGERS, 10, people("manager", "line", "manager", "manager"))
    assert [one.name for one in found.by] == ["甲4"]
    assert found.sentence == "企业管理人员最多2名，已推荐3名，超出1名，须换下1名" and found.tone == "bad"
    lacking = counter(LINE, 10, people(*["manager"] * 7))
    assert [one.name for one in lacking.by] == ["甲7"]
    assert lacking.sentence == "一线职工至少4名，现有0名，剩余3个名额都给也差1名，须换下1名其他人"
    assert counter(LINE, 10, people(*["manager"] * 6)).sentence == "剩余4个名额都要给一线职工"
    assert counter(WOMEN, 10, people("women")).sentence == "剩余9个名额中至少2个给女性"


def test_traits_of_answers() -> None:
    assert traits({"post": "line", "sex": "2", "farmer": True, "minority": False}) == {"line", "women", "farmer"}
    assert traits({"post": "cadre", "rank": "county", "sex": "1"}) == {"cadre", "cadre_county"}
    assert traits({"post": "cadre", "rank": "below"}) == {"cadre"}
    assert traits({}) == frozenset()


def test_the_cycle() -> None:
    assert [within_cycle(2021, year, 5) for year in (2021, 2025, 2026)] == [True, True, False]


def test_places_of_counties() -> None:
    nominees = [
        Nominee(1, "甲", "厂", 7, frozenset()),
        Nominee(2, "乙", "厂", 7, frozenset()),
        Nominee(3, "丙", "厂", 9, frozenset()),
    ]
    rows = county_counts({7: 1, 8: 2}, {7: "安福县总工会", 8: "遂川县总工会", 9: "吉安县总工会"}, nominees)
    assert [(row.name, row.places, row.count, row.over, row.left) for row in rows] == [
        ("安福县总工会", 1, 2, 1, 0), ("遂川县总工会", 2, 0, 0, 2), ("吉安县总工会", 0, 1, 1, 0),
    ]  # fmt: skip


MARKS = st.lists(st.sampled_from(["line", "women", "line+women", "manager", ""]), max_size=40)


@given(places=st.integers(1, 60), share=st.integers(0, 10_000), marks=MARKS)
def test_least_and_what_is_left_always_add_up(places: int, share: int, marks: list[str]) -> None:
    quota = Quota("x", "line", "一线职工", "least", share)
    found = counter(quota, places, people(*marks))
    assert (found.bound - 1) * 10_000 < places * share <= found.bound * 10_000 or (share == 0 and found.bound == 0)
    # giving every place that is left to the group brings exactly the bound, less what is breached
    assert max(found.count, min(found.count + found.left, found.bound)) >= found.bound - found.breach
    assert (found.breach == 0) == (found.count + found.left >= found.bound)
    assert len(found.by) <= found.breach and found.reserved + found.breach == max(0, found.bound - found.count)


@given(places=st.integers(1, 60), share=st.integers(0, 10_000), marks=MARKS)
def test_most_is_breached_only_above_the_bound(places: int, share: int, marks: list[str]) -> None:
    found = counter(Quota("x", "line", "一线职工", "most", share), places, people(*marks))
    assert found.bound * 10_000 <= places * share < (found.bound + 1) * 10_000
    assert (found.breach == 0) == (found.count <= found.bound) and len(found.by) == found.breach
    assert found.free == min(found.left, max(0, found.bound - found.count))


@given(places=st.integers(0, 1000), share=st.integers(0, 10_000))
def test_least_is_never_below_most(places: int, share: int) -> None:
    assert 0 <= needed(places, share) - allowed(places, share) <= 1
