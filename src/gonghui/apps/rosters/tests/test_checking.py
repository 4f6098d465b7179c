"""Checking: what a problem says and hides, single rows, changed cells, and that the fast way is the kernel's way."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.apps.rosters.changes import ChangeChecker
from gonghui.apps.rosters.checking import (
    Checked,
    Checker,
    check_member_row,
    check_officer_row,
    check_organisation_row,
)
from gonghui.apps.rosters.tests.builders import UNION, id_card, member
from gonghui.apps.rosters.values import read_code, read_date, read_region
from gonghui.kernel.files.reading.cells import FORMULA, NUMBER, mark
from gonghui.kernel.people.choices import IdKind, Sex
from gonghui.kernel.people.rules import check_id
from gonghui.kernel.refusal import Refusal

TODAY = date(2026, 11, 21)
MAPPING = {"name": 0, "id_number": 1, "phone": 2, "organisation": 3, "joined_on": 4}
ROW = {
    "name": "张三",
    "id_number": id_card(1),
    "phone": "13800001111",
    "organisation": UNION,
    "joined_on": "2020-05-01",
}


def cells(number: int, **changes: object) -> list[str]:
    return [str(cell) for cell in member(number, **changes)]


def test_good_row_gives_codes_and_what_the_number_says():
    found = check_member_row({**ROW, "ethnicity": "汉"}, on=TODAY)
    assert isinstance(found, Checked)
    assert found.values["sex"] == Sex.MALE
    assert found.values["birth"] == date(1990, 3, 7)
    assert found.values["joined_on"] == date(2020, 5, 1)
    assert found.values["ethnicity"] == "01"
    assert found.values["id_kind"] == IdKind.IDENTITY_CARD
    assert found.warnings == ()


def test_problem_masks_personal_values():
    found = check_member_row(
        {**ROW, "id_number": id_card(1)[:17] + "Z", "phone": "1380000111", "name": "张三2"}, on=TODAY
    )
    assert isinstance(found, list) and len(found) == 3
    shown = " ".join(problem.value + problem.message + problem.hint for problem in found)
    assert id_card(1)[:17] not in shown and "1380000111" not in shown and "张三2" not in shown


def test_formula_problem_names_its_address():
    found = Checker("members", MAPPING, on=TODAY).check(12, [mark(FORMULA, "张三"), *cells(1)[1:]])
    assert isinstance(found, list)
    assert found[0].message == "A12 是公式，把它粘贴为数值"
    assert found[0].sentence().startswith("第 12 行 A 列")


def test_number_cell_is_refused_even_when_it_looks_right():
    found = Checker("members", MAPPING, on=TODAY).check(2, [*cells(1)[:1], mark(NUMBER, id_card(1)), *cells(1)[2:]])
    assert isinstance(found, list)
    assert found[0].code == "GH-IMP-202"
    assert "15 位" in found[0].message and "文本" in found[0].hint


def test_month_only_joining_date_is_taken_with_a_warning():
    found = check_member_row({**ROW, "joined_on": "2020年5月"}, on=TODAY)
    assert isinstance(found, Checked)
    assert found.values["joined_on"] == date(2020, 5, 1)
    assert [warning.code for warning in found.warnings] == ["GH-IMP-W11"]


def test_warnings_do_not_stay_for_the_next_row():
    checker = Checker("members", MAPPING, on=TODAY)
    assert isinstance(checker.check(2, cells(1, joined="2020年5月")), Checked)
    clean = checker.check(3, cells(3))
    assert isinstance(clean, Checked) and clean.warnings == ()


def test_joining_on_the_sixteenth_birthday_is_allowed_and_the_day_before_is_not():
    assert isinstance(check_member_row({**ROW, "joined_on": "2006-03-07"}, on=TODAY), Checked)
    found = check_member_row({**ROW, "joined_on": "2006-03-06"}, on=TODAY)
    assert isinstance(found, list) and found[0].code == "GH-IMP-267"


def test_duplicates_name_both_rows():
    checker = Checker("members", MAPPING, on=TODAY)
    checker.check(5, cells(1))
    later = checker.check(9, cells(1, name="李四"))
    assert isinstance(later, list) and "第 5 行" in later[0].message
    (first,) = checker.finish()
    assert first.row == 5 and "第 9 行" in first.message


def test_same_number_in_other_spelling_is_a_duplicate():
    checker = Checker("members", MAPPING, on=TODAY)
    checker.check(5, cells(1))
    spaced = f"{id_card(1)[:6]} {id_card(1)[6:]}"
    assert isinstance(checker.check(6, cells(1, id=spaced)), list)


def test_row_shorter_than_the_header_is_no_crash():
    found = Checker("members", MAPPING, on=TODAY).check(2, ["张三"])
    assert isinstance(found, list)
    assert {problem.field for problem in found} == {"id_number", "organisation"}


def test_organisation_row_warns_of_codes_in_the_wrong_column():
    raw = {"name": UNION, "uscc": "91360829MA35ABCD48", "headcount": "10", "members": "20"}
    found = check_organisation_row(raw, on=TODAY)
    assert isinstance(found, Checked)
    assert {warning.code for warning in found.warnings} == {"GH-IMP-W13", "GH-IMP-W14"}


def test_officer_row_reads_open_end():
    raw = {
        "name": "张三",
        "id_number": id_card(1),
        "organisation": UNION,
        "office": "主席",
        "valid_from": "2023-06-01",
    }
    found = check_officer_row({**raw, "valid_to": "至今"}, on=TODAY)
    assert isinstance(found, Checked)
    assert found.values["valid_to"] is None and found.values["office"] == "chair"


def test_changed_cells_are_checked_alone():
    checker = ChangeChecker("members", MAPPING, on=TODAY)
    found = checker.check_changes(7, {"phone": "１３９００００１１１１", "joined_on": ""})
    assert isinstance(found, Checked)
    assert found.values == {"phone": "13900001111", "joined_on": None}
    refused = checker.check_changes(8, {"name": "", "members": "5", "phone": mark(FORMULA, "13900001111")})
    assert isinstance(refused, list)
    assert {problem.code for problem in refused} == {"GH-IMP-201", "GH-IMP-271", "GH-IMP-203"}


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1990年3月7日", date(1990, 3, 7)),
        ("1990.3.7", date(1990, 3, 7)),
        ("1990．03．07", date(1990, 3, 7)),
        ("19900307", date(1990, 3, 7)),
        ("一九九〇年三月七日", date(1990, 3, 7)),
        ("二〇一五年十二月三十一日", date(2015, 12, 31)),
        ("1990-3-7 08:30", date(1990, 3, 7)),
        ("1990/3/7 周三", date(1990, 3, 7)),
        ("13/3/1990", date(1990, 3, 13)),
        ("32939", date(1990, 3, 7)),
    ],
)
def test_dates_as_people_write_them(written: str, day: date):
    found = read_date(written, "joined_on")
    assert found is not None and found.day == day


@settings(deadline=None)
@given(st.text(max_size=20))
def test_no_text_breaks_the_date_reader(text: str):
    try:
        found = read_date(text, "joined_on")
    except Refusal as refusal:
        assert refusal.code.startswith("GH-IMP-2")
    else:
        assert found is None or 1900 <= found.day.year <= 2100


@settings(deadline=None)
@given(st.lists(st.text(max_size=25), min_size=5, max_size=5))
def test_no_row_breaks_the_checker(row: list[str]):
    found = Checker("members", MAPPING, on=TODAY).check(2, row)
    assert isinstance(found, (Checked, list))


@pytest.mark.parametrize(
    ("cell", "code_list", "code"),
    [
        ("汉", "Ethnicity", "01"),
        ("1", "Sex", "1"),
        ("女性", "Sex", "2"),
        ("170私营企业", "UnitKind", "170"),
        ("物流", "Industry", "G"),
        ("货运司机", "NewFormOccupation", "truck_driver"),
        ("无", "NewFormOccupation", None),
        ("是", "Tenure", "full_time"),
    ],
)
def test_code_lists_take_labels_codes_and_variants(cell: str, code_list: str, code: str | None):
    assert read_code(cell, "x", code_list) == code


def test_unknown_code_offers_the_nearest():
    with pytest.raises(Refusal) as caught:
        read_code("中共产党员", "politics", "Politics")
    assert "中共党员" in (caught.value.hint or "")


def test_region_by_name_within_its_province():
    assert read_region("江西省吉安市安福县", "region") == "360829"
    assert read_region("安福县", "region") == "360829"
    with pytest.raises(Refusal):
        read_region("市中区", "region")


def test_bulk_check_agrees_with_the_kernel():
    rows = [
        (
            number,
            cells(
                number % 999 + 1,
                id=id_card(number % 999 + 1, birth=f"19{60 + number % 40}0{number % 9 + 1}1{number % 9}"),
            ),
        )
        for number in range(2, 2_002)
    ]
    checker = Checker("members", MAPPING, on=TODAY)
    answers = [checker.check(number, row) for number, row in rows]
    for (_, row), answer in zip(rows[:500], answers[:500], strict=True):
        if isinstance(answer, Checked):
            assert answer.values["id_number"] == check_id(IdKind.IDENTITY_CARD, row[1]).number
