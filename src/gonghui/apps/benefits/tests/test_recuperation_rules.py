"""The rules of rest cures, pure: what is refused, exactly beyond which number, and by which rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.apps.benefits.rules import recuperation as rules

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

VALUES = {
    "days_inside": 5, "days_across": 7, "day_cap": 60_000, "year_cap": 300_000, "across_months": 36, "listed": True,
    "insured": True, "procured": True,
}  # fmt: skip
SAID = {f"recuperation.{key}": rules.Said(value, f"规则{key}", "某通知") for key, value in VALUES.items()}
GOOD = rules.Plan("黄山基地", True, False, 5, 40_000, 20_000, 180_000, "人保", "吉工采3号", 0)


def fields(plan: rules.Plan, **other) -> list[str]:
    said = SAID | {f"recuperation.{key}": replace(SAID[f"recuperation.{key}"], value=v) for key, v in other.items()}
    return [field for field, _ in rules.breaches(plan, said)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"base": ""}, "trip-base"), ({"base_active": False}, "trip-base"), ({"days": 6, "subsidy": 220_000}, "trip-days"),
        ({"days": 0}, "trip-days"), ({"longest": 6}, "sessions"), ({"day_price": 60_001, "subsidy": 280_005}, "trip-day_price"), ({"price": 1}, "price"),
        ({"across": True, "again_months": 35}, "again_after_months"), ({"insurer": " "}, "trip-insurer"),
        ({"procurement": ""}, "trip-procurement"), ({"subsidy": 300_001, "price": 0, "day_price": 60_000}, "subsidy"),
    ],
)  # fmt: skip
def test_each_breach_is_a_sentence_that_names_its_rule(change, field):
    assert fields(GOOD) == []
    plan = replace(GOOD, **change)
    assert field in fields(plan)
    for name, words in rules.breaches(plan, SAID):
        if name == field and name not in ("price", "sessions") and plan.days:
            assert "规则" in words and "依据：某通知" in words


@unhurried
@given(
    st.booleans(), st.integers(1, 12), st.integers(1, 90_000), st.integers(0, 100), st.integers(0, 48),
    st.integers(1, 10), st.integers(1_000, 90_000),
)  # fmt: skip
def test_days_price_and_interval_are_refused_exactly_beyond_the_rule(across, days, price, share, months, most, cap):
    whole = days * price
    paid = whole * share // 100
    plan = replace(
        GOOD, across=across, days=days, day_price=price, price=paid, subsidy=whole - paid, again_months=months
    )
    found = fields(plan, days_inside=most, days_across=most + 2, day_cap=cap, year_cap=0)
    assert ("trip-days" in found) == (days > (most + 2 if across else most))
    assert ("trip-day_price" in found) == (price > cap)
    assert ("again_after_months" in found) == (across and months < 36)
    assert "price" not in found and "subsidy" not in found


@unhurried
@given(st.integers(0, 500_000), st.integers(0, 500_000), st.integers(0, 500_000))
def test_the_cap_of_a_year_counts_what_was_and_what_is(cap, earlier, now):
    words = rules.over_year_cap(rules.Said(cap, "上限", "衢州"), earlier, now)
    assert bool(words) == (cap > 0 and earlier + now > cap)


def test_inside_and_across_follow_from_the_codes_of_the_regions():
    assert rules.is_across("360829", "341000") and not rules.is_across("360829", "360400")
    assert not rules.is_across("", "341000")
    near = rules.ready_made({
        "recuperation.front_line": "焊工、电工", "recuperation.hazard": "", "recuperation.near_men": 57,
        "recuperation.near_women": 50,
    })  # fmt: skip
    assert set(near) == {"model_worker", "near_retirement", "front_line"}
    assert near["front_line"]["condition"] == {"field": "occupation", "in": ["焊工", "电工"]}
