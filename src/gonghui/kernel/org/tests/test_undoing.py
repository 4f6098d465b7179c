"""Taking acts back: any sequence undone in reverse order leaves exactly what was before each act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.kernel.factories import make_member, make_organisation, make_tree
from gonghui.kernel.models import (
    Appointment,
    Employer,
    GroupMember,
    Membership,
    Organisation,
    OrganisationChange,
    OrganisationGram,
    Person,
    TrailRecord,
    Twin,
)
from gonghui.kernel.org import queries, services
from gonghui.kernel.org.rules import label
from gonghui.kernel.org.services.paths import following
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import SYSTEM

DAY = date(2024, 3, 15)
WHY = "安福县机构改革"


def undo(change: OrganisationChange, reason: str = "登记有误") -> OrganisationChange:
    return services.undo(SYSTEM, change=change, reason=reason)


def observed() -> dict[str, Any]:
    """All that a user can see of the tree, the members and the numbers; versions and undone acts aside."""
    root = Organisation.objects.get(parent__isnull=True)
    standing = Organisation.objects.exclude(state="withdrawn")
    facts = (
        "id",
        "parent_id",
        "path",
        "name",
        "short_name",
        "kind",
        "level",
        "state",
        "ended_on",
        "successor_id",
    )
    more = ("term_from", "term_to", "committee_size", "headcount", "address", "founded_on", "uscc")
    return {
        "organisations": sorted(standing.values_list(*facts, *more)),
        "memberships": sorted(
            Membership.objects.values_list(
                "id", "person_id", "organisation_id", "path", "status", "valid_from", "valid_to", "end_reason"
            ),
            key=repr,
        ),
        "people": sorted(Person.objects.values_list("id", "path")),
        "offices": sorted(Appointment.objects.values_list("id", "organisation_id", "path", "valid_to"), key=repr),
        "twins": sorted(Twin.objects.values_list("id", "organisation_id", "path", "valid_to"), key=repr),
        "employers": sorted(Employer.objects.values_list("id", "organisation_id", "path")),
        "groupings": sorted(GroupMember.objects.values_list("id", "organisation_id", "valid_to"), key=repr),
        "pieces": sorted(OrganisationGram.objects.values_list("organisation_id", "gram")),
        "counts": (queries.counts(SYSTEM, root), queries.counts_by_child(SYSTEM, root)),
        "days": [queries.tree_on(SYSTEM, root, DAY + timedelta(days=n)) for n in (-1, 0, 2, 5, 400)],
    }


def check_invariants() -> None:
    """Paths follow parents everywhere, and maintained counts equal counted rows."""
    for one in Organisation.objects.select_related("parent"):
        assert one.path == (one.parent.path if one.parent else "") + label(one.pk)
    paths = dict(Organisation.objects.values_list("pk", "path"))
    for model in (Membership, Appointment, Twin, Employer, GroupMember, OrganisationChange):
        assert all(
            paths[organisation] == path for organisation, path in model.objects.values_list("organisation_id", "path")
        )
    for member in Membership.objects.filter(valid_to__isnull=True).select_related("person"):
        assert member.path == member.person.path
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM organisation_tally t JOIN organisation o ON o.id = t.organisation_id,"
            " LATERAL (SELECT count(*) FILTER (WHERE status = 'active') AS a, count(*) FILTER (WHERE status = 'retained')"
            " AS r, count(*) FILTER (WHERE status = 'ended') AS e FROM membership m WHERE m.organisation_id = o.id) c"
            " WHERE (t.path, t.kind, t.level, t.state, t.active, t.retained, t.ended)"
            " IS DISTINCT FROM (o.path, o.kind, o.level, o.state, c.a, c.r, c.e)"
        )
        assert cursor.fetchone()[0] == 0


Act = tuple[str, int, int, int]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["found", "move", "merge", "split", "dissolve", "rename", "reclassify", "correct", "elect"]),
        st.integers(0, 99),
        st.integers(0, 99),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=8,
)


def perform(act: Act, number: int, day: date) -> OrganisationChange | None:
    """Try one act on living organisations chosen by the drawn numbers; None when a rule refuses it."""
    what, first, second, extra = act
    living = list(Organisation.objects.filter(state="active").order_by("pk"))
    body, other = living[first % len(living)], living[second % len(living)]
    common: dict[str, Any] = {"on": day, "reason": WHY}
    kinds = [
        ("grassroots_union", "unit"),
        ("joint_union", "township"),
        ("branch", "branch"),
        ("group", "group"),
    ]
    kind, level = kinds[extra]
    members = list(Membership.objects.filter(organisation=body, valid_to__isnull=True).values_list("pk", flat=True))
    doing: dict[str, Callable[[], Any]] = {
        "found": lambda: services.found(
            SYSTEM, parent=body, name=f"新建工会{number}号", kind=kind, level=level, **common
        ),
        "move": lambda: services.move(SYSTEM, organisation=body, parent=other, **common),
        "merge": lambda: services.merge(SYSTEM, organisation=body, into=other, **common),
        "split": lambda: services.split(
            SYSTEM, organisation=body, name=f"分设工会{number}号", members=members[: extra + 1], **common
        ),
        "dissolve": lambda: services.dissolve(
            SYSTEM, organisation=body, members_to=other if extra % 2 else None, **common
        ),
        "rename": lambda: services.rename(SYSTEM, organisation=body, name=f"更名工会{number}号", **common),
        "reclassify": lambda: services.reclassify(SYSTEM, organisation=body, kind=kind, level=level, **common),
        "correct": lambda: services.correct(
            SYSTEM,
            organisation=body,
            version=body.version,
            changes={"headcount": second, "short_name": f"简称{extra}"},
        ),
        "elect": lambda: services.elect(
            SYSTEM,
            organisation=body,
            term_from=day,
            term_to=day + timedelta(days=1826),
            committee_size=extra + 3,
        ),
    }
    last = OrganisationChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        doing[what]()
    except Refusal:
        return None
    return OrganisationChange.objects.filter(pk__gt=last).order_by("pk").first()


def furnish() -> None:
    """The fixed cast, with offices, retained members and links that acts have to carry or end."""
    tree = make_tree()
    make_member(tree.branch, "王小红")
    make_member(tree.team, "肖文斌")
    make_member(tree.sibling_union, "彭丽华", status="retained", retention_reason="retired")
    extra = make_organisation("安福县枫田镇车田村竹木加工联合工会", "joint_union", "township", tree.township)
    make_member(extra, "谢国平")
    for body, person in ((tree.union, tree.insider.person), (tree.sibling_union, tree.neighbour.person)):
        Appointment.objects.create(
            person=person, organisation=body, path=body.path, office="chair", valid_from=date(2021, 5, 1)
        )
    Twin.objects.create(
        organisation=tree.union,
        path=tree.union.path,
        kind="branch",
        party_name="党支部",
        valid_from=date(2020, 1, 1),
    )
    Employer.objects.create(organisation=tree.union, path=tree.union.path, name="江西安福泸水河食品有限公司")
    group = services.create_group(SYSTEM, organisation=tree.city, kind="industry", name="食品行业")
    services.add_to_group(SYSTEM, group=group, organisation=tree.union, on=date(2020, 1, 1))


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS, step=st.integers(0, 2))
def test_undo_in_reverse_order_restores_every_state(whole: None, acts: list[Act], step: int) -> None:
    with transaction.atomic():
        furnish()
        taken: list[tuple[dict[str, Any], OrganisationChange]] = []
        for number, act in enumerate(acts):
            before = observed()
            change = perform(act, number, DAY + timedelta(days=step * number))
            if change is None:
                assert observed() == before, "a refused act left something behind"
            else:
                taken.append((before, change))
            check_invariants()
        for before, change in reversed(taken):
            undo(change)
            assert observed() == before
            check_invariants()
        transaction.set_rollback(True)


def refuses(change: OrganisationChange, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        undo(change)
    assert caught.value.code == "GH-ORG-513", caught.value
    assert words in caught.value.message, caught.value.message


def test_undo_is_recorded_and_happens_once(tree):
    change = services.move(SYSTEM, organisation=tree.township, parent=tree.sibling_county, on=DAY, reason=WHY)
    done = undo(change, "调整方案未获批准")
    assert done.undone_at is not None and done.undo_reason == "调整方案未获批准"
    record = TrailRecord.objects.filter(verb="org.change_undone", object_id=str(tree.township.pk)).get()
    assert record.detail["change"] == change.pk and record.reason == "调整方案未获批准"
    with pytest.raises(Refusal) as caught:
        undo(change)
    assert caught.value.code == "GH-ORG-517"
    with pytest.raises(Refusal) as caught:
        services.undo(SYSTEM, change=change, reason="")
    assert caught.value.code == "GH-ORG-501"


def test_undone_act_can_be_done_again(tree):
    change = services.dissolve(SYSTEM, organisation=tree.union, on=DAY, reason=WHY)
    undo(change)
    again = services.dissolve(SYSTEM, organisation=tree.union, on=DAY, reason=WHY)
    assert again.effect == change.effect
    tree.union.refresh_from_db()
    assert tree.union.state == "dissolved"


def test_undo_founding_refused_once_the_union_lives(tree):
    made = services.found(
        SYSTEM,
        parent=tree.township,
        name="枫田米业工会",
        kind="grassroots_union",
        level="unit",
        on=DAY,
        reason=WHY,
    )
    change = OrganisationChange.objects.get(organisation=made)
    member = make_member(made, "王小红")
    refuses(change, "会籍")
    member.delete()
    employer = services.save_employer(SYSTEM, organisation=made, name="枫田米业有限公司")
    refuses(change, "用人单位")
    employer.delete()
    branch = services.found(SYSTEM, parent=made, name="碾米车间分会", kind="branch", level="branch", on=DAY, reason=WHY)
    refuses(change, "建会")
    undo(OrganisationChange.objects.get(organisation=branch))
    undo(change)
    made.refresh_from_db()
    assert made.state == "withdrawn"
    assert made.pk not in {node.id for node in queries.tree_on(SYSTEM, tree.province, DAY)}
    assert queries.public(made.pk) is None
    assert queries.search(SYSTEM, "枫田米业") == []


def test_undo_merger_refused_once_a_carried_member_moved_on(tree):
    change = services.merge(SYSTEM, organisation=tree.sibling_union, into=tree.union, on=DAY, reason=WHY)
    carried = Membership.objects.get(start_change=change)
    Membership.objects.filter(pk=carried.pk).update(status="ended", valid_to=DAY, end_reason="left")
    refuses(change, "1名会员")


def test_mergers_in_a_row_are_undone_in_a_row(tree):
    heir = make_organisation("安福县枫田镇食品行业工会联合会", "joint_union", "township", tree.township)
    first = services.merge(SYSTEM, organisation=tree.union, into=heir, on=DAY, reason=WHY)
    second = services.merge(SYSTEM, organisation=heir, into=tree.sibling_union, on=DAY, reason=WHY)
    refuses(first, tree.branch.name)
    undo(second)
    undo(first)
    tree.insider.refresh_from_db()
    assert (tree.insider.status, tree.insider.valid_to, tree.insider.version) == ("active", None, 1)


def test_undo_merger_refused_once_a_child_moved_on(tree):
    heir = make_organisation("安福县枫田镇食品行业工会联合会", "joint_union", "township", tree.township)
    change = services.merge(SYSTEM, organisation=tree.union, into=heir, on=DAY, reason=WHY)
    services.move(SYSTEM, organisation=tree.branch, parent=tree.sibling_union, on=DAY, reason=WHY)
    refuses(change, tree.branch.name)


def test_undo_move_refused_after_a_later_move_or_end_of_the_old_parent(tree):
    first = services.move(SYSTEM, organisation=tree.union, parent=tree.county, on=DAY, reason=WHY)
    second = services.move(SYSTEM, organisation=tree.union, parent=tree.industry_union, on=DAY, reason=WHY)
    refuses(first, "转隶")
    undo(second)
    end = services.dissolve(SYSTEM, organisation=tree.sibling_union, members_to=tree.union, on=DAY, reason=WHY)
    gone = services.dissolve(SYSTEM, organisation=tree.township, on=DAY, reason=WHY)
    refuses(first, tree.township.name)
    for change in (gone, end, first):
        undo(change)
    tree.union.refresh_from_db()
    assert tree.union.parent_id == tree.township.pk


def test_undo_refused_when_the_name_was_given_away(tree):
    change = services.rename(SYSTEM, organisation=tree.sibling_union, name="枫田镇小微企业联合工会", on=DAY, reason=WHY)
    services.rename(SYSTEM, organisation=tree.union, name=tree.sibling_union.name, on=DAY, reason=WHY)
    with pytest.raises(Refusal) as caught:
        undo(change)
    assert caught.value.code == "GH-ORG-507"


def test_undo_correction_refused_once_corrected_again(tree):
    services.correct(SYSTEM, organisation=tree.union, version=1, changes={"headcount": 130})
    first = OrganisationChange.objects.get(kind="correction")
    services.correct(SYSTEM, organisation=tree.union, version=2, changes={"headcount": 140, "address": "枫田镇"})
    refuses(first, "职工人数")
    undo(OrganisationChange.objects.filter(kind="correction").latest("pk"))
    undo(first)
    tree.union.refresh_from_db()
    assert (tree.union.headcount, tree.union.address) == (120, "")


def test_followed_columns_are_found_from_the_models():
    columns = following()
    assert columns[0] == ("organisation", "path")
    assert {
        ("membership", "path"),
        ("person", "path"),
        ("rule", "path"),
        ("transfer_request", "from_path"),
    } <= set(columns)
    assert not {("trail_record", "path"), ("organisation_tally", "path"), ("person_merge", "path")} & set(columns)
