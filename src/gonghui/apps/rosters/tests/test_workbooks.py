"""Workbooks: what we write can be filled in, corrected, edited and fed back, and never carries a live formula."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from gonghui.apps.rosters.checking import Checked, Checker, Problem
from gonghui.apps.rosters.columns import KINDS, roster_kind
from gonghui.apps.rosters.matching import match
from gonghui.apps.rosters.reading.roster import open_roster
from gonghui.apps.rosters.round_trip import columns_of, is_round_trip, read_round_trip
from gonghui.apps.rosters.tests.builders import HEADER, UNION, id_card, member
from gonghui.apps.rosters.workbooks import (
    ExportColumn,
    ExportRow,
    Rejected,
    error_workbook,
    export,
    exported_text,
    template,
)
from gonghui.kernel.files.reading.cells import FORMULA, NUMBER, kind_of, mark
from gonghui.kernel.refusal import Refusal

TODAY = date(2026, 11, 21)
COLUMNS = [
    ExportColumn("name", "姓名"),
    ExportColumn("phone", "手机号码"),
    ExportColumn("organisation", "所在工会", 30),
    ExportColumn("department", "部门班组"),
    ExportColumn("count", "人数", text=False),
]
DANGEROUS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://x.invalid")',
]


def exported(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    export(out, COLUMNS, [ExportRow(number, 3, row) for number, row in enumerate(rows, 100)])
    return out.getvalue()


def edited(data: bytes, *edits: tuple[str, object], append: list[object] | None = None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for place, value in edits:
        book.active[place] = value
    if append:
        book.active.append(append)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_template_is_read_back_whole_and_its_example_is_ignored(kind: str):
    with open_roster(template(kind), "模板.xlsx") as roster:
        assert roster.kind == kind
        found = match(roster.labels, roster.samples, kind)
        assert set(found.mapping) == set(roster_kind(kind).fields)
        assert all(column.sure for column in found.columns)
        with pytest.raises(Refusal):
            list(roster.rows())
        assert [skipped.why for skipped in roster.skipped] == ["示例行"]


def test_template_has_drop_downs_text_columns_and_comments():
    book = openpyxl.load_workbook(io.BytesIO(template("members", {"organisation": [UNION, "另一工会"]})))
    sheet = book["会员名册"]
    assert book.sheetnames == ["会员名册", "选项", "填写说明"]
    assert book["选项"].sheet_state == "hidden"
    rules = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    names = {cell.value: cell.column_letter for cell in sheet[1]}
    assert f"{names['民族']}2" in rules and f"{names['所在工会']}2" in rules
    offered = [cell.value for cell in book["选项"][names["所在工会"]]][1:3]
    assert offered == [UNION, "另一工会"]
    assert sheet.column_dimensions[names["身份证号码"]].width > 18
    assert sheet[f"{names['身份证号码']}2"].number_format == "@"
    assert "必填" in sheet["A1"].comment.text
    assert sheet.freeze_panes == "B2"


def test_filled_template_imports():
    book = openpyxl.load_workbook(io.BytesIO(template("members")))
    sheet = book["会员名册"]
    names = {cell.value: cell.column for cell in sheet[1]}
    for label, value in zip(HEADER, member(1), strict=True):
        sheet.cell(3, names[label], value)
    out = io.BytesIO()
    book.save(out)
    with open_roster(out.getvalue(), "a.xlsx") as roster:
        mapping = match(roster.labels, roster.samples, "members").mapping
        checker = Checker("members", mapping, on=TODAY)
        answers = [checker.check(row.number, row.cells) for row in roster.rows()]
    assert len(answers) == 1 and isinstance(answers[0], Checked)


@pytest.mark.parametrize("text", DANGEROUS)
def test_exports_never_carry_a_live_formula(text: str):
    book = openpyxl.load_workbook(io.BytesIO(exported([[text, "13800001111", UNION, text, 1]])))
    for cell in (book.active["D2"], book.active["G2"]):
        assert cell.data_type == "s"
        assert cell.quotePrefix
    problem = Problem(2, "A", "name", "", "GH-PER-203", "姓名不对", "改正")
    out = io.BytesIO()
    error_workbook(out, HEADER, [Rejected(2, [text, text], [problem])], kind="members", mapping={"name": 0})
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    assert all(cell.data_type == "s" for cell in sheet[2] if cell.value is not None)


def test_rejected_rows_can_be_corrected_and_fed_back():
    labels = [*HEADER, "备注"]
    wrong = [mark(NUMBER, "360802199003074500"), *[str(cell) for cell in member(1)[2:]], "留着"]
    row = ["张三2", *wrong]
    mapping = match(labels, [row], "members").mapping
    problems = Checker("members", mapping, on=TODAY).check(17, row)
    assert isinstance(problems, list) and len(problems) == 2
    out = io.BytesIO()
    count = error_workbook(out, labels, [Rejected(17, row, problems)], kind="members", mapping=mapping)
    assert count == 1
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    assert [cell.value for cell in sheet[1]] == ["_r", *labels, "原因"]
    assert sheet["A2"].value == "17" and sheet.column_dimensions["A"].hidden
    assert sheet["B2"].fill.start_color.rgb.endswith("FCE4E4") and "数字" in sheet["B2"].comment.text
    assert sheet["C2"].data_type == "s" and sheet["C2"].number_format == "@"
    assert "A 列" in sheet["H2"].value and "B 列" in sheet["H2"].value

    again = edited(out.getvalue(), ("B2", "张三"), ("C2", id_card(1)))
    with open_roster(again, "要改的行.xlsx") as roster:
        found = match(roster.labels, roster.samples, "members")
        assert found.unmatched == []
        checker = Checker("members", found.mapping, on=TODAY)
        answers = [checker.check(item.number, item.cells) for item in roster.rows()]
    assert len(answers) == 1 and isinstance(answers[0], Checked)


def test_missing_cell_is_coloured_too():
    out = io.BytesIO()
    problem = Problem(2, "C", "phone", "", "GH-IMP-201", "手机号码是空的", "补上")
    error_workbook(out, HEADER, [Rejected(2, ["张三", id_card(1)], [problem])], kind="members", mapping={"phone": 2})
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    assert sheet["D2"].fill.start_color.rgb.endswith("FCE4E4")


def test_untouched_export_changes_nothing():
    odd = ["  两 边 空格 ", "换\n行", "＝全角", "_x0041_", "𠮷😀", *DANGEROUS]
    data = exported([[text, "138****1111", UNION, "甲、乙", 7] for text in odd])
    for again in (data, edited(data)):
        with open_roster(again, "名单.xlsx") as roster:
            assert is_round_trip(roster.labels)
            rows = list(read_round_trip(roster))
        assert len(rows) == len(odd)
        assert all(row.changed == {} and row.version == 3 and not row.trouble for row in rows)


def test_only_changed_cells_come_back():
    data = exported([[f"人{number}", "138****1111", UNION, "", number] for number in range(5)])
    again = edited(
        data,
        ("D3", "改名"),
        ("H4", 9),
        ("E5", None),
        ("F2", UNION),
        append=[None, None, None, "新人", "13900001111"],
    )
    with open_roster(again, "名单.xlsx") as roster:
        rows = {row.number: row for row in read_round_trip(roster)}
    assert rows[2].changed == {}
    assert rows[3].changed == {"name": "改名"} and rows[3].id == "101"
    assert rows[4].changed == {"count": mark(NUMBER, "9")}
    assert rows[5].changed == {"phone": ""}
    assert rows[7].id == "" and rows[7].changed == {"name": "新人", "phone": "13900001111"}


def test_formula_put_into_an_export_is_a_change_that_checking_refuses():
    again = edited(exported([["张三", "138****1111", UNION, "", 1]]), ("D2", '="张三"'))
    with open_roster(again, "名单.xlsx") as roster:
        (row,) = read_round_trip(roster)
    assert kind_of(row.changed["name"]) == FORMULA


def test_columns_may_be_moved_or_removed():
    book = openpyxl.load_workbook(io.BytesIO(exported([["张三", "138****1111", UNION, "一班", 1]])))
    sheet = book.active
    sheet.delete_cols(5)
    sheet.insert_cols(4)
    sheet["D1"], sheet["D2"] = "我的记号", "x"
    out = io.BytesIO()
    book.save(out)
    with open_roster(out.getvalue(), "名单.xlsx") as roster:
        assert "phone" not in columns_of(roster.labels)
        (row,) = read_round_trip(roster)
    assert row.changed == {} and not row.trouble


def test_copied_or_tampered_hidden_cells_are_named():
    data = exported([["张三", "1", UNION, "", 1], ["李四", "1", UNION, "", 1], ["王五", "1", UNION, "", 1]])
    book = openpyxl.load_workbook(io.BytesIO(data))
    first = [cell.value for cell in book.active[2]]
    again = edited(data, ("B3", "三"), ("C4", "abc"), append=first)
    with open_roster(again, "名单.xlsx") as roster:
        rows = {row.number: row for row in read_round_trip(roster)}
    assert "第 2 行" in rows[5].trouble
    assert rows[3].trouble and rows[4].trouble
    assert not rows[2].trouble


def test_cells_sorted_apart_from_their_records_show_as_changes():
    data = exported([["张三", "1", UNION, "", 1], ["李四", "1", UNION, "", 1]])
    again = edited(data, ("D2", "李四"), ("D3", "张三"))
    with open_roster(again, "名单.xlsx") as roster:
        assert [row.changed for row in read_round_trip(roster)] == [{"name": "李四"}, {"name": "张三"}]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "是"),
        (False, "否"),
        (date(2020, 5, 1), "2020-05-01"),
        (["甲", "乙"], "甲、乙"),
        (0, "0"),
    ],
)
def test_exported_values(value: object, text: str):
    assert exported_text(value) == text
