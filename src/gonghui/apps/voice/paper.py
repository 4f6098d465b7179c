"""The workbook of voices collected on paper: its template, and reading one back with what is wrong in which row."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from gonghui.kernel.files.reading.table import first_sheet
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .choices import Nature
from .rules import text

HEAD = ("单位", "主题", "性质", "内容", "地点", "称呼", "电话")
MOST_BYTES, MOST_ROWS = 2_000_000, 2_000
_NATURES = {label: value for value, label in Nature.choices}


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where a file is wrong, what is wrong, and how to mend it."""

    row: int
    column: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: list[dict[str, Any]]
    mistakes: list[Mistake]


def template(topics: list[tuple[str, str]]) -> bytes:
    """The empty workbook with two examples and the lists to choose from."""
    import xlsxwriter  # a workbook is made now and then, the rest of the desk never needs it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("意见")
        head = book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1})
        sheet.write_row(0, 0, HEAD, head)
        sheet.write_row(
            1, 0, ["（单位全称）", topics[0][1], "建议", "（写清在哪里、什么事、希望怎样）", "总装车间", "", ""]
        )
        sheet.set_column(0, 0, 28)
        sheet.set_column(3, 3, 60)
        sheet.set_column(4, 6, 16)
        sheet.data_validation(1, 1, MOST_ROWS, 1, {"validate": "list", "source": [name for _, name in topics]})
        sheet.data_validation(1, 2, MOST_ROWS, 2, {"validate": "list", "source": list(_NATURES)})
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def read(viewer: Viewer, content: bytes, name: str, topics: list[tuple[str, str]]) -> Sheet:
    """The rows of a filled-in workbook.

    :raises Refusal: GH-VOI-070 too large, 071 not the template, 072 nothing in it, 073 too many rows.
    """
    if len(content) > MOST_BYTES:
        raise Refusal("GH-VOI-070", "文件超过2MB", "file", "分成几份导入")
    table = [(number, [cell.strip() for cell in cells]) for number, cells in first_sheet(content, name)]
    if not table or tuple(table[0][1][: len(HEAD)]) != HEAD:
        raise Refusal("GH-VOI-071", f"第一行应为：{'、'.join(HEAD)}", "file", "下载模板，把内容填进去")
    body = [(number, row) for number, row in table[1:] if any(row) and "（单位全称）" not in row[0]]
    if not body:
        raise Refusal("GH-VOI-072", "表里还没有意见", "file", "从第2行起，一行写一条")
    if len(body) > MOST_ROWS:
        raise Refusal("GH-VOI-073", f"一次最多{MOST_ROWS}行，现在有{len(body)}行", "file", "分成几份导入")
    sheet = Sheet([], [])
    bodies: dict[str, Organisation | None] = {}
    for number, row in body:
        _row(
            viewer, number, [*row, *[""] * len(HEAD)][: len(HEAD)], {name: code for code, name in topics}, bodies, sheet
        )
    return sheet


def _row(
    viewer: Viewer, number: int, cells: list[str], topics: dict[str, str], bodies: dict[str, Any], sheet: Sheet
) -> None:
    unit, topic, nature, words, place, name, phone = cells
    wrong = []
    if unit not in bodies:
        same = [one for one in org_queries.search(viewer, unit, 6) if one.name == unit] if unit else []
        bodies[unit] = same[0] if len(same) == 1 else None
    if bodies[unit] is None:
        wrong.append(Mistake(number, "单位", f"本级范围内没有叫“{unit[:30]}”的组织", "写组织名录里的全称"))
    if topic not in topics:
        wrong.append(Mistake(number, "主题", f"没有“{topic[:20]}”这个主题", "从下拉列表里选"))
    if nature not in _NATURES:
        wrong.append(Mistake(number, "性质", f"没有“{nature[:20]}”", "从咨询、建议、求决里选"))
    plain = text.clean(words)
    if not text.LEAST <= len(plain) <= text.MOST:
        wrong.append(
            Mistake(number, "内容", f"现在{len(plain)}字，应在{text.LEAST}至{text.MOST}字之间", "写清在哪里、什么事")
        )
    if wrong:
        sheet.mistakes.extend(wrong)
        return
    sheet.rows.append(
        {
            "organisation": bodies[unit], "topic": topics[topic], "nature": _NATURES[nature], "text": plain,
            "place": place, "name": name, "phone": phone,
        }
    )  # fmt: skip
