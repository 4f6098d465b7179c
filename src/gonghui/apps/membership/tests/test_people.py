"""People and memberships through their pages: registered, corrected, revealed, moved, ended, merged, and taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.factories import id_number, make_member, make_person
from gonghui.kernel.models import Membership, Person, TrailRecord, TransferRequest
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.sealing import unseal
from gonghui.kernel.viewer import SYSTEM

TODAY = timezone.localdate().isoformat()
NUMBER = id_number(77, date(1992, 8, 17), female=True, region="360829")
"""Well-formed, of a county that exists, drawn for nobody."""


def url(name: str, *args: Any) -> str:
    return reverse(f"membership:{name}", args=args)


def admission(union: Any, **more: Any) -> dict[str, Any]:
    return {
        "organisation": union.pk, "name": "曾玉珍", "id_kind": "identity_card", "id_number": NUMBER, "phone": "13800002076",
        "joined_on": TODAY, "on": TODAY, "worker_kind": "new_form", "new_form": "courier", "platforms": "美团、饿了么",
    } | more  # fmt: skip


def test_admit_registers_and_admits(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    response = client.post(url("member-new"), admission(tree.union))
    person = Person.objects.get(name="曾玉珍", path=tree.union.path)
    assert response["Location"] == url("person", person.pk)
    row = Membership.objects.get(person=person)
    assert (row.organisation_id, row.platforms, person.sex) == (tree.union.pk, ["美团", "饿了么"], "2")
    page = client.get(response["Location"]).content.decode()
    assert NUMBER not in page
    assert "13800002076" not in page
    assert "3608**********" in page


def test_admit_offers_the_union_it_was_opened_from(tree: Any, enter: Any) -> None:
    page = enter(tree.county).get(url("member-new") + f"?organisation={tree.union.pk}").content.decode()
    assert f'name="organisation" value="{tree.union.pk}" checked' in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("id_number", NUMBER[:17], "17位"),
        ("name", "曾1玉珍", "数字"),
        ("phone", "1380000", "手机"),
        ("joined_on", "2999-01-01", "晚于"),
        ("organisation", "", "还没有选择"),
    ],
)
def test_admit_refuses_beside_the_field_and_keeps_what_was_typed(
    tree: Any, enter: Any, field: str, value: str, words: str
) -> None:
    response = enter(tree.county).post(url("member-new"), admission(tree.union, **{field: value}))
    assert response.status_code == 422
    page = response.content.decode()
    assert f'id="id_{field}-error"' in page
    assert words in page
    assert 'value="美团、饿了么"' in page
    assert not Person.objects.filter(name="曾玉珍", path=tree.union.path).exists()


def test_admit_registers_nobody_when_the_membership_is_refused(tree: Any, enter: Any) -> None:
    before = Person.objects.count()
    response = enter(tree.county).post(
        url("member-new"), admission(tree.union, joined_on="2000-01-01", on="2000-01-01")
    )
    assert response.status_code == 422
    assert Person.objects.count() == before


def test_a_member_elsewhere_can_only_be_transferred(tree: Any, enter: Any) -> None:
    enter(tree.other_city).post(url("member-new"), admission(tree.other_union))
    response = enter(tree.county).post(url("member-new"), admission(tree.union))
    assert response.status_code == 422
    page = response.content.decode()
    assert "可发起转会" in page
    assert "瑞金市红井电子" not in page


# one person


def test_reveal_shows_the_number_once_for_a_reason(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    person = tree.insider.person
    phone = unseal(bytes(person.phone_sealed), "person.phone")
    address = url("reveal", person.pk, "phone")
    assert client.post(address, {"reason": "核对"}).status_code == 422
    assert not TrailRecord.objects.filter(verb="person.reveal", refused=False).exists()
    response = client.post(address, {"reason": "电话核实疗休养名额"}, headers={"HX-Request": "true"})
    assert phone in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    kept = TrailRecord.objects.get(verb="person.reveal", refused=False)
    assert (kept.subject_id, kept.reason) == (person.pk, "电话核实疗休养名额")
    page = client.get(url("person", person.pk)).content.decode()
    assert phone not in page
    assert "电话核实疗休养名额" in page


def test_reveal_needs_its_permission_and_a_known_field(tree: Any, enter: Any) -> None:
    assert enter(tree.county, "leader").get(url("reveal", tree.insider.person_id, "phone")).status_code == 403
    assert enter(tree.county).get(url("reveal", tree.insider.person_id, "name_key")).status_code == 404
    page = enter(tree.city, "leader").get(url("person", tree.insider.person_id)).content.decode()
    assert "/reveal/" not in page


def corrected(person: Person, **changes: Any) -> dict[str, Any]:
    person.refresh_from_db()
    return {
        "version": person.version, "name": person.name, "id_kind": person.id_kind, "id_number": person.id_mask,
        "phone": person.phone_mask, "sex": person.sex, "birth": person.birth.isoformat() if person.birth else "",
        "ethnicity": person.ethnicity, "education": person.education, "politics": person.politics, "skill_level": person.skill_level,
    } | changes  # fmt: skip


def test_correct_a_person_leaves_masked_numbers_alone(tree: Any, enter: Any) -> None:
    person = tree.insider.person
    before = bytes(person.id_hash), bytes(person.phone_hash)
    response = enter(tree.union, "grassroots_chair").post(
        url("person-edit", person.pk), corrected(person, education="20")
    )
    assert response.status_code == 302
    person.refresh_from_db()
    assert person.education == "20"
    assert (bytes(person.id_hash), bytes(person.phone_hash)) == before


def test_correct_a_person_refuses_an_old_version_and_a_bad_number(tree: Any, enter: Any) -> None:
    client, person = enter(tree.county), tree.insider.person
    stale = corrected(person, education="20") | {"version": person.version - 1}
    assert "资料已被他人修改" in client.post(url("person-edit", person.pk), stale).content.decode()
    wrong = client.post(url("person-edit", person.pk), corrected(person, phone="12345"))
    assert wrong.status_code == 422
    assert 'id="id_phone-error"' in wrong.content.decode()


def test_correct_a_membership(tree: Any, enter: Any) -> None:
    row = tree.insider
    data = {
        "version": row.version, "worker_kind": "dispatched", "occupation": "包装工", "new_form": "", "platforms": "",
        "employer_name": "江西安福泸水河食品有限公司", "department": "包装车间", "staff_no": "A18", "card_no": row.card_no,
        "joined_on": "2021-03-06", "valid_from": "2021-03-06", "reason": "核对名册",
    }  # fmt: skip
    client = enter(tree.county)
    assert client.post(url("membership-edit", row.pk), data).status_code == 302
    row.refresh_from_db()
    assert (row.worker_kind, row.department) == ("dispatched", "包装车间")
    late = client.post(url("membership-edit", row.pk), data | {"version": row.version, "joined_on": "2022-01-01"})
    assert 'id="id_joined_on-error"' in late.content.decode()


# moves of a membership


def test_transfer_within_the_range_is_done_at_once(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    data = {"where": "within", "inside": tree.sibling_union.pk, "on": TODAY, "reason": "换了工作单位"}
    assert client.post(url("membership-transfer", tree.insider.pk), data).status_code == 302
    now = Membership.objects.get(person=tree.insider.person, valid_to__isnull=True)
    assert now.organisation_id == tree.sibling_union.pk
    page = client.get(url("person", tree.insider.person_id)).content.decode()
    assert "2段" in page


def test_transfer_elsewhere_is_asked_answered_and_seen_by_both(tree: Any, enter: Any) -> None:
    here, there = enter(tree.county), enter(tree.other_city)
    assert (
        f'value="{tree.other_union.pk}"'
        in here.get(url("union-pick") + "?field=outside&outside_q=红井").content.decode()
    )
    data = {"where": "ask", "outside": tree.other_union.pk, "reason": "到瑞金务工"}
    assert here.post(url("membership-transfer", tree.insider.pk), data).status_code == 302
    asked = TransferRequest.objects.get()
    assert "待对方答复" in here.get(url("transfers")).content.decode()
    inbox = there.get(url("transfers")).content.decode()
    assert "1件转会待答复" in inbox
    assert "申请转入" in there.get("/desk/").content.decode()
    silent = there.post(url("transfer-answer", asked.pk), {"answer": "", "on": TODAY, "answer_is": "refuse"})
    assert 'id="id_answer-error"' in silent.content.decode()
    assert (
        there.post(url("transfer-answer", asked.pk), {"answer": "", "on": TODAY, "department": "装配车间"}).status_code
        == 302
    )
    now = Membership.objects.get(person=tree.insider.person, valid_to__isnull=True)
    assert (now.organisation_id, now.department) == (tree.other_union.pk, "装配车间")
    assert here.get(url("person", tree.insider.person_id)).status_code == 404
    assert "刘细妹" in here.get(url("members") + "?status=ended").content.decode()


def test_transfer_can_be_withdrawn_and_not_answered_by_who_asked(tree: Any, enter: Any) -> None:
    here = enter(tree.county)
    here.post(
        url("membership-transfer", tree.insider.pk), {"where": "ask", "outside": tree.other_union.pk, "reason": "务工"}
    )
    asked = TransferRequest.objects.get()
    own = here.post(url("transfer-answer", asked.pk), {"answer": "", "on": TODAY})
    assert own.status_code == 422
    assert here.post(url("transfer-withdraw", asked.pk), {"reason": "本人改主意"}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"where": "within", "reason": "换单位", "on": TODAY}, "inside"),
        ({"where": "ask", "reason": "换单位"}, "outside"),
        ({"where": "within", "inside": "SAME", "reason": "换单位", "on": TODAY}, "inside"),
        ({"where": "within", "inside": "OTHER", "reason": "换单位", "on": TODAY}, "inside"),
    ],
)
def test_transfer_refuses_beside_the_field(tree: Any, enter: Any, data: dict[str, Any], field: str) -> None:
    ids = {"SAME": tree.union.pk, "OTHER": tree.other_union.pk}
    data = {name: ids.get(value, value) for name, value in data.items()}
    response = enter(tree.county).post(url("membership-transfer", tree.insider.pk), data)
    assert response.status_code == 422
    assert f'id="id_{field}-error"' in response.content.decode()


def test_retain_and_restore(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    data = {"why": "retired", "held_by": tree.township.pk, "on": TODAY, "note": ""}
    assert client.post(url("membership-retain", tree.insider.pk), data).status_code == 302
    kept = Membership.objects.get(person=tree.insider.person, valid_to__isnull=True)
    assert (kept.status, kept.organisation_id) == ("retained", tree.township.pk)
    assert (
        client.post(
            url("membership-restore", kept.pk), {"on": TODAY, "worker_kind": "regular", "reason": "返聘"}
        ).status_code
        == 302
    )
    assert Membership.objects.get(person=tree.insider.person, valid_to__isnull=True).status == "active"


def test_leave_and_take_back(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    expelled = client.post(url("membership-leave", tree.insider.pk), {"why": "expelled", "on": TODAY, "note": ""})
    assert 'id="id_note-error"' in expelled.content.decode()
    assert (
        client.post(url("membership-leave", tree.insider.pk), {"why": "left", "on": TODAY, "note": ""}).status_code
        == 302
    )
    page = client.get(url("person", tree.insider.person_id)).content.decode()
    assert "现在没有会籍" in page
    assert url("membership-undo", tree.insider.pk) in page
    assert client.post(url("membership-undo", tree.insider.pk), {"reason": "登记错人"}).status_code == 302
    tree.insider.refresh_from_db()
    assert tree.insider.status == "active"


def test_death_ends_the_membership_and_can_be_taken_back(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    assert client.post(url("person-death", tree.insider.person_id), {"on": TODAY, "note": ""}).status_code == 302
    assert "已去世" in client.get(url("person", tree.insider.person_id)).content.decode()
    client.post(url("membership-undo", tree.insider.pk), {"reason": "登记错人"})
    assert Person.objects.get(pk=tree.insider.person_id).died_on is None


# many at once


def picked(*rows: Any, **more: Any) -> dict[str, Any]:
    return {"ids": [row.pk for row in rows], "query": "?", "all": "0"} | more


def test_many_leave_after_the_count_is_typed_and_come_back(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    rows = [tree.insider, tree.neighbour]
    asked = client.post(url("members-leave"), picked(*rows, bulk="leave"))
    assert "终止2名会员的会籍" in asked.content.decode()
    answer = {"bulk": "leave", "answered": "leave", "ask-why": "left", "ask-on": TODAY, "ask-note": ""}
    wrong = client.post(url("members-leave"), picked(*rows, typed="3", **answer))
    assert wrong.status_code == 422
    assert Membership.objects.filter(valid_to__isnull=True, pk__in=[r.pk for r in rows]).count() == 2
    assert client.post(url("members-leave"), picked(*rows, typed="2", **answer)).status_code == 302
    assert Membership.objects.filter(valid_to__isnull=True, pk__in=[r.pk for r in rows]).count() == 0
    assert url("leave-undo") in client.get(url("members")).content.decode()
    assert client.post(url("leave-undo"), {"reason": "点错了"}).status_code == 302
    assert Membership.objects.filter(valid_to__isnull=True, pk__in=[r.pk for r in rows]).count() == 2


def test_many_are_transferred_or_none(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    rows = [tree.insider, make_member(tree.union, "王福根")]
    answer = {
        "bulk": "transfer",
        "answered": "transfer",
        "ask-to": tree.sibling_union.pk,
        "ask-on": TODAY,
        "ask-reason": "并入新厂",
    }
    assert client.post(url("members-transfer"), picked(*rows, **answer)).status_code == 302
    people = [row.person_id for row in rows]
    now = Membership.objects.filter(person_id__in=people, valid_to__isnull=True)
    assert {row.organisation_id for row in now} == {tree.sibling_union.pk}
    back = answer | {"ask-to": tree.sibling_union.pk}
    mixed = [*now, make_member(tree.union, "邓丽萍")]
    client.post(url("members-transfer"), picked(*mixed, **back))
    assert Membership.objects.get(pk=mixed[-1].pk).valid_to is None


def test_many_are_retained(tree: Any, enter: Any) -> None:
    client = enter(tree.county)
    answer = {"bulk": "retain", "answered": "retain", "ask-why": "jobless", "ask-on": TODAY, "ask-note": ""}
    assert client.post(url("members-retain"), picked(tree.insider, tree.neighbour, **answer)).status_code == 302
    people = [tree.insider.person_id, tree.neighbour.person_id]
    assert Membership.objects.filter(person_id__in=people, valid_to__isnull=True, status="retained").count() == 2


def test_picked_rows_of_others_are_not_there(tree: Any, enter: Any) -> None:
    response = enter(tree.county).post(url("members-leave"), picked(tree.outsider, bulk="leave"))
    assert response.status_code == 409
    tree.outsider.refresh_from_db()
    assert tree.outsider.valid_to is None


# double registrations


@pytest.fixture
def twice(tree: Any) -> Any:
    """The same person registered in two unions under two papers."""
    first = make_person(
        "谢冬生", tree.union, birth=date(1980, 2, 3), phone="19912340001", number=id_number(1, date(1980, 2, 3))
    )
    second = make_person(
        "谢冬生", tree.sibling_union, birth=date(1980, 2, 3), phone="19912340001", number=id_number(2, date(1980, 2, 3))
    )
    return make_member(tree.union, person=first), make_member(tree.sibling_union, person=second)


def test_duplicates_are_listed_compared_merged_and_taken_apart(tree: Any, twice: Any, enter: Any) -> None:
    first, second = twice
    client = enter(tree.county)
    listed = client.get(url("duplicates")).content.decode()
    assert "手机号码相同" in listed
    assert "1对疑似重复登记" in listed
    address = url("merge-people", first.person_id, second.person_id)
    assert "differs" in client.get(address).content.decode()
    undecided = client.post(address, {"keep": first.person_id, "reason": "已核对证件原件"})
    assert (
        'id="id_membership-error"' in undecided.content.decode() or "在籍会籍保留哪一段" in undecided.content.decode()
    )
    assert undecided.status_code == 422
    data = {"keep": first.person_id, "membership": second.pk, "reason": "已核对证件原件"}
    assert client.post(address, data).status_code == 302
    rows = Membership.objects.filter(person_id=first.person_id)
    assert rows.count() == 2
    assert rows.get(valid_to__isnull=True).organisation_id == tree.sibling_union.pk
    old = client.get(url("person", second.person_id))
    assert old["Location"] == url("person", first.person_id)
    merge = Person.objects.get(pk=first.person_id).merges.get()
    assert url("merge-undo", merge.pk) in client.get(url("person", first.person_id)).content.decode()
    assert client.post(url("merge-undo", merge.pk), {"reason": "不是同一人"}).status_code == 302
    assert Membership.objects.filter(person_id=second.person_id, valid_to__isnull=True).count() == 1


def test_duplicates_need_their_permission(tree: Any, twice: Any, enter: Any) -> None:
    assert enter(tree.union, "grassroots_chair").get(url("duplicates")).status_code == 403
    assert people_queries.duplicates(SYSTEM)


def test_duplicate_flag_filters_the_list_of_members(tree: Any, twice: Any, enter: Any) -> None:
    page = enter(tree.county).get(url("members") + "?flag=duplicate").content.decode()
    assert f"/desk/people/{twice[0].person_id}/" in page
    assert f"/desk/people/{tree.insider.person_id}/" not in page
