"""Acts on organisations through their forms: they happen, say what they did, can be taken back, and refuse beside the field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from gonghui.apps.membership.forms.organisations import FACT_FIELDS
from gonghui.kernel.factories import make_member
from gonghui.kernel.models import (
    Appointment,
    Employer,
    Membership,
    Organisation,
    OrganisationChange,
    StoredFile,
    TrailRecord,
)
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.viewer import SYSTEM


def url(name: str, *args: int) -> str:
    return reverse(f"membership:{name}", args=args)


def given(**more: Any) -> dict[str, Any]:
    return {"on": timezone.localdate().isoformat(), "reason": "机构改革", "document_no": "安工字〔2026〕12号"} | more


def last_change(organisation: Any) -> Any:
    return OrganisationChange.objects.filter(organisation=organisation).order_by("-pk").first()


def undo(client: Any, change: Any) -> Any:
    return client.post(url("undo", change.pk), {"reason": "登记有误"})


def test_found_and_take_back(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    data = given(
        name="江西安福武功山日用化工有限公司工会委员会", kind="grassroots_union", level="unit", state="active",
        employer="江西安福武功山日用化工有限公司", headcount="88", union_kind="1",
    )  # fmt: skip
    response = client.post(url("found", tree.township.pk), data)
    made = Organisation.objects.get(name=data["name"])
    assert response.status_code == 302
    assert response["Location"] == url("organisation", made.pk)
    assert made.parent_id == tree.township.pk
    assert Employer.objects.get(organisation=made).headcount == 88
    page = client.get(response["Location"]).content.decode()
    assert "已登记建会" in page
    change = last_change(made)
    assert url("undo", change.pk) in page
    Employer.objects.filter(organisation=made).delete()
    assert undo(client, change).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_found_needs_the_number_of_the_approval(tree: Any, enter: Any) -> None:
    data = given(name="安福县新工会", kind="grassroots_union", level="unit", state="active", document_no="")
    response = enter(tree.county).post(url("found", tree.township.pk), data)
    assert response.status_code == 422
    page = response.content.decode()
    assert 'href="#id_document_no">文号：还没有填写' in page
    assert 'value="安福县新工会"' in page


def test_found_refuses_a_second_one_of_the_same_name_beside_the_name(tree: Any, enter: Any) -> None:
    data = given(name=tree.sibling_union.name, kind="joint_union", level="unit", state="active")
    response = enter(tree.county).post(url("found", tree.township.pk), data)
    assert response.status_code == 422
    assert 'id="id_name-error"' in response.content.decode()


def test_move_and_take_back(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    response = client.post(url("move", tree.union.pk), given(parent=tree.county.pk))
    assert response.status_code == 302
    tree.union.refresh_from_db()
    assert tree.union.parent_id == tree.county.pk
    assert Membership.objects.get(pk=tree.insider.pk).path == tree.union.path
    history = client.get(url("organisation-history", tree.union.pk)).content.decode()
    assert "由安福县枫田镇总工会转到安福县总工会" in history
    assert undo(client, last_change(tree.union)).status_code == 302
    tree.union.refresh_from_db()
    assert tree.union.parent_id == tree.township.pk
    assert "已撤回" in client.get(url("organisation-history", tree.union.pk)).content.decode()


def test_move_shows_what_goes_along(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    assert "这将移动2个下级组织、1名会员" in client.get(url("move", tree.union.pk)).content.decode()
    part = client.post(url("move", tree.union.pk) + "?effect=1", given(parent=tree.county.pk)).content.decode()
    assert "从安福县枫田镇总工会转到安福县总工会" in part
    assert "<html" not in part
    tree.union.refresh_from_db()
    assert tree.union.parent_id == tree.township.pk


def test_move_takes_a_typed_name_without_script(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    data = given(parent_q="不存在的工会")
    assert "没有找到“不存在的工会”" in client.post(url("move", tree.union.pk), data).content.decode()
    several = client.post(url("move", tree.union.pk), given(parent_q="安福县")).content.decode()
    assert f'name="parent" value="{tree.county.pk}"' in several
    assert f'name="parent" value="{tree.branch.pk}"' not in several


@pytest.mark.parametrize("target", ["other_county", "sibling_county", "branch"])
def test_move_refuses_what_cannot_be_a_parent(tree: Any, enter: Any, target: str) -> None:
    response = enter(tree.county).post(url("move", tree.union.pk), given(parent=getattr(tree, target).pk))
    assert response.status_code == 422
    assert 'id="id_parent-error"' in response.content.decode()
    tree.union.refresh_from_db()
    assert tree.union.parent_id == tree.township.pk


def test_move_refuses_a_day_to_come_beside_the_day(tree: Any, enter: Any) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = enter(tree.county).post(url("move", tree.union.pk), given(parent=tree.county.pk, on=tomorrow))
    assert response.status_code == 422
    assert 'id="id_on-error"' in response.content.decode()


def test_merge_asks_for_the_number_and_moves_the_members(tree: Any, enter: Any) -> None:
    make_member(tree.union, "王福根")
    client = enter(tree.county)
    wrong = client.post(url("merge", tree.union.pk), given(into=tree.sibling_union.pk, typed="9"))
    assert wrong.status_code == 422
    assert "现在是9，应输入2" in wrong.content.decode()
    assert client.post(url("merge", tree.union.pk), given(into=tree.sibling_union.pk, typed="2")).status_code == 302
    assert org_queries.counts(SYSTEM, tree.sibling_union).active == 3
    page = client.get(url("organisation", tree.union.pk)).content.decode()
    assert "已并入" in page
    assert undo(client, last_change(tree.union)).status_code == 302
    assert org_queries.own_counts(SYSTEM, tree.union).active == 2


def test_dissolve_keeps_the_members_above_and_take_back(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    page = client.get(url("dissolve", tree.union.pk)).content.decode()
    assert "1名会员由安福县枫田镇总工会保留会籍" in page
    assert client.post(url("dissolve", tree.union.pk), given()).status_code == 302
    held = Membership.objects.get(person=tree.insider.person, valid_to__isnull=True)
    assert (held.status, held.organisation_id) == ("retained", tree.township.pk)
    assert undo(client, last_change(tree.union)).status_code == 302
    back = Membership.objects.get(person=tree.insider.person, valid_to__isnull=True)
    assert (back.status, back.organisation_id) == ("active", tree.union.pk)


def test_dissolve_names_the_unions_below(tree: Any, enter: Any) -> None:
    response = enter(tree.county).post(url("dissolve", tree.township.pk), given(typed="2"))
    assert response.status_code == 422
    assert "先把下级组织转隶、并转或撤销" in response.content.decode()


def test_split_takes_departments_and_single_members(tree: Any, enter: Any) -> None:
    packing = make_member(tree.union, "王福根", department="包装车间")
    single = make_member(tree.union, "邓丽萍", department="机修车间")
    client = enter(tree.county)
    page = client.get(url("split", tree.union.pk)).content.decode()
    assert "包装车间（1名）" in page
    data = given(name="安福泸水河食品包装分公司工会委员会", departments=["包装车间"], members=[single.pk])
    assert client.post(url("split", tree.union.pk), data).status_code == 302
    other = Organisation.objects.get(name=data["name"])
    moved = Membership.objects.filter(organisation=other, valid_to__isnull=True)
    assert {row.person_id for row in moved} == {packing.person_id, single.person_id}
    assert Membership.objects.filter(pk=tree.insider.pk, valid_to__isnull=True).exists()


def test_split_refuses_nobody_and_everybody(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    nobody = client.post(url("split", tree.union.pk), given(name="安福新工会"))
    assert "还没有选择会员" in nobody.content.decode()
    everybody = client.post(url("split", tree.union.pk), given(name="安福新工会", members=[tree.insider.pk]))
    assert "原组织就没有会员了" in everybody.content.decode()


def test_rename_reclassify_and_elect(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    assert (
        client.post(
            url("rename", tree.union.pk), given(name="安福泸水河食品集团有限公司工会委员会", short_name="泸水河")
        ).status_code
        == 302
    )
    assert (
        client.post(url("reclassify", tree.sibling_union.pk), given(kind="grassroots_union", level="unit")).status_code
        == 302
    )
    data = given(term_from="2026-05-01", term_to="2031-05-01", committee_size="5")
    assert client.post(url("elect", tree.union.pk), data).status_code == 302
    tree.union.refresh_from_db()
    tree.sibling_union.refresh_from_db()
    assert tree.union.name == "安福泸水河食品集团有限公司工会委员会"
    assert tree.union.term_to.isoformat() == "2031-05-01"
    assert tree.sibling_union.kind == "grassroots_union"
    history = client.get(url("organisation-history", tree.union.pk)).content.decode()
    assert "江西安福泸水河食品有限公司工会委员会" in history.replace("<wbr>", "")
    assert "本届2026-05-01至2031-05-01" in history


def test_rename_refuses_the_present_name(tree: Any, enter: Any) -> None:
    response = enter(tree.county).post(url("rename", tree.union.pk), given(name=tree.union.name))
    assert response.status_code == 422
    assert 'id="id_name-error"' in response.content.decode()


def test_the_decision_is_kept_and_handed_out_again(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    paper = SimpleUploadedFile("关于转隶的批复.pdf", b"%PDF-1.7 decision")
    assert client.post(url("move", tree.union.pk), given(parent=tree.county.pk, document=paper)).status_code == 302
    stored = StoredFile.objects.get(kind="decision")
    assert stored.name == "关于转隶的批复.pdf"
    change = last_change(tree.union)
    assert change.document_id == stored.pk
    response = client.get(url("document", change.pk))
    assert b"".join(response.streaming_content) == b"%PDF-1.7 decision"


def test_a_program_is_no_decision(tree: Any, enter: Any) -> None:
    paper = SimpleUploadedFile("批复.exe", b"MZ")
    response = enter(tree.county).post(url("move", tree.union.pk), given(parent=tree.county.pk, document=paper))
    assert response.status_code == 422
    assert "换成PDF、OFD、Word或照片" in response.content.decode()
    assert not StoredFile.objects.exists()


def test_undo_names_what_depends_on_the_act(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    client.post(url("merge", tree.union.pk), given(into=tree.sibling_union.pk))
    change = last_change(tree.union)
    moved = Membership.objects.get(person=tree.insider.person, valid_to__isnull=True)
    client.post(url("membership-leave", moved.pk), {"why": "left", "on": timezone.localdate(), "note": ""})
    response = undo(client, change)
    assert response.status_code == 422
    assert "先撤回这些办理" in response.content.decode()


def test_undo_in_a_dialog_answers_with_the_next_page(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    client.post(url("move", tree.union.pk), given(parent=tree.county.pk))
    change = last_change(tree.union)
    part = client.get(url("undo", change.pk), headers={"HX-Request": "true"}).content.decode()
    assert part.startswith("<form")
    response = client.post(url("undo", change.pk), {"reason": "登记有误"}, headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response["HX-Redirect"] == url("organisation-history", tree.union.pk)


def test_chair_cannot_take_back_what_the_union_above_did(tree: Any, enter: Any) -> None:
    enter(tree.county).post(url("move", tree.union.pk), given(parent=tree.county.pk))
    change = last_change(tree.union)
    tree.union.refresh_from_db()
    assert undo(enter(tree.union, "grassroots_chair"), change).status_code == 403
    change.refresh_from_db()
    assert change.undone_at is None


# what belongs to an organisation


def facts(organisation: Any, **changes: Any) -> dict[str, Any]:
    organisation.refresh_from_db()
    kept = {name: getattr(organisation, name) for name in FACT_FIELDS if name != "listed"}
    return {k: "" if v is None else v for k, v in kept.items()} | {
        "listed": "on", "reason": "核对资料", "version": organisation.version
    } | changes  # fmt: skip


def test_correct_facts(tree: Any, enter: Any) -> None:
    client = enter(tree.union, "grassroots_chair")
    assert (
        client.post(
            url("facts", tree.union.pk), facts(tree.union, headcount="130", address="枫田镇工业路3号")
        ).status_code
        == 302
    )
    tree.union.refresh_from_db()
    assert (tree.union.headcount, tree.union.address) == (130, "枫田镇工业路3号")


def test_conflict_shows_both_values_and_the_second_try_saves(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    mine = facts(tree.union, headcount="130")
    Organisation.objects.filter(pk=tree.union.pk).update(headcount=125, version=tree.union.version + 1)
    response = client.post(url("facts", tree.union.pk), mine)
    assert response.status_code == 422
    page = response.content.decode()
    assert "<td>125</td>" in page
    assert '<td class="now-is">130</td>' in page
    assert f'name="version" value="{tree.union.version + 1}"' in page
    assert client.post(url("facts", tree.union.pk), mine | {"version": tree.union.version + 1}).status_code == 302
    tree.union.refresh_from_db()
    assert tree.union.headcount == 130


@pytest.mark.parametrize(
    ("field", "value"), [("uscc", "91360829MA0000"), ("region_code", "999999"), ("term_to", "2020-01-01")]
)
def test_facts_are_refused_beside_their_field(tree: Any, enter: Any, field: str, value: str) -> None:
    response = enter(tree.county).post(url("facts", tree.union.pk), facts(tree.union, **{field: value}))
    assert response.status_code == 422
    assert f'id="id_{field}-error"' in response.content.decode()


def test_employers_are_added_changed_and_warned_of(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    data = {"name": "江西安福泸水河食品有限公司", "headcount": "120"}
    assert client.post(url("employer-new", tree.union.pk), data).status_code == 302
    employer = Employer.objects.get(organisation=tree.union)
    closed = data | {"version": employer.version, "deregistered_on": "2026-01-05"}
    refused = client.post(reverse("membership:employer", args=[tree.union.pk, employer.pk]), closed)
    assert 'id="id_deregistered_source-error"' in refused.content.decode()
    closed["deregistered_source"] = "国家企业信用信息公示系统"
    assert client.post(reverse("membership:employer", args=[tree.union.pk, employer.pk]), closed).status_code == 302
    assert "工会应相应撤销" in client.get(url("organisation", tree.union.pk)).content.decode()


def test_twin_and_group_come_and_go(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    today = timezone.localdate()
    twin = {"kind": "branch", "party_name": "中共安福泸水河食品有限公司支部委员会", "on": today}
    assert client.post(url("twin", tree.union.pk), twin).status_code == 302
    group = {"kind": "park", "name": "安福县火腿食品产业链", "on": today}
    assert client.post(url("group", tree.union.pk), group).status_code == 302
    page = client.get(url("organisation", tree.union.pk)).content.decode()
    assert twin["party_name"] in page
    assert group["name"] in page
    twin_id = tree.union.twins.get().pk
    group_id = tree.union.groupings.get().group_id
    ended = client.post(
        reverse("membership:twin-end", args=[tree.union.pk, twin_id]), {"on": today, "reason": "支部撤销"}
    )
    assert ended.status_code == 302
    assert (
        client.post(reverse("membership:group-leave", args=[tree.union.pk, group_id]), {"on": today}).status_code == 302
    )
    assert tree.union.twins.get().valid_to == today
    assert tree.union.groupings.get().valid_to == today


def test_group_needs_a_name_or_a_choice(tree: Any, enter: Any) -> None:
    response = enter(tree.county).post(url("group", tree.union.pk), {"on": timezone.localdate()})
    assert response.status_code == 422
    assert "选一个已有分组，或填新分组的名称" in response.content.decode()


def test_appoint_and_leave_office(tree: Any, enter: Any) -> None:
    client = enter(tree.union, "grassroots_chair")
    data = {
        "person": tree.insider.person_id,
        "office": "chair",
        "on": "2024-05-01",
        "full_time": "on",
        "reason": "会员大会选举",
    }
    assert client.post(url("appoint", tree.union.pk), data).status_code == 302
    office = Appointment.objects.get(organisation=tree.union)
    page = client.get(url("organisation-officers", tree.union.pk)).content.decode()
    assert "刘细妹" in page
    other = make_member(tree.union, "王福根")
    second = client.post(url("appoint", tree.union.pk), data | {"person": other.person_id})
    assert 'id="id_office-error"' in second.content.decode()
    left = client.post(url("appointment-end", office.pk), {"on": "2026-05-01", "reason": "退休"})
    assert left.status_code == 302
    office.refresh_from_db()
    assert office.end_reason == "退休"


def test_picking_a_person_keeps_the_name_in_the_body(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    part = client.post(url("person-pick") + "?field=person", {"person_q": "刘细妹"}).content.decode()
    assert f'name="person" value="{tree.insider.person_id}"' in part
    assert client.get(url("person-pick") + "?field=person&person_q=刘细妹").status_code == 405


def test_every_act_is_on_the_trail(tree: Any, enter: Any) -> None:
    enter(tree.county).post(url("move", tree.union.pk), given(parent=tree.county.pk))
    kept = TrailRecord.objects.get(verb="org.moved", object_id=str(tree.union.pk))
    assert kept.reason == "机构改革"
