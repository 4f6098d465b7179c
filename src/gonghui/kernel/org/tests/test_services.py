"""Acts on organisations: what they change, what they refuse, what they leave on the trail."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from gonghui.kernel.factories import make_member, make_organisation, viewer_at
from gonghui.kernel.models import (
    Employer,
    GroupMember,
    Membership,
    Organisation,
    OrganisationChange,
    OrganisationName,
    Person,
    Placement,
    TrailRecord,
    Twin,
)
from gonghui.kernel.org import queries, services
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import SYSTEM

DAY = date(2024, 3, 15)
WHY = "安福县机构改革"


def refused(code: str, act, *args, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)
    assert caught.value.code == code, caught.value
    return caught.value


def found(parent, name="安福县物流行业工会联合会", kind="industry_union", level="county", **facts):
    facts.setdefault("on", DAY)
    return services.found(SYSTEM, parent=parent, name=name, kind=kind, level=level, reason="批复同意建会", **facts)


def test_found_makes_row_history_and_trail(tree):
    made = found(tree.county, document_no="安工发〔2024〕3号", industry="物流", region_code="360829")
    made.refresh_from_db()
    assert made.path.startswith(tree.county.path) and made.state == "active"
    assert (made.industry, made.founded_on) == ("G", DAY)
    placement = Placement.objects.get(organisation=made)
    assert (placement.parent_id, placement.valid_from, placement.valid_to) == (tree.county.pk, DAY, None)
    change = OrganisationChange.objects.get(organisation=made)
    assert (change.kind, change.document_no) == ("founding", "安工发〔2024〕3号")
    assert TrailRecord.objects.filter(verb="org.founded", object_id=str(made.pk)).exists()
    assert queries.own_counts(SYSTEM, made).organisations == 1


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("GH-ORG-502", {"on": timezone.localdate() + timedelta(days=2)}),  # a run may pass midnight
        ("GH-ORG-504", {"on": date(2010, 1, 1)}),
        ("GH-ORG-401", {"name": " "}),
        ("GH-ORG-204", {"kind": "branch", "level": "branch"}),
        ("GH-ORG-202", {"level": "unit"}),
        ("GH-ORG-604", {"kind": "club"}),
        ("GH-ORG-104", {"uscc": "81360800MC012345A0"}),
        ("GH-ORG-607", {"region_code": "999999"}),
        ("GH-ORG-606", {"headcount": -1}),
        ("GH-ORG-610", {"term_from": date(2024, 1, 1), "term_to": date(2023, 1, 1)}),
        ("GH-ORG-609", {"path": "x"}),
        ("GH-ORG-603", {"address": "a\x00b"}),
        ("GH-ORG-602", {"office_phone": "1" * 31}),
        ("GH-ORG-508", {"kind": "grassroots_union", "level": "unit", "uscc": "81360800MC0123450M"}),
    ],
)
def test_found_refuses_with_code(tree, code, changes):
    before = Organisation.objects.count()
    refusal = refused(code, found, tree.county, **changes)
    assert refusal.field and refusal.message
    assert Organisation.objects.count() == before


def test_found_refuses_name_taken_under_same_parent(tree):
    found(tree.county)
    assert refused("GH-ORG-507", found, tree.county).field == "name"


def test_found_refuses_parent_out_of_reach(tree):
    viewer = viewer_at(tree.county)
    refused(
        "GH-ORG-001",
        services.found,
        viewer,
        parent=tree.sibling_county,
        name="遂川县物流行业工会",
        kind="industry_union",
        level="county",
        on=DAY,
        reason=WHY,
    )


def test_move_takes_everything_along(tree):
    before = queries.counts(SYSTEM, tree.sibling_county).members
    change = services.move(
        SYSTEM,
        organisation=tree.township,
        parent=tree.sibling_county,
        on=DAY,
        reason=WHY,
        document_no="吉工发〔2024〕1号",
    )
    for row in (tree.township, tree.union, tree.branch, tree.team, tree.insider, tree.insider.person):
        row.refresh_from_db()
    tree.sibling_county.refresh_from_db()
    assert tree.township.path.startswith(tree.sibling_county.path)
    assert tree.team.path.startswith(tree.branch.path) and tree.branch.path.startswith(tree.union.path)
    assert tree.insider.path == tree.union.path == tree.insider.person.path
    assert queries.counts(SYSTEM, tree.sibling_county).members == before + 2
    assert queries.counts(SYSTEM, tree.county).members == 0
    assert change.effect["members"] == 2 and change.effect["organisations"] == 5
    assert change.path == tree.township.path


def test_move_refuses_what_makes_no_tree(tree):
    def move(organisation, parent, on=DAY, actor=SYSTEM, reason=WHY):
        return services.move(actor, organisation=organisation, parent=parent, on=on, reason=reason)

    refused("GH-ORG-510", move, tree.township, tree.union)
    refused("GH-ORG-511", move, tree.township, tree.county)
    refused("GH-ORG-204", move, tree.township, tree.other_union)
    refused("GH-ORG-501", move, tree.township, tree.sibling_county, reason=" ")
    refused("GH-ORG-502", move, tree.township, tree.sibling_county, on=date(2999, 1, 1))
    refused("GH-ORG-504", move, tree.township, tree.sibling_county, on=date(2015, 4, 30))
    refused("GH-ORG-505", move, tree.province, tree.city)
    refused("GH-ORG-505", move, tree.county, tree.other_city, actor=viewer_at(tree.county))
    refused("GH-ORG-001", move, tree.township, tree.other_county, actor=viewer_at(tree.city))
    services.dissolve(SYSTEM, organisation=tree.sibling_county, on=DAY, reason=WHY)
    refused("GH-ORG-506", move, tree.township, tree.sibling_county)


def test_move_refuses_day_before_a_later_move(tree):
    services.move(SYSTEM, organisation=tree.township, parent=tree.sibling_county, on=DAY, reason=WHY)
    refusal = refused(
        "GH-ORG-503",
        services.move,
        SYSTEM,
        organisation=tree.township,
        parent=tree.county,
        on=DAY - timedelta(days=1),
        reason=WHY,
    )
    assert str(DAY) in refusal.hint


def test_merge_carries_members_children_and_links(tree):
    heir = make_organisation("安福县枫田镇食品行业工会联合会", "joint_union", "township", tree.township)
    twin = services.set_twin(SYSTEM, organisation=tree.union, kind="branch", party_name="泸水河食品党支部", on=DAY)
    employer = services.save_employer(SYSTEM, organisation=tree.union, name="江西安福泸水河食品有限公司")
    change = services.merge(SYSTEM, organisation=tree.union, into=heir, on=DAY, reason=WHY)
    for row in (tree.union, tree.branch, tree.team, tree.insider, tree.insider.person):
        row.refresh_from_db()
    assert (tree.union.state, tree.union.successor_id, tree.union.ended_on) == ("merged", heir.pk, DAY)
    assert tree.branch.parent_id == heir.pk and tree.team.path.startswith(heir.path)
    assert (tree.insider.status, tree.insider.end_reason) == ("ended", "merger")
    now = Membership.objects.get(person=tree.insider.person, valid_to__isnull=True)
    assert (now.organisation_id, now.path, now.joined_on) == (heir.pk, heir.path, tree.insider.joined_on)
    assert tree.insider.person.path == heir.path
    assert Twin.objects.get(pk=twin.pk).valid_to == DAY
    assert Employer.objects.get(pk=employer.pk).organisation_id == heir.pk
    assert change.effect == {
        "members": 1,
        "member_effect": "transferred",
        "organisations": 1,
        "children": 1,
        "to": heir.name,
    }


def test_dissolve_keeps_members_above_or_hands_them_over(tree):
    make_member(tree.branch, "王小红")
    change = services.dissolve(SYSTEM, organisation=tree.union, on=DAY, reason="企业注销")
    kept = Membership.objects.filter(start_change=change)
    assert {(m.organisation_id, m.status, m.retention_reason) for m in kept} == {
        (tree.township.pk, "retained", "employer_closed")
    }
    assert len(kept) == 2
    states = Organisation.objects.filter(pk__in=[tree.union.pk, tree.branch.pk, tree.team.pk]).values_list(
        "state", flat=True
    )
    assert set(states) == {"dissolved"}
    services.dissolve(SYSTEM, organisation=tree.sibling_union, on=DAY, reason=WHY, members_to=tree.industry_union)
    moved = Membership.objects.get(person=tree.neighbour.person, valid_to__isnull=True)
    assert (moved.organisation_id, moved.status) == (tree.industry_union.pk, "active")


def test_dissolve_refuses_while_unions_stand_below(tree):
    refusal = refused("GH-ORG-515", services.dissolve, SYSTEM, organisation=tree.township, on=DAY, reason=WHY)
    assert tree.union.name in refusal.message
    refused(
        "GH-ORG-512",
        services.dissolve,
        SYSTEM,
        organisation=tree.union,
        members_to=tree.branch,
        on=DAY,
        reason=WHY,
    )


def test_split_puts_chosen_members_beside(tree):
    second = make_member(tree.union, "肖文斌")
    change = services.split(
        SYSTEM,
        organisation=tree.union,
        name="安福泸水河饮料有限公司工会委员会",
        members=[second.pk],
        on=DAY,
        reason=WHY,
    )
    made = change.other
    assert (made.parent_id, made.kind, made.level) == (tree.township.pk, "grassroots_union", "unit")
    assert Membership.objects.get(person=second.person, valid_to__isnull=True).organisation_id == made.pk
    assert queries.own_counts(SYSTEM, made).active == queries.own_counts(SYSTEM, tree.union).active == 1


def test_split_refuses_members_of_others(tree):
    before = Organisation.objects.count()
    refused(
        "GH-ORG-518",
        services.split,
        SYSTEM,
        organisation=tree.union,
        name="安福泸水河饮料有限公司工会委员会",
        members=[tree.insider.pk, tree.neighbour.pk],
        on=DAY,
        reason=WHY,
    )
    assert Organisation.objects.count() == before


def test_rename_keeps_the_old_name_findable_as_of(tree):
    services.rename(SYSTEM, organisation=tree.union, name="江西泸水河集团有限公司工会委员会", on=DAY, reason=WHY)
    before = queries.tree_on(SYSTEM, tree.union, DAY - timedelta(days=1))[0]
    assert before.name == "江西安福泸水河食品有限公司工会委员会"
    assert queries.tree_on(SYSTEM, tree.union, DAY)[0].name == "江西泸水河集团有限公司工会委员会"
    assert [o.pk for o in queries.search(SYSTEM, "泸水河集团")] == [tree.union.pk]
    assert OrganisationName.objects.filter(organisation=tree.union).count() == 2


def test_reclassify_checks_both_neighbours(tree):
    refused(
        "GH-ORG-516",
        services.reclassify,
        SYSTEM,
        organisation=tree.township,
        kind="grassroots_union",
        level="unit",
        on=DAY,
        reason=WHY,
    )
    services.reclassify(
        SYSTEM, organisation=tree.sibling_union, kind="grassroots_union", level="unit", on=DAY, reason=WHY
    )
    nodes = {node.id: node.kind for node in queries.tree_on(SYSTEM, tree.township, date(2020, 1, 1))}
    assert nodes[tree.sibling_union.pk] == "joint_union"
    tree.sibling_union.refresh_from_db()
    assert tree.sibling_union.kind == "grassroots_union"


def test_correct_counts_versions_and_shows_both_values(tree):
    body = services.correct(
        SYSTEM, organisation=tree.union, version=1, changes={"headcount": "130", "address": "枫田镇工业路1号"}
    )
    assert (body.version, body.headcount) == (2, 130)
    again = services.correct(SYSTEM, organisation=tree.union, version=1, changes={"headcount": 130})
    assert again.version == 2
    with pytest.raises(services.VersionConflict) as caught:
        services.correct(SYSTEM, organisation=tree.union, version=1, changes={"headcount": 140})
    assert caught.value.code == "GH-ORG-509" and caught.value.values == [("headcount", 130, 140)]
    assert "130" in caught.value.message and "140" in caught.value.message


def test_correct_refuses_fields_with_acts_of_their_own(tree):
    refusal = refused(
        "GH-ORG-609", services.correct, SYSTEM, organisation=tree.union, version=1, changes={"name": "甲"}
    )
    assert refusal.field == "name" and "更名" in refusal.hint


def test_elect_records_the_term(tree):
    services.elect(
        SYSTEM,
        organisation=tree.union,
        term_from=date(2024, 5, 1),
        term_to=date(2029, 5, 1),
        committee_size=7,
    )
    tree.union.refresh_from_db()
    assert (tree.union.term_to, tree.union.committee_size) == (date(2029, 5, 1), 7)
    refused(
        "GH-ORG-503",
        services.elect,
        SYSTEM,
        organisation=tree.union,
        term_from=date(2023, 5, 1),
        term_to=date(2028, 5, 1),
    )


def test_twin_of_a_kind_follows_another(tree):
    first = services.set_twin(SYSTEM, organisation=tree.union, kind="branch", party_name="泸水河食品党支部", on=DAY)
    later = DAY + timedelta(days=30)
    second = services.set_twin(SYSTEM, organisation=tree.union, kind="党支部", party_name="泸水河集团党支部", on=later)
    first.refresh_from_db()
    assert first.valid_to == later
    assert [t.pk for t in queries.twins(SYSTEM, tree.union)] == [second.pk, first.pk]
    ended = services.end_twin(SYSTEM, twin=second, on=later, reason="党组织调整")
    assert ended.valid_to == later
    refused("GH-ORG-517", services.end_twin, SYSTEM, twin=second, on=later, reason="党组织调整")


def test_groups_cut_across_the_tree(tree):
    group = services.create_group(SYSTEM, organisation=tree.city, kind="industry", name="保安行业")
    services.add_to_group(SYSTEM, group=group, organisation=tree.union, on=DAY)
    services.add_to_group(SYSTEM, group=group, organisation=tree.sibling_union, on=DAY)
    refused("GH-ORG-703", services.add_to_group, SYSTEM, group=group, organisation=tree.union, on=DAY)
    refused("GH-ORG-702", services.create_group, SYSTEM, organisation=tree.city, kind="industry", name="保安行业")
    services.remove_from_group(SYSTEM, group=group, organisation=tree.union, on=DAY + timedelta(days=1))
    assert [m.organisation_id for m in queries.group_members(SYSTEM, group)] == [tree.sibling_union.pk]
    assert queries.group_members(SYSTEM, group, DAY).count() == 2
    refused("GH-ORG-704", services.remove_from_group, SYSTEM, group=group, organisation=tree.union, on=DAY)
    assert GroupMember.objects.filter(group=group).count() == 2


def test_joint_union_serves_several_employers(tree):
    one = services.save_employer(
        SYSTEM, organisation=tree.sibling_union, name="枫田竹木加工厂", uscc="91360829MA35ABCD48"
    )
    services.save_employer(SYSTEM, organisation=tree.sibling_union, name="枫田米业有限公司")
    assert queries.employers(SYSTEM, tree.sibling_union).count() == 2
    refused(
        "GH-ORG-508",
        services.save_employer,
        SYSTEM,
        organisation=tree.union,
        name="枫田竹木加工厂二厂",
        uscc="91360829MA35ABCD48",
    )
    gone = {
        "organisation": tree.sibling_union,
        "name": one.name,
        "employer": one,
        "deregistered_on": "2024-02-01",
    }
    refused("GH-ORG-705", services.save_employer, SYSTEM, **gone)
    one = services.save_employer(SYSTEM, **gone, version=1, deregistered_source="国家企业信用信息公示系统")
    assert (one.version, one.deregistered_on) == (2, date(2024, 2, 1))
    with pytest.raises(services.VersionConflict):
        services.save_employer(SYSTEM, organisation=tree.sibling_union, name="枫田竹木厂", employer=one, version=1)
    refused("GH-ORG-706", services.save_employer, SYSTEM, organisation=tree.county, name="某公司")


def test_county_acts_only_below_itself(tree):
    viewer = viewer_at(tree.county)
    services.move(viewer, organisation=tree.union, parent=tree.county, on=DAY, reason=WHY)
    refused("GH-ORG-505", services.dissolve, viewer, organisation=tree.county, on=DAY, reason=WHY)
    refused(
        "GH-ORG-001",
        services.rename,
        viewer,
        organisation=tree.sibling_county,
        name="遂川总工会",
        on=DAY,
        reason=WHY,
    )
    refused(
        "GH-ORG-001",
        services.merge,
        viewer,
        organisation=tree.union,
        into=tree.other_union,
        on=DAY,
        reason=WHY,
    )


def test_nobody_is_lost_by_any_ending(tree):
    people = Person.objects.count()
    services.merge(SYSTEM, organisation=tree.sibling_union, into=tree.union, on=DAY, reason=WHY)
    services.dissolve(SYSTEM, organisation=tree.union, on=DAY, reason=WHY)
    assert Membership.objects.filter(valid_to__isnull=True).count() == people == 3


def test_the_first_election_ends_the_founding_and_can_be_taken_back(tree):
    made = services.found(
        viewer_at(tree.county), parent=tree.township, name="安福县枫田镇新建企业工会委员会", kind="grassroots_union",
        level="unit", on=date(2026, 1, 5), reason="批复同意建会", state="founding",
    )  # fmt: skip
    county = viewer_at(tree.county, username="county-first-election")
    change = services.elect(
        county, organisation=made, term_from=date(2026, 2, 5), term_to=date(2031, 2, 5), committee_size=5
    )
    made.refresh_from_db()
    assert (made.state, change.before["state"], change.effect["state"]) == ("active", "founding", "active")
    services.undo(county, change=change, reason="登记有误")
    made.refresh_from_db()
    assert made.state == "founding"
