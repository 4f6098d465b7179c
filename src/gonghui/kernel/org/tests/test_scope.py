"""The same acts under the real row-level scope of a post: what is below works, what is beside is not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gonghui.kernel.factories import make_organisation, viewer_at
from gonghui.kernel.models import Membership, Organisation, OrganisationChange
from gonghui.kernel.org import queries, services
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.viewer import ALL_HI, ALL_LO, Viewer

DAY = date(2024, 3, 15)
WHY = "安福县机构改革"


@pytest.fixture
def county(tree) -> Viewer:
    """The county's organising clerk, in the scope that a request of theirs has."""
    make_organisation("安福县横龙镇总工会", "federation", "township", tree.county)
    viewer = viewer_at(tree.county)
    take_scope_of(viewer)
    return viewer


def test_every_act_and_its_undo_work_within_the_scope(tree, county):
    common = {"on": DAY, "reason": WHY}
    other = Organisation.objects.get(name="安福县横龙镇总工会")
    made = services.found(
        county, parent=tree.township, name="枫田米业工会", kind="grassroots_union", level="unit", **common
    )
    services.correct(county, organisation=made, version=1, changes={"headcount": 30})
    services.rename(county, organisation=made, name="枫田米业集团工会", **common)
    services.reclassify(county, organisation=made, kind="joint_union", level="township", **common)
    services.elect(county, organisation=made, term_from=DAY, term_to=date(2029, 3, 15), committee_size=5)
    services.move(county, organisation=tree.union, parent=other, **common)
    services.split(county, organisation=tree.union, name="安福泸水河饮料工会", members=[tree.insider.pk], **common)
    services.merge(county, organisation=tree.sibling_union, into=made, **common)
    services.dissolve(county, organisation=made, **common)
    assert queries.counts(county).members == 2
    held = Membership.objects.get(person_id=tree.neighbour.person_id, valid_to__isnull=True)
    assert (held.organisation_id, held.status) == (tree.township.pk, "retained")
    for change in OrganisationChange.objects.order_by("-pk"):
        services.undo(county, change=change, reason="演练后撤回")
    assert queries.counts(county).organisations == 7
    tree.insider.refresh_from_db()
    tree.neighbour.refresh_from_db()
    assert (tree.insider.status, tree.neighbour.status) == ("active", "active")
    assert tree.insider.organisation_id == tree.union.pk


def test_links_and_groups_work_within_the_scope(tree, county):
    group = services.create_group(county, organisation=tree.county, kind="park", name="枫田工业园")
    services.add_to_group(county, group=group, organisation=tree.union, on=DAY)
    services.remove_from_group(county, group=group, organisation=tree.union, on=DAY)
    twin = services.set_twin(county, organisation=tree.union, kind="branch", party_name="泸水河党支部", on=DAY)
    services.end_twin(county, twin=twin, on=DAY, reason="党组织调整")
    services.save_employer(county, organisation=tree.union, name="江西安福泸水河食品有限公司")
    assert queries.groups(county).count() == 1


@pytest.mark.parametrize("target", ["city", "sibling_county", "other_union"])
def test_row_level_security_alone_refuses_what_is_outside(tree, county, target):
    """The application's own check is switched off by claiming the whole tree; the database still knows."""
    bold = replace(county, lo=ALL_LO, hi=ALL_HI)
    outside = getattr(tree, target)
    tries = [
        lambda: services.hold(outside.pk),
        lambda: services.rename(bold, organisation=outside, name="改名工会", on=DAY, reason=WHY),
        lambda: services.correct(bold, organisation=outside, version=1, changes={"headcount": 1}),
        lambda: services.move(bold, organisation=outside, parent=tree.county, on=DAY, reason=WHY),
        lambda: services.move(bold, organisation=tree.township, parent=outside, on=DAY, reason=WHY),
        lambda: services.merge(bold, organisation=tree.union, into=outside, on=DAY, reason=WHY),
        lambda: services.dissolve(bold, organisation=tree.union, members_to=outside, on=DAY, reason=WHY),
        lambda: services.save_employer(bold, organisation=outside, name="某某公司"),
        lambda: services.found(
            bold, parent=outside, name="某工会", kind="grassroots_union", level="unit", on=DAY, reason=WHY
        ),
    ]
    for attempt in tries:
        with pytest.raises(Refusal) as caught:
            attempt()
        assert caught.value.code == "GH-ORG-001"
    assert queries.counts(bold).organisations == 7


def test_undo_of_an_act_that_reached_further_is_left_to_the_union_above(tree):
    change = services.move(
        viewer_at(tree.city), organisation=tree.township, parent=tree.sibling_county, on=DAY, reason=WHY
    )
    sibling = viewer_at(Organisation.objects.get(pk=tree.sibling_county.pk))
    take_scope_of(sibling)
    with pytest.raises(Refusal) as caught:
        services.undo(sibling, change=change, reason="不同意划入")
    assert caught.value.code == "GH-ORG-001"
