"""The file of questions: its template, and reading one back with row, column and reason of every mistake."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from gonghui.kernel.files.reading.table import first_sheet
from gonghui.kernel.refusal import Refusal

from .choices import JUDGE_OPTIONS, QuestionKind
from .rules import LETTERS, answer_mask, options_for, question_problem

HEAD = ("科目", "题型", "题目", *(f"选项{one}" for one in LETTERS), "答案", "解析")
MOST_BYTES, MOST_ROWS = 2_000_000, 5_000
_KINDS = {label: value for value, label in QuestionKind.choices}
_COLUMNS = {"subject": 0, "kind": 1, "text": 2, "options": 3, "answer": 9}
_EXAMPLES = (
    (
        "工会法",
        "单选",
        "用人单位设立工会，会员有多少人以上应当建立基层工会委员会？",
        "二十五人",
        "五十人",
        "一百人",
        "",
        "",
        "",
        "A",
        "《工会法》第十一条第一款",
    ),
    (
        "劳动法",
        "判断",
        "用人单位应当保证劳动者每周至少休息一日。",
        "",
        "",
        "",
        "",
        "",
        "",
        "对",
        "《劳动法》第三十八条",
    ),
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where a file is wrong, what is wrong, and how to mend it."""

    row: int
    column: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Questions of a file that are right, and what is wrong with the others."""

    questions: list[dict[str, Any]]
    mistakes: list[Mistake]


def template() -> bytes:
    """An empty workbook with its columns, two examples and the words that each column takes."""
    out = io.BytesIO()
    import xlsxwriter  # only who asks for a sheet waits for it

    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#F1F4F8", "bottom": 1})
        sheet = book.add_worksheet("题目")
        sheet.write_row(0, 0, HEAD, head)
        for at, row in enumerate(_EXAMPLES, 1):
            sheet.write_row(at, 0, row)
        sheet.set_column(2, 2, 50)
        sheet.set_column(3, 8, 14)
        sheet.set_column(10, 10, 30)
        sheet.data_validation(1, 1, MOST_ROWS, 1, {"validate": "list", "source": list(_KINDS)})
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def read(name: str, data: bytes) -> Sheet:
    """:raises Refusal: GH-LRN-050 too big; 052 other columns; 053 too many rows; and what makes a file unreadable."""
    if len(data) > MOST_BYTES:
        raise Refusal("GH-LRN-050", f"文件有{len(data) / 1e6:.1f}MB，最多2MB", "file", "分成几份上传")
    rows = [(number, [" ".join(cell.split()) for cell in cells]) for number, cells in first_sheet(data, name)]
    if not rows or rows[0][1][: len(HEAD)] != list(HEAD):
        raise Refusal("GH-LRN-052", "第1行的列名和模板不一样", "file", "下载模板，把题目贴进去再上传")
    if len(rows) - 1 > MOST_ROWS:
        raise Refusal("GH-LRN-053", f"有{len(rows) - 1:,}行，一次最多{MOST_ROWS:,}行", "file", "分成几份上传")
    questions, mistakes, seen = [], [], {}
    for number, cells in rows[1:]:
        row = [*cells, *([""] * len(HEAD))][: len(HEAD)]
        one, wrong = _question(number, row)
        if wrong is None and one["text"] in seen:
            wrong = Mistake(number, "题目", f"和第{seen[one['text']]}行是同一道题", "删去其中一行")
        if wrong:
            mistakes.append(wrong)
            continue
        seen[one["text"]] = number
        questions.append(one)
    return Sheet(questions, mistakes)


def _question(number: int, row: list[str]) -> tuple[dict[str, Any], Mistake | None]:
    kind = _KINDS.get(row[1].removesuffix("题"), "")
    one = {
        "subject": row[0],
        "kind": kind,
        "text": row[2],
        "options": list(JUDGE_OPTIONS) if kind == QuestionKind.JUDGE else options_for(kind, row[3:9]),
        "answer": answer_mask(kind, row[9]),
        "explanation": row[10],
    }
    if not row[0]:
        return one, Mistake(number, "科目", "没有写科目", "例如：工会法")
    if len(row[0]) > 40 or len(row[10]) > 600:
        return one, Mistake(
            number, "科目" if len(row[0]) > 40 else "解析", "字数太多", "科目最多40个字，解析最多600个字"
        )
    if kind != QuestionKind.JUDGE and any(row[at] and not row[at - 1] for at in range(4, 9)):
        return one, Mistake(number, "选项", "选项中间空了一格", "从选项A起依次填写")
    problem = question_problem(kind, row[2], one["options"], one["answer"])
    if problem is None:
        return one, None
    column = "选项" if problem[0] == "options" else HEAD[_COLUMNS[problem[0]]]
    return one, Mistake(number, column, problem[1], problem[2])
