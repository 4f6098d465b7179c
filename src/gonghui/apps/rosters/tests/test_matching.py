"""Matching: spellings, likeness, content, memory, and never two columns for one field."""

from __future__ import annotations

import pytest

from gonghui.apps.rosters.columns import KINDS, header_key, roster_kind
from gonghui.apps.rosters.matching import corrected, guess_kind, match, signature
from gonghui.apps.rosters.tests.builders import HEADER, UNION, id_card, member
from gonghui.kernel.files.reading.cells import NUMBER, mark

SAMPLES = [[str(cell) for cell in member(number)] for number in range(1, 21, 2)]


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("姓 名", "name"),
        ("*会员姓名（必填）", "name"),
        ("身份证号码（18位）", "id_number"),
        ("公民身份号码", "id_number"),
        ("证件信息 证件号码", "id_number"),
        ("联系电话：", "phone"),
        ("手机\n号码", "phone"),
        ("所属基层工会", "organisation"),
        ("基层工会名称", "organisation"),
        ("加入工会时间", "joined_on"),
        ("入会年月", "joined_on"),
        ("文化程度", "education"),
        ("政治面目", "politics"),
        ("八大群体类别", "new_form"),
        ("用工形式", "worker_kind"),
        ("职业技能等级", "skill_level"),
        ("工作单位", "employer_name"),
        ("统一社会信用代码", "employer_uscc"),
        ("身份证号碼", "id_number"),
        ("会员姓名信息", "name"),
    ],
)
def test_header_is_known(label: str, field: str):
    found = match([label], [], "members")
    assert found.columns[0].field == field, found.columns[0]


@pytest.mark.parametrize("label", ["序号", "备注", "年龄", "原因", "_r", "_id"])
def test_harmless_header_is_neither_matched_nor_reported(label: str):
    found = match([label, "姓名"], [["1", "张三"]], "members")
    assert found.columns[0].field == ""
    assert found.unmatched == []


def test_no_two_columns_go_to_one_field():
    found = match(["姓名", "会员姓名", "身份证", "证件号码"], SAMPLES, "members")
    fields = [column.field for column in found.columns if column.field]
    assert len(fields) == len(set(fields))
    assert found.mapping["name"] == 0


def test_identity_column_is_found_by_content_under_any_header():
    labels = ["姓名", "栏目二", "手机号码", "所在工会", "入会时间"]
    found = match(labels, SAMPLES, "members")
    assert found.mapping["id_number"] == 1
    assert found.columns[1].reason == "content"


def test_identity_numbers_under_the_phone_header_are_not_the_phone():
    labels = ["姓名", "联系电话", "身份证号码", "所在工会", "入会时间"]
    found = match(labels, SAMPLES, "members")
    assert found.mapping["id_number"] == 1
    assert found.mapping.get("phone") == 2
    assert not any(column.sure for column in found.columns if column.field == "phone")


def test_float_identity_numbers_still_name_their_column():
    samples = [["张三", mark(NUMBER, id_card(number)[:17] + "0")] for number in range(1, 9)]
    assert match(["姓名", ""], samples, "members").mapping["id_number"] == 1


def test_missing_columns_are_named():
    assert match(["姓名", "手机号码"], [], "members").missing == ("id_number", "organisation")


def test_union_code_replaces_the_union_name():
    assert match(["姓名", "身份证号", "工会编码"], [], "members").missing == ()


def test_unknown_column_is_listed_with_samples():
    found = match([*HEADER, "鞋码"], [[*SAMPLES[0], "42"]], "members")
    assert [(column.letter, column.header, column.samples) for column in found.unmatched] == [("F", "鞋码", ("42",))]


def test_remembered_mapping_wins_for_the_same_header():
    labels = [*HEADER, "甲栏"]
    before = match(labels, SAMPLES, "members")
    settled = corrected(before, {5: "department"})
    assert settled.mapping["department"] == 5
    again = match(labels, SAMPLES, "members", settled.remembered)
    assert again.mapping == settled.mapping
    assert again.signature == before.signature


def test_correction_takes_a_field_away_from_another_column():
    found = corrected(match(HEADER, SAMPLES, "members"), {3: "employer_name", 4: ""})
    assert "organisation" not in found.mapping
    assert found.mapping["employer_name"] == 3
    assert found.missing == ("organisation",)


def test_signature_ignores_blanks_and_marks_and_trailing_columns():
    assert signature(["姓 名", "身份证号"]) == signature(["*姓名：", "身份证号", ""])
    assert signature(["姓名", "身份证号"]) != signature(["身份证号", "姓名"])


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (HEADER, "members"),
        (["工会名称", "上级工会", "职工人数", "会员人数", "建会时间"], "organisations"),
        (["姓名", "身份证号", "所在工会", "工会职务", "任职时间"], "officers"),
    ],
)
def test_kind_is_guessed(labels: list[str], kind: str):
    assert guess_kind(labels) == kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_spelling_belongs_to_one_field(kind: str):
    roster = roster_kind(kind)
    owners: dict[str, list[str]] = {}
    for item in roster.fields.values():
        for key in item.keys:
            owners.setdefault(key, []).append(item.key)
    doubled = {key: names for key, names in owners.items() if len(names) > 1}
    assert doubled == {}


@pytest.mark.parametrize("kind", KINDS)
def test_every_label_matches_its_own_field(kind: str):
    for item in roster_kind(kind).fields.values():
        assert match([item.label], [], kind).columns[0].field == item.key


def test_header_key_is_width_and_case_blind():
    assert header_key("ＩＤ Card") == header_key("idcard")


def test_union_names_under_a_blank_header_are_offered_for_the_union():
    samples = [["张三", id_card(number), UNION] for number in range(1, 9)]
    assert match(["姓名", "身份证号", ""], samples, "members").mapping["organisation"] == 2
