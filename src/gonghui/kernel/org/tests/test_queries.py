"""Reading the tree: as of any day, within the range, in a constant number of statements."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from gonghui.kernel.factories import make_member, make_organisation, viewer_at
from gonghui.kernel.models import Organisation, PublicOrganisation
from gonghui.kernel.org import queries, services
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.viewer import OUTSIDER, SYSTEM, Viewer

DAY = date(2024, 3, 15)
WHY = "安福县机构改革"


def enter(viewer: Viewer) -> Viewer:
    """The running transaction gets the viewer's own scope, as a request would."""
    take_scope_of(viewer)
    return viewer


def names(nodes: list[queries.Node]) -> list[str]:
    return [node.name for node in nodes]


def test_tree_on_shows_places_and_names_of_then(tree):
    services.rename(SYSTEM, organisation=tree.township, name="枫田镇总工会", on=DAY, reason=WHY)
    services.move(
        SYSTEM,
        organisation=tree.township,
        parent=tree.sibling_county,
        on=DAY + timedelta(days=10),
        reason=WHY,
    )
    services.dissolve(SYSTEM, organisation=tree.sibling_union, on=DAY + timedelta(days=20), reason=WHY)
    before = queries.tree_on(SYSTEM, tree.county, DAY - timedelta(days=1))
    assert names(before)[:2] == ["安福县总工会", "安福县枫田镇总工会"]
    assert {node.id for node in before} == {
        tree.county.pk,
        tree.township.pk,
        tree.union.pk,
        tree.branch.pk,
        tree.team.pk,
        tree.sibling_union.pk,
    }
    assert [node.depth for node in before if node.id in (tree.county.pk, tree.team.pk)] == [0, 4]
    assert names(queries.tree_on(SYSTEM, tree.county, DAY))[1] == "枫田镇总工会"
    assert names(queries.tree_on(SYSTEM, tree.county, DAY + timedelta(days=10))) == ["安福县总工会"]
    there = queries.tree_on(SYSTEM, tree.sibling_county, DAY + timedelta(days=20))
    assert tree.sibling_union.pk not in {node.id for node in there} and len(there) == 5
    assert queries.tree_on(SYSTEM, tree.county, date(2015, 4, 30)) == []


def test_tree_on_shows_to_a_county_what_has_left_it_since(tree):
    services.move(SYSTEM, organisation=tree.township, parent=tree.sibling_county, on=DAY, reason=WHY)
    county = enter(viewer_at(tree.county))
    assert tree.union.name in names(queries.tree_on(county, tree.county, DAY - timedelta(days=1)))
    assert queries.tree_on(county, tree.sibling_county, DAY) == []
    # and the range is what it was before the question
    assert not Organisation.objects.filter(pk=tree.union.pk).exists()


def test_back_dated_act_changes_the_past(tree):
    services.move(SYSTEM, organisation=tree.union, parent=tree.county, on=date(2020, 1, 1), reason="补登记")
    assert tree.union.pk in {n.id for n in queries.tree_on(SYSTEM, tree.township, date(2019, 12, 31))}
    assert tree.union.pk not in {n.id for n in queries.tree_on(SYSTEM, tree.township, date(2020, 1, 1))}


def test_children_now_and_then(tree):
    services.rename(SYSTEM, organisation=tree.union, name="江西泸水河集团有限公司工会委员会", on=DAY, reason=WHY)
    services.move(SYSTEM, organisation=tree.union, parent=tree.county, on=DAY, reason=WHY)
    then = queries.children(SYSTEM, tree.township, DAY - timedelta(days=1))
    assert {(o.pk, o.name_then) for o in then} == {
        (tree.union.pk, "江西安福泸水河食品有限公司工会委员会"),
        (tree.sibling_union.pk, tree.sibling_union.name),
    }
    assert [o.pk for o in queries.children(SYSTEM, tree.township)] == [tree.sibling_union.pk]
    assert [o.pk for o in queries.children(SYSTEM, tree.county)] == [tree.township.pk, tree.union.pk]


def test_reads_end_at_the_range(tree):
    county = enter(viewer_at(tree.county))
    assert queries.organisation(county, tree.union.pk) == tree.union
    for outside in (tree.city, tree.sibling_county, tree.other_union):
        with pytest.raises(Refusal) as caught:
            queries.organisation(county, outside.pk)
        assert caught.value.code == "GH-ORG-001"
    assert queries.organisations(county).count() == 6
    assert [o.name for o in queries.ancestors(tree.county)] == ["江西省总工会", "吉安市总工会"]
    assert queries.counts(county).organisations == 6
    assert queries.counts(county, tree.city) == queries.counts(county)
    assert queries.search(county, "遂川") == []


def test_public_reads_need_no_range(tree):
    enter(OUTSIDER)
    assert Organisation.objects.count() == 0
    assert queries.public(tree.city.pk).name == "吉安市总工会"
    assert {o.pk for o in queries.public_children(tree.city.pk)} == {
        tree.county.pk,
        tree.sibling_county.pk,
        tree.industry_union.pk,
    }
    assert queries.public_root().pk == tree.province.pk
    assert queries.public_below(queries.public(tree.county.pk)).count() == 5


def test_unlisted_union_has_no_page_on_the_portal(tree):
    services.correct(SYSTEM, organisation=tree.union, version=1, changes={"listed": False})
    assert queries.public_listed(tree.union.pk) is None
    assert queries.public(tree.union.pk).name == tree.union.name
    assert tree.union.pk not in {o.pk for o in queries.public_children(tree.township.pk)}


