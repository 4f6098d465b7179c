"""The bank and its file; drafts, publishing; reading plans and check-ins."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter
from django.utils import timezone

from gonghui.apps.learning import forms, queries, services, sheets
from gonghui.apps.learning.factories import make_question
from gonghui.apps.learning.models import CheckIn, Question, ReadingPlan
from gonghui.kernel.factories import viewer_at
from gonghui.kernel.files.reading.codes import FILE_CODES
from gonghui.kernel.scope import take_scope, take_scope_of
from gonghui.kernel.viewer import Viewer

from .test_attempts import refused

GOOD = ["工会法", "多选", "下列哪些是职工的权利？", "加入工会", "民主管理", "拖欠工资", "", "", "", "AB", "第三条"]


def as_csv(*rows: list[str], head: Any = sheets.HEAD) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode("gb18030")


def facts(organisation: Any, **more: Any) -> dict[str, Any]:
    known = forms.proposed(organisation, timezone.localdate()) | {
        "title": "七月每月一答",
        "subject": "",
        "intro": "",
        "prizes": "",
    }
    return known | {"organisation": organisation} | more


def test_the_template_comes_back_as_it_is() -> None:
    sheet = sheets.read("题目.xlsx", sheets.template())
    assert sheet.mistakes == [] and [one["kind"] for one in sheet.questions] == ["single", "judge"]


@pytest.mark.parametrize(
    ("at", "text", "column"),
    [
        (0, "", "科目"), (1, "问答", "题型"), (2, "短", "题目"), (4, "", "选项"), (5, "加入工会", "选项"), (9, "AF", "答案"),
        (9, "A", "答案"), (10, "长" * 601, "解析"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_by_row_and_column(at: int, text: str, column: str) -> None:
    wrong = [*GOOD[:at], text, *GOOD[at + 1 :]]
    sheet = sheets.read("题目.csv", as_csv(["", *[""] * 10], GOOD, wrong))
    assert [(one.row, one.column) for one in sheet.mistakes] == [(4, column)]
    assert sheet.mistakes[0].message and sheet.mistakes[0].hint


def test_the_same_question_twice_in_a_file_is_a_mistake() -> None:
    assert [one.message for one in sheets.read("题目.csv", as_csv(GOOD, GOOD)).mistakes] == ["和第2行是同一道题"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04broken", FILE_CODES["truncated"]),
        (b"\x00\x01\x02\x03" * 50, FILE_CODES["binary"]),
        (b"", FILE_CODES["empty"]),
        (as_csv(GOOD, head=["甲", "乙"]), "GH-LRN-052"),
        (b"x" * 2_000_001, "GH-LRN-050"),
        (as_csv(*[GOOD] * 5001), "GH-LRN-053"),
    ],
)
def test_a_file_that_is_none(data: bytes, code: str) -> None:
    refused(code, sheets.read, "题目", data)


def test_a_hostile_workbook_is_read_in_a_confined_process_and_refused() -> None:
    """A cell in the last corner makes a parser ask for hundreds of gigabytes: it must not happen where pages are served."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, sheets.HEAD)
        sheet.write(1_048_575, 16_383, "远")
    refused(FILE_CODES["far_cell"], sheets.read, "题目.xlsx", out.getvalue())


def test_numbers_in_a_workbook_are_read_as_written() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, sheets.HEAD)
        sheet.write_row(1, 0, ["工会法", "单选", "多少人以上应当建立工会？", 25, 50, 100, "", "", "", "A", ""])
    assert sheets.read("题目.xlsx", out.getvalue()).questions[0]["options"] == ["25", "50", "100"]


def test_an_import_skips_what_the_bank_has(tree: Any) -> None:
    officer = viewer_at(tree.county, "publicity")
    take_scope_of(officer)
    rows = sheets.read("题目.csv", as_csv(GOOD)).questions
    first = services.import_questions(officer, organisation=tree.county, rows=rows)
    again = services.import_questions(officer, organisation=tree.county, rows=rows)
    assert (first.added, again.added, again.repeated, Question.objects.count()) == (1, 0, 1, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "七"}, "GH-LRN-020"),
        ({"closes_on": date(2020, 1, 1)}, "GH-LRN-021"),
        ({"closes_on": date(2090, 1, 1)}, "GH-LRN-022"),
        ({"pass_line": 101}, "GH-LRN-023"),
    ],
)
def test_a_quiz_that_cannot_be(tree: Any, change: dict[str, Any], code: str) -> None:
    officer = viewer_at(tree.county, "publicity")
    refused(code, services.draft_quiz, officer, **facts(tree.county, **change))


def test_publishing_freezes_the_questions_of_its_place_and_above(tree: Any) -> None:
    officer, chair = viewer_at(tree.city, "publicity"), viewer_at(tree.union, "grassroots_chair")
    for number in range(9):
        make_question(tree.city, f"第{number}道题目")
    make_question(tree.other_city, "别处的题目")
    row = services.draft_quiz(officer, **facts(tree.city))
    refused("GH-LRN-024", services.publish_quiz, officer, quiz_id=row.pk)
    make_question(tree.city, "最后一道题")
    assert services.publish_quiz(officer, quiz_id=row.pk).set_size == 10
    refused("GH-LRN-028", services.publish_quiz, officer, quiz_id=row.pk)
    refused("GH-LRN-001", services.draft_quiz, chair, **facts(tree.county))
    refused("GH-LRN-027", services.withdraw_quiz, chair, quiz_id=row.pk, reason="不办了")


def reads(member: Viewer, plan: ReadingPlan, on: date, **more: Any) -> CheckIn:
    return services.check_in(member, plan_id=plan.pk, reflection="安全规程要天天看", on=on, **more)


def test_once_a_day_never_later_and_streaks_by_the_calendar(plan: ReadingPlan, member: Viewer) -> None:
    today = timezone.localdate()
    for back in (5, 4, 3, 1, 0):
        reads(member, plan, today - timedelta(days=back))
    refused("GH-LRN-047", reads, member, plan, today)
    refused("GH-LRN-046", reads, member, plan, today + timedelta(days=30))
    refused("GH-LRN-048", services.check_in, member, plan_id=plan.pk, reflection="好" * 301)
    found, done = queries.own_streaks(member, [plan], today)[plan.pk]
    assert (found.current, found.longest, found.total, done) == (2, 3, 5, True)
    assert queries.badges(plan.path, today) == [7, 21, 50, 100]


def test_a_sentence_is_shown_to_others_only_when_shared(plan: ReadingPlan, tree: Any, member: Viewer) -> None:
    today = timezone.localdate()
    reads(member, plan, today)
    reads(member, plan, today - timedelta(days=1), shared=True)
    take_scope("", "~")
    from gonghui.kernel.access.queries import viewer_of_member
    from gonghui.kernel.factories import make_account

    other = viewer_of_member(make_account("m-neighbour", "欧阳志强", "member", tree.neighbour.person))
    take_scope("", "", other.person_id)
    assert [(one["name"], one["on"]) for one in queries.shared(other, plan)] == [("刘**", today - timedelta(days=1))]
    assert queries.shared(member, plan) == []
    take_scope("", "~")
    chair = viewer_at(tree.union, "grassroots_chair")
    take_scope_of(chair)
    assert queries.check_ins(chair, plan).count() == 2


def test_no_plan_for_a_stranger(plan: ReadingPlan, stranger: Viewer) -> None:
    take_scope("", "", stranger.person_id)
    refused("GH-LRN-045", reads, stranger, plan, timezone.localdate())
