"""Transfers between unions of different federations, merges of double records, and what organisations do to members."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from gonghui.kernel.access.models import Account
from gonghui.kernel.factories import make_account, make_member, make_organisation, make_person, viewer_at
from gonghui.kernel.models import (
    Appointment,
    Membership,
    OrganisationChange,
    Person,
    PersonGram,
    SignOfLife,
    Tally,
    TrailRecord,
    TransferRequest,
)
from gonghui.kernel.org import services as org
from gonghui.kernel.org.effects import membership_effects
from gonghui.kernel.people import queries, services
from gonghui.kernel.scope import take_scope, take_scope_of
from gonghui.kernel.viewer import Viewer

from .conftest import fresh_number, refused

JOINED = date(2022, 6, 1)


def counts(organisation: Any) -> tuple[int, int, int]:
    tally = Tally.objects.get(organisation_id=organisation.pk)
    return tally.active, tally.retained, tally.ended


def test_transfer_is_accepted_by_the_other_side_and_leaves_the_name(
    tree: Any, county: Viewer, other_county: Viewer, scoped: Any
) -> None:
    services.appoint(county, organisation=tree.branch, person=tree.insider.person, office="group_leader", on=JOINED)
    request = services.ask_transfer(
        county, membership=tree.insider, to_organisation=tree.other_union, reason="调往瑞金工作"
    )
    with refused("GH-PER-607"):
        services.answer_transfer(county, request=request, accept=True)
    with refused("GH-PER-603"):
        services.ask_transfer(county, membership=tree.insider, to_organisation=tree.other_union, reason="再来一次")
    take_scope_of(other_county)
    (seen,) = queries.transfers(other_county, "asked")
    assert (seen.from_name, seen.to_name, seen.incoming, seen.mine_to_answer, seen.person_name) == (
        tree.union.name,
        tree.other_union.name,
        True,
        True,
        "刘细妹",
    )
    assert queries.person(other_county, tree.insider.person_id) is None
    services.answer_transfer(
        other_county,
        request=request,
        accept=True,
        on=date(2025, 4, 1),
        answer="欢迎",
        employer_name="红井电子",
    )
    new = Membership.objects.get(person_id=tree.insider.person_id, valid_to__isnull=True)
    assert (new.organisation_id, new.start_reason, new.joined_on, new.card_no, new.employer_name) == (
        tree.other_union.pk,
        "transfer",
        tree.insider.joined_on,
        tree.insider.card_no,
        "红井电子",
    )
    take_scope_of(county)
    old = queries.former_members(county).get(pk=tree.insider.pk)
    assert (old.shown_name, old.end_reason, old.valid_to) == ("刘细妹", "transfer", date(2025, 4, 1))
    assert queries.person(county, tree.insider.person_id) is None
    assert not Appointment.objects.filter(person_id=tree.insider.person_id, valid_to__isnull=True).exists()
    assert queries.transfers(county).get().state == "accepted"
    take_scope("", "~")
    assert counts(tree.union) == (0, 0, 1) and counts(tree.other_union) == (2, 0, 0)
    verbs = TrailRecord.objects.filter(subject_id=tree.insider.person_id).values_list("verb", "path")
    assert ("membership.transfer_out", tree.union.path) in verbs
    assert ("membership.transfer_in", tree.other_union.path) in verbs


def test_member_asks_for_the_own_transfer_and_takes_it_back(tree: Any, other_county: Viewer) -> None:
    me = Viewer(role="member", name="刘细妹", account_id=9, person_id=tree.insider.person_id)
    stranger = Viewer(role="member", name="某人", account_id=8, person_id=tree.neighbour.person_id)
    take_scope_of(me)
    with refused("GH-PER-601"):
        services.ask_transfer(stranger, membership=tree.insider, to_organisation=tree.other_union, reason="换工作")
    request = services.ask_transfer(me, membership=tree.insider, to_organisation=tree.other_union, reason="换工作")
    assert request.side == "member" and queries.own(me).transfer == request  # type: ignore[union-attr]
    with refused("GH-PER-609"):
        services.withdraw_transfer(stranger, request=request)
    assert services.withdraw_transfer(me, request=request).state == "withdrawn"
    take_scope_of(other_county)
    with refused("GH-PER-606"):
        services.answer_transfer(other_county, request=request, accept=True)


def test_receiver_asks_and_the_old_union_answers(tree: Any, county: Viewer, other_county: Viewer) -> None:
    number = fresh_number()
    person = services.register(
        county, organisation=tree.union, name="郭细根", id_kind="identity_card", id_number=number
    )
    services.admit(county, organisation=tree.union, person=person, joined_on=JOINED, on=JOINED)
    take_scope_of(other_county)
    asked = {
        "organisation": tree.other_union,
        "id_kind": "identity_card",
        "id_number": number,
        "reason": "已在本单位上班",
    }
    with refused("GH-PER-605"):
        services.ask_transfer_in(other_county, name="郭大根", **asked)
    request = services.ask_transfer_in(other_county, name="郭细根", **asked)
    with refused("GH-PER-607"):
        services.answer_transfer(other_county, request=request, accept=True)
    take_scope_of(county)
    with refused("GH-PER-608"):
        services.answer_transfer(county, request=request, accept=False)
    services.answer_transfer(county, request=request, accept=True)
    take_scope_of(other_county)
    assert queries.find_by_id(other_county, "identity_card", number) == person


def test_open_transfer_falls_away_when_the_membership_ends(tree: Any, county: Viewer) -> None:
    request = services.ask_transfer(county, membership=tree.insider, to_organisation=tree.other_union, reason="换工作")
    services.leave(county, membership=tree.insider, on=date(2025, 1, 1))
    request.refresh_from_db()
    assert request.state == "withdrawn" and "本人退会" in request.answer


def test_transfer_within_keeps_retention_and_refuses_the_same_union(tree: Any, county: Viewer) -> None:
    with refused("GH-PER-602"):
        services.transfer_within(
            county, membership=tree.insider, to_organisation=tree.union, on=date(2025, 1, 1), reason="无"
        )
    kept = services.retain(county, membership=tree.insider, reason="jobless", on=date(2025, 1, 1))
    moved = services.transfer_within(
        county, membership=kept, to_organisation=tree.sibling_union, on=date(2025, 2, 1), reason="调整"
    )
    assert (moved.status, moved.retention_reason) == ("retained", "jobless")
    assert Person.objects.get(pk=kept.person_id).path == tree.sibling_union.path


def _two_records(tree: Any, county: Viewer) -> tuple[Person, Person]:
    return tree.insider.person, tree.neighbour.person


def test_merge_carries_everything_and_comes_apart_again(tree: Any, county: Viewer) -> None:
    kept, dropped = _two_records(tree, county)
    account = make_account("member-2", "欧阳志强", "member", dropped)
    services.record_sign(county, organisation=tree.sibling_union, kind="dues", on=date(2025, 1, 1), person=dropped)
    services.appoint(county, organisation=tree.sibling_union, person=dropped, office="chair", on=JOINED)
    with refused("GH-PER-803"):
        services.merge_people(county, kept=kept, dropped=dropped, reason="核对过两份证件")
    before = counts(tree.union), counts(tree.sibling_union)
    history = Membership.objects.count()
    merge = services.merge_people(
        county, kept=kept, dropped=dropped, reason="核对过两份证件", open_membership=tree.neighbour
    )
    kept.refresh_from_db()
    dropped.refresh_from_db()
    assert (dropped.merged_into_id, kept.path, kept.last_sign_on) == (
        kept.pk,
        tree.sibling_union.path,
        date(2025, 1, 1),
    )
    assert Membership.objects.filter(person=kept).count() == 2 and Membership.objects.count() == history
    assert Membership.objects.get(person=kept, valid_to__isnull=True).pk == tree.neighbour.pk
    assert Membership.objects.get(pk=tree.insider.pk).end_reason == "duplicate"
    assert SignOfLife.objects.get().person_id == kept.pk == Account.objects.get(pk=account.pk).person_id
    assert not PersonGram.objects.filter(person=dropped).exists()
    assert counts(tree.union) == (0, 0, 1)
    with refused("GH-PER-802"):
        services.merge_people(county, kept=kept, dropped=dropped, reason="核对过两份证件")
    services.undo_merge(county, merge=merge, reason="不是同一人")
    kept.refresh_from_db()
    dropped.refresh_from_db()
    assert (dropped.merged_into_id, dropped.path, kept.path) == (
        None,
        tree.sibling_union.path,
        tree.union.path,
    )
    assert (counts(tree.union), counts(tree.sibling_union)) == before
    assert {m.person_id for m in Membership.objects.filter(valid_to__isnull=True)} >= {kept.pk, dropped.pk}
    assert Account.objects.get(pk=account.pk).person_id == dropped.pk
    assert [hit.person_id for hit in queries.search(county, "欧阳志强")] == [dropped.pk]
    with refused("GH-PER-807"):
        services.undo_merge(county, merge=merge, reason="再来")


def test_merge_finds_the_kept_record_by_either_paper(tree: Any, county: Viewer) -> None:
    numbers = fresh_number(), fresh_number()
    first, second = (
        services.register(county, organisation=tree.union, name="郭细根", id_kind="identity_card", id_number=n)
        for n in numbers
    )
    services.merge_people(county, kept=first, dropped=second, reason="一人两号，已注销其一")
    for number in numbers:
        again = services.register(
            county, organisation=tree.union, name="郭细根", id_kind="identity_card", id_number=number
        )
        assert again.pk == first.pk


def test_undo_merge_refuses_after_a_later_change_and_two_accounts_refuse_the_merge(tree: Any, county: Viewer) -> None:
    kept, dropped = _two_records(tree, county)
    merge = services.merge_people(
        county, kept=kept, dropped=dropped, reason="核对过两份证件", open_membership=tree.insider
    )
    services.leave(county, membership=tree.insider, on=timezone.localdate())
    with refused("GH-PER-808"):
        services.undo_merge(county, merge=merge, reason="不是同一人")
    first, second = make_person("郭一", tree.union), make_person("郭一", tree.union)
    make_account("a1", "郭一", "member", first)
    make_account("a2", "郭一", "member", second)
    with refused("GH-PER-804"):
        services.merge_people(county, kept=first, dropped=second, reason="核对过两份证件")
    assert Account.objects.get(username="a2").person_id == second.pk


def _city(tree: Any) -> Viewer:
    take_scope("", "~")
    viewer = viewer_at(tree.city, username="city-desk")
    take_scope_of(viewer)
    return viewer


def _picture() -> list[tuple[Any, ...]]:
    rows = Membership.objects.order_by("pk").values_list(
        "pk",
        "person_id",
        "organisation_id",
        "path",
        "status",
        "valid_to",
        "end_reason",
        "retention_reason",
        "person_name",
    )
    people = Person.objects.order_by("pk").values_list("pk", "path")
    offices = Appointment.objects.order_by("pk").values_list("pk", "valid_to", "end_reason")
    tallies = Tally.objects.order_by("pk").values_list("pk", "active", "retained", "ended", "women")
    return [*rows, *people, *offices, *tallies]


def test_merger_carries_all_members_and_undo_restores_the_exact_picture(tree: Any) -> None:
    city = _city(tree)
    retired = make_member(tree.union, "王退休", status="retained", retention_reason="retired")
    services.appoint(city, organisation=tree.union, person=tree.insider.person, office="chair", on=JOINED)
    before = _picture()
    change = org.merge(
        city,
        organisation=tree.union,
        into=tree.sibling_union,
        on=date(2025, 6, 1),
        reason="两会合并，县总批复",
    )
    moved = {
        m.person_id: (m.status, m.start_reason)
        for m in Membership.objects.filter(organisation=tree.sibling_union, start_change=change)
    }
    assert moved == {tree.insider.person_id: ("active", "merger"), retired.person_id: ("retained", "merger")}
    assert not Membership.objects.filter(organisation=tree.union, valid_to__isnull=True).exists()
    assert Appointment.objects.filter(organisation=tree.union, valid_to__isnull=True).count() == 0
    assert Person.objects.get(pk=tree.insider.person_id).path == tree.sibling_union.path
    org.undo(city, change=change, reason="批复有误")
    take_scope_of(city)
    assert _picture() == before


def test_undo_of_a_merger_names_what_was_done_since(tree: Any) -> None:
    city = _city(tree)
    change = org.merge(city, organisation=tree.union, into=tree.sibling_union, on=date(2025, 6, 1), reason="两会合并")
    assert membership_effects().depends_on(change) is None
    row = Membership.objects.get(start_change=change)
    services.leave(city, membership=row, on=date(2025, 7, 1))
    sentence = membership_effects().depends_on(change)
    assert sentence == "此后已有1名会员的会籍变动（本人退会），先撤回这些变动"
    with pytest.raises(Exception) as caught:
        org.undo(city, change=change, reason="批复有误")
    assert "先撤回这些变动" in str(caught.value)


def test_dissolution_loses_nobody(tree: Any) -> None:
    city = _city(tree)
    make_member(tree.branch, "王车间")
    total = Membership.objects.filter(valid_to__isnull=True).count()
    change = org.dissolve(city, organisation=tree.union, on=date(2025, 6, 1), reason="企业注销")
    assert Membership.objects.filter(valid_to__isnull=True).count() == total
    held = Membership.objects.filter(start_change=change)
    assert {(m.organisation_id, m.status, m.retention_reason) for m in held} == {
        (tree.township.pk, "retained", "employer_closed")
    }
    org.undo(city, change=OrganisationChange.objects.get(pk=change.pk), reason="未注销")
    assert Membership.objects.get(pk=tree.insider.pk).status == "active"
    assert Membership.objects.filter(valid_to__isnull=True).count() == total


def test_split_moves_only_the_chosen_members(tree: Any) -> None:
    city = _city(tree)
    chosen = [make_member(tree.union, name) for name in ("王一", "王二")]
    before = _picture()
    change = org.split(
        city,
        organisation=tree.union,
        name="江西安福泸水河饮品有限公司工会委员会",
        members=[m.pk for m in chosen],
        on=date(2025, 6, 1),
        reason="公司分立",
    )
    assert set(Membership.objects.filter(start_change=change).values_list("person_id", flat=True)) == {
        m.person_id for m in chosen
    }
    assert Membership.objects.get(pk=tree.insider.pk).valid_to is None
    org.undo(city, change=change, reason="未分立")
    after = _picture()
    assert [row for row in after if row in before] == before


def test_paths_of_a_waiting_transfer_follow_a_move(tree: Any, other_county: Viewer) -> None:
    city = _city(tree)
    request = services.ask_transfer(city, membership=tree.insider, to_organisation=tree.other_union, reason="换工作")
    union = make_organisation("安福县另一工会", parent=tree.township)
    assert union.path
    org.move(
        city,
        organisation=tree.township,
        parent=tree.sibling_county,
        on=timezone.localdate(),
        reason="区划调整",
    )
    row = TransferRequest.objects.get(pk=request.pk)
    assert row.from_path.startswith(tree.sibling_county.path)
    take_scope_of(other_county)
    services.answer_transfer(other_county, request=row, accept=True)
    assert queries.members(other_county).filter(person_id=tree.insider.person_id).exists()
