"""What the records know is the same for one union and for thousands."""

from __future__ import annotations

from datetime import date

from gonghui.apps.assessment import facts
from gonghui.kernel.factories import Tree, make_member, make_post
from gonghui.kernel.models import Appointment, Employer, SignOfLife
from gonghui.kernel.procedures import registry

DAY = date(2026, 3, 2)


def test_at_least_twenty_facts_score_items_by_themselves() -> None:
    assert len(facts.names()) >= 30 and set(facts.titles()) == set(facts.names())


def test_the_bulk_reader_agrees_with_the_registry(tree: Tree) -> None:
    person = make_member(tree.union, "尹春生").person
    for office in ("chair", "audit_director", "women_director", "committee_member"):
        Appointment.objects.create(
            path=tree.union.path, person=person, organisation=tree.union, office=office, valid_from=date(2021, 5, 1)
        )
    Employer.objects.create(path=tree.union.path, organisation=tree.union, name="江西安福泸水河食品有限公司")
    SignOfLife.objects.create(path=tree.union.path, organisation=tree.union, kind="dues", on=date(2026, 1, 5))
    SignOfLife.objects.create(path=tree.union.path, organisation=tree.union, kind="dues", on=date(2025, 3, 2))
    make_post(tree.union, "grassroots_chair")
    ids = [tree.union.pk, tree.sibling_union.pk, tree.county.pk]
    many = facts.read_many(ids, DAY, facts.names())
    for organisation in (tree.union, tree.sibling_union, tree.county):
        single = registry.read_facts(organisation, None, DAY, set(facts.names()))
        assert many[organisation.pk] == {key: single[key] for key in many[organisation.pk]}
    union = many[tree.union.pk]
    assert {key: union[key] for key in ("org_chairs", "org_in_term", "union_dues_year", "union_employers",
        "union_accounts", "union_members_all", "union_member_percent", "union_vitality_open", "org_years")} == {
        "org_chairs": 1, "org_in_term": True, "union_dues_year": 1, "union_employers": 1, "union_accounts": 1,
        "union_members_all": 2, "union_member_percent": 1, "union_vitality_open": 0, "org_years": 10,
    }  # fmt: skip