def test_counts_add_up_over_the_subtree(tree):
    make_member(tree.team, "王小红", worker_kind="migrant")
    make_member(tree.union, "彭丽华", status="retained", retention_reason="retired")
    whole = queries.counts(SYSTEM)
    assert (whole.active, whole.retained, whole.members, whole.migrant) == (4, 1, 5, 1)
    assert whole.organisations == 13 and whole.by_kind["federation"] == 7
    assert whole.by_state == {"active": 13}
    below = queries.counts_by_child(SYSTEM, tree.city)
    assert {pk: one.members for pk, one in below.items()} == {
        tree.county.pk: 4,
        tree.sibling_county.pk: 0,
        tree.industry_union.pk: 0,
    }
    assert queries.own_counts(SYSTEM, tree.union).members == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("物流", "industry_union"),
        ("物流行业工会", "industry_union"),
        ("wuliu", "industry_union"),
        ("jianshiwuliu", "industry_union"),
        ("wlhy", "industry_union"),
        ("泸水河食品", "union"),
        ("81360800MC0123450M", "union"),
        ("81360800mc0123450m", "union"),
        ("JX-0001", "county"),
        ("吉安市物流行业工会联合会", "industry_union"),
    ],
)
def test_search_finds_by_name_pinyin_initials_and_code(tree, text, expected):
    services.correct(SYSTEM, organisation=tree.county, version=1, changes={"code": "JX-0001"})
    city = enter(viewer_at(tree.city))
    found = queries.search(city, text)
    assert getattr(tree, expected).pk == found[0].pk


def test_search_finds_by_the_code_of_an_employer(tree):
    services.save_employer(SYSTEM, organisation=tree.sibling_union, name="枫田竹木加工厂", uscc="91360829MA35ABCD48")
    assert [o.pk for o in queries.search(SYSTEM, "91360829MA35ABCD48")] == [tree.sibling_union.pk]


@pytest.mark.parametrize("text", ["", " ", "\x00", "%", "_", "'", "市" * 200, "𠮷", "zzzzzz", "~"])
def test_search_bears_odd_texts(tree, text):
    assert isinstance(queries.search(SYSTEM, text), list)


@pytest.mark.parametrize("text", ["第3车间", "3车间2班", "an fu", "3 2"])
def test_search_finds_digits_and_spaced_spellings(tree, text):
    made = services.found(
        SYSTEM, parent=tree.union, name="安福厂第3车间2班分会", kind="branch", level="branch", on=DAY, reason=WHY
    )
    assert made.pk in {o.pk for o in queries.search(SYSTEM, text)}


def test_search_leaves_out_the_ended_unless_asked(tree):
    services.dissolve(SYSTEM, organisation=tree.union, on=DAY, reason=WHY)
    assert queries.search(SYSTEM, "泸水河") == []
    assert queries.search(SYSTEM, "泸水河", ended=True)[0].pk == tree.union.pk


def test_history_tells_both_sides(tree):
    change = services.merge(SYSTEM, organisation=tree.sibling_union, into=tree.union, on=DAY, reason=WHY)
    assert [c.pk for c in queries.history(SYSTEM, tree.union)] == [change.pk]
    assert [c.pk for c in queries.history(SYSTEM, tree.sibling_union)] == [change.pk]
    assert queries.change(SYSTEM, change.pk).effect["members"] == 1


def test_warnings_name_committee_term_and_employer(tree):
    services.correct(SYSTEM, organisation=tree.union, version=1, changes={"headcount": 0, "uscc": ""})
    codes = {w.code for w in queries.warnings(SYSTEM, Organisation.objects.get(pk=tree.union.pk), date(2027, 1, 1))}
    assert codes == {"GH-ORG-W34", "GH-ORG-W51", "GH-ORG-W53"}
    soon = queries.warnings(SYSTEM, tree.union, date(2026, 4, 1))
    assert "GH-ORG-W35" in {w.code for w in soon}
    assert queries.warnings(SYSTEM, tree.branch, DAY) == []


def test_placements_and_names_leave_out_what_was_taken_back(tree):
    change = services.move(SYSTEM, organisation=tree.union, parent=tree.county, on=DAY, reason=WHY)
    services.undo(SYSTEM, change=change, reason="登记有误")
    assert [p.parent_id for p in queries.placements(SYSTEM, tree.union)] == [tree.township.pk]
    assert queries.names(SYSTEM, tree.union).count() == 1


@pytest.mark.parametrize("extra", [1, 3])
def test_lists_take_a_constant_number_of_statements(tree, django_assert_num_queries, extra):
    for number in range(extra):
        body = make_organisation(f"枫田镇第{number}企业工会", parent=tree.township)
        make_member(body, "王小红")
    with django_assert_num_queries(1):
        assert [(o.name, o.tally.active) for o in queries.children(SYSTEM, tree.township)]
    with django_assert_num_queries(1):
        assert [(o.name, o.tally.active) for o in queries.organisations(SYSTEM)]
    with django_assert_num_queries(1):
        assert [(c.kind, c.organisation.name, c.other) for c in queries.changes(SYSTEM)] == []
    with django_assert_num_queries(1):
        assert queries.counts_by_child(SYSTEM, tree.township)
    with django_assert_num_queries(1):
        assert queries.search(SYSTEM, "企业工会")
    with django_assert_num_queries(1):
        assert queries.ancestors(tree.team)


def test_public_view_is_all_an_outsider_reads(tree):
    enter(OUTSIDER)
    with connection.cursor() as cursor:
        for table in (
            "organisation",
            "organisation_tally",
            "organisation_placement",
            "organisation_gram",
            "employer",
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 0
    assert PublicOrganisation.objects.count() == 13
