"""Local parameters: the nearest and latest one counts, each version stays, law cannot be changed locally."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.kernel.factories import viewer_at
from gonghui.kernel.models import Rule, TrailRecord
from gonghui.kernel.org import services as org_services
from gonghui.kernel.org.rules import committee_size
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries, services
from gonghui.kernel.rules.rules import LOCAL_TEMPLATE, definitions
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.viewer import OUTSIDER, SYSTEM

KEY = "vitality.warning_days"
DAY = date(2024, 3, 15)


def put(organisation, value, valid_from=date(2024, 1, 1), actor=SYSTEM, key=KEY):
    return services.set_rule(
        actor, key=key, organisation=organisation, value=value, valid_from=valid_from, source="吉工发〔2024〕9号"
    )


def test_default_holds_until_somebody_sets_another(tree):
    found = queries.value(KEY, tree.union.path, DAY)
    assert (found.value, found.version, found.default, found.source) == (30, 0, True, LOCAL_TEMPLATE)


def test_nearest_place_wins_over_later_days_above(tree):
    put(tree.city, 20)
    county = put(tree.county, 25)
    put(tree.city, 15, date(2024, 2, 1))
    assert queries.value(KEY, tree.union.path, DAY).rule_id == county.pk
    assert queries.value(KEY, tree.sibling_county.path, DAY).value == 15
    assert queries.value(KEY, tree.sibling_county.path, date(2024, 1, 15)).value == 20
    assert queries.value(KEY, tree.sibling_county.path, date(2023, 12, 31)).default
    assert queries.value(KEY, tree.other_union.path, DAY).default


def test_none_returns_to_what_holds_above(tree):
    put(tree.city, 20)
    put(tree.county, 25)
    put(tree.county, None, date(2024, 3, 1))
    assert queries.value(KEY, tree.union.path, DAY).value == 20
    assert queries.value(KEY, tree.union.path, date(2024, 2, 1)).value == 25


def test_same_day_later_version_counts_and_both_stay(tree):
    put(tree.city, 20)
    second = put(tree.city, "22")
    assert queries.value(KEY, tree.city.path, DAY).version == second.version == 2
    assert [r.value for r in queries.history(KEY, tree.union)] == [22, 20]
    assert TrailRecord.objects.filter(verb="rule.set").count() == 2


def test_values_are_read_in_one_statement(tree, django_assert_num_queries):
    put(tree.city, 20)
    with django_assert_num_queries(1):
        found = queries.values(definitions(), tree.team.path, DAY)
    assert found[KEY].value == 20 and found["reveal.daily_cap"].value == 50


@pytest.mark.parametrize(
    ("code", "key", "value"),
    [
        ("GH-RUL-001", "vitality.nothing", 1),
        ("GH-RUL-002", "founding.threshold", 20),
        ("GH-RUL-002", "committee.sizes", []),
        ("GH-RUL-003", KEY, "三十"),
        ("GH-RUL-003", KEY, True),
        ("GH-RUL-003", KEY, [30]),
        ("GH-RUL-004", KEY, 1),
        ("GH-RUL-004", KEY, 10**6),
    ],
)
def test_set_rule_refuses(tree, code, key, value):
    with pytest.raises(Refusal) as caught:
        put(tree.city, value, key=key)
    assert caught.value.code == code
    assert not Rule.objects.exists()


def test_set_rule_needs_a_source_and_the_range(tree):
    with pytest.raises(Refusal) as caught:
        services.set_rule(SYSTEM, key=KEY, organisation=tree.city, value=20, valid_from=DAY, source="")
    assert caught.value.code == "GH-RUL-005"
    county = viewer_at(tree.county)
    with pytest.raises(Refusal) as caught:
        put(tree.city, 20, actor=county)
    assert caught.value.code == "GH-ORG-001"
    take_scope_of(county)
    put(tree.county, 20, actor=county)


def test_rules_are_open_to_everybody(tree):
    put(tree.city, 20)
    take_scope_of(OUTSIDER)
    assert queries.value(KEY, tree.union.path, DAY).value == 20


def test_rule_goes_along_when_its_organisation_moves(tree):
    put(tree.township, 20)
    org_services.move(SYSTEM, organisation=tree.township, parent=tree.sibling_county, on=DAY, reason="安福县机构改革")
    tree.union.refresh_from_db()
    assert queries.value(KEY, tree.union.path, DAY).value == 20


def test_catalogue_says_the_same_as_the_law_in_code():
    bands = definitions()["committee.sizes"].value
    for band in bands[:-1]:
        assert tuple(committee_size(band["members"])) == (band["least"], band["most"])
    assert tuple(committee_size(bands[-2]["members"] + 1)) == (bands[-1]["least"], bands[-1]["most"])


def test_every_parameter_names_its_source_or_says_there_is_none():
    for one in definitions().values():
        assert one.title and one.basis, one.key
        assert one.unit or one.kind in ("formula", "text", "yes_no", "lines"), one.key
        least = bool(one.source) and one.min == one.value  # an official least, which a place may only raise
        assert one.fixed or least or LOCAL_TEMPLATE in one.note, one.key
