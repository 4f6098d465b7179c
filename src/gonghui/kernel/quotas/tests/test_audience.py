"""Conditions find the same people in a list and one by one, and say in Chinese what they ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.conditions import check
from gonghui.kernel.factories import make_member, make_person, make_tree
from gonghui.kernel.models import Claim, Person
from gonghui.kernel.quotas import audience, queries
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.quotas.rules.fairness import spread
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

ON = date(2026, 11, 29)


@pytest.fixture
def tree(db):
    with acting(SYSTEM):
        yield make_tree()


def member(tree, **facts) -> int:
    person = {key: facts.pop(key) for key in ("sex", "birth", "skill_level") if key in facts}
    return make_member(tree.union, "会员", make_person("会员", tree.union, **person), **facts).person_id


@pytest.mark.parametrize(
    ("condition", "words", "matching", "other"),
    [
        ({"field": "sex", "is": "2"}, "性别：女", {"sex": "2"}, {"sex": "1"}),
        ({"field": "age", "at_least": 45}, "年龄满45周岁", {"birth": date(1981, 11, 29)}, {"birth": date(1981, 11, 30)}),
        ({"field": "age", "at_most": 35}, "年龄不超过35周岁", {"birth": date(1990, 11, 30)}, {"birth": date(1990, 11, 29)}),
        ({"field": "is_new_form", "is": True}, "新就业形态劳动者", {"new_form": "courier"}, {}),
        ({"field": "is_new_form", "is": False}, "不是新就业形态劳动者", {}, {"new_form": "courier"}),
        ({"field": "new_form", "in": ["courier", "food_rider"]}, "新就业形态职业：快递员、网约配送员",
         {"new_form": "food_rider"}, {"new_form": "truck_driver"}),
        ({"field": "member_years", "at_least": 3}, "会龄满3年", {"joined_on": date(2023, 11, 29)},
         {"joined_on": date(2023, 11, 30)}),
        ({"field": "worker_kind", "is_not": "retired"}, "用工类别不是退休人员", {}, {"worker_kind": "retired"}),
        ({"all": [{"field": "sex", "is": "2"}, {"any": [{"field": "age", "at_least": 50}, {"field": "new_form", "is": "courier"}]}]},
         "性别：女；年龄满50周岁，或者新就业形态职业：快递员", {"sex": "2", "new_form": "courier"}, {"sex": "1", "new_form": "courier"}),
    ],
)  # fmt: skip
def test_each_field_divides_those_it_is_for_from_the_others(tree, condition, words, matching, other):
    check(condition, audience.FIELDS)
    yes, no = member(tree, **matching), member(tree, **other)
    found = set(audience.members(condition, ON, tree.city.path).values_list("person_id", flat=True))
    assert yes in found and no not in found
    assert audience.holds(condition, yes, ON, tree.city.path) and not audience.holds(condition, no, ON, tree.city.path)
    assert audience.in_words(condition) == words
    assert audience.count(condition, ON, tree.city.path) == len(found)


def test_the_union_named_and_all_below_it(tree):
    condition = {"field": "union", "under": [tree.township.pk]}
    assert audience.in_words(condition) == "所属工会：安福县枫田镇总工会"
    found = set(audience.members(condition, ON, tree.city.path).values_list("person_id", flat=True))
    assert found == {tree.insider.person_id, tree.neighbour.person_id}


def test_retained_members_are_not_meant_unless_asked_for(tree):
    kept = member(tree, status="retained")
    assert not audience.holds({}, kept, ON, tree.city.path)
    assert audience.holds({"field": "status", "is": "retained"}, kept, ON, tree.city.path)


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ({"field": "politics", "is": "13"}, "GH-CND-002"),
        ({"field": "sex", "at_least": 1}, "GH-CND-003"),
        ({"field": "sex", "is": "9999"}, "GH-CND-004"),
        ({"field": "age", "at_least": "45"}, "GH-CND-004"),
        ({"field": "age", "at_least": True}, "GH-CND-004"),
        ({"field": "union", "under": []}, "GH-CND-004"),
        ({"field": "is_new_form", "is": "yes"}, "GH-CND-004"),
        ({"all": []}, "GH-CND-001"),
        ({"all": [{"all": [{"all": [{"all": [{"all": [{"field": "sex", "is": "1"}]}]}]}]}]}, "GH-CND-001"),
        ({"all": [{"field": "sex", "is": "1"}], "any": []}, "GH-CND-001"),
        ("sex = 1", "GH-CND-001"),
    ],
)
def test_a_wrong_condition_is_refused_with_a_sentence(condition, code):
    with pytest.raises(Refusal) as refused:
        check(condition, audience.FIELDS)
    assert refused.value.code == code and refused.value.message


def test_fairness_over_a_year_counts_members_and_their_services(tree):
    with acting(SYSTEM) as viewer:
        before = queries.fairness(viewer, date(2026, 1, 1), date(2027, 1, 1))
    assert (before["all"][None].served, before["all"][None].gini) == (0, None)
    people = [member(tree) for _ in range(3)]
    for person, times in zip(people, (3, 1, 0), strict=True):
        for _ in range(times):
            offer = make_offer(tree.city, 5)
            Claim.objects.create(
                path=offer.path, offer=offer, session_id=1, counter_id=1, person_id=person,
                member_path=tree.union.path, state="held", source="desk", key="00000000-0000-4000-8000-000000000000",
                made_at="2026-06-01T00:00:00Z",
            )  # fmt: skip
    found = queries.fairness(viewer, date(2026, 1, 1), date(2027, 1, 1))
    whole = found["all"][None]
    assert (whole.members, whole.served, whole.services, whole.never) == (6, 2, 4, 4)
    assert whole.gini == pytest.approx(2 * (5 * 1 + 6 * 3) / (6 * 4) - 7 / 6)
    union = found["place"]
    assert sum(one.members for one in union.values()) == 6 and sum(one.services for one in union.values()) == 4


def test_fairness_follows_the_person_and_says_who_was_left_out(tree):
    """Served in one county, a member of another one today: served is served; who did not come was not."""
    with acting(SYSTEM) as viewer:
        moved, missed = member(tree, new_form="truck_driver"), member(tree)
        for person, state in ((moved, "used"), (missed, "no_show")):
            offer = make_offer(tree.sibling_county, 5)
            Claim.objects.create(
                path=offer.path, offer=offer, session_id=1, counter_id=1, person_id=person,
                member_path=tree.sibling_county.path, state=state, source="desk",
                key="00000000-0000-4000-8000-000000000000", made_at="2026-06-01T00:00:00Z",
            )  # fmt: skip
        Person.objects.filter(pk=moved).update(birth=date(1950, 5, 1))
        Person.objects.filter(pk=missed).update(birth=date(2001, 5, 1))
        county = replace(viewer, lo=tree.county.path, hi=tree.county.path + "~")
        found = queries.fairness(county, date(2026, 1, 1), date(2027, 1, 1))
        assert queries.fairness(replace(county, lo=tree.sibling_county.path, hi=tree.sibling_county.path + "~"),
                                date(2026, 1, 1), date(2027, 1, 1))["all"][None].served == 0  # fmt: skip
    assert found["all"][None].served == 1
    assert (found["work"]["truck_driver"].served, found["age"][6].served, found["age"][2].served) == (1, 1, 0)
    assert found["place"][tree.township.path].served == 1


@given(st.dictionaries(st.integers(0, 9), st.integers(1, 40), min_size=1))
def test_the_coefficient_is_that_of_its_definition(times):
    """Half the mean difference of all pairs over the mean."""
    each = [n for n, count in times.items() for _ in range(count)]
    found = spread(times)
    assert (found.members, found.services) == (len(each), sum(each))
    assert found.never == each.count(0)
    if sum(each):
        pairs = sum(abs(a - b) for a in each for b in each)
        assert found.gini == pytest.approx(pairs / (2 * len(each) * sum(each)), abs=1e-9)
    else:
        assert found.gini is None
