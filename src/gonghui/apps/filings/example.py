"""A form of our own design as superiors demand them: three sheets, heads over several lines, sums, rows of bodies.

It is no copy of anybody's form. The demonstration files it every quarter, and tests fill it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook

BASE, AID, MEANS = "基层工会组织和会员情况", "困难帮扶情况", "经费和阵地情况"
TITLE = "基层工作情况季报"
FIRST = 7
"""The first row of bodies on the first sheet."""
_BODIES = (
    ("C", "工会组织", "organisations"), ("D", "基层工会", "unions"),
    ("E", "会员总数", "members"),
    ("F", "女会员", "members_women"), ("G", "新就业形态会员", "members_new_form"),
    ("H", "农民工会员", "members_migrant"),
)  # fmt: skip
_AID = (
    ("在册困难职工", "户", "hardship_files", 1), ("新建困难职工档案", "户", "hardship_filed", 1),
    ("困难职工脱困", "户", "hardship_exited", 1), ("帮扶资金", "万元", "aid_paid", 10000),
    ("帮扶救助", "笔", "aid_count", 1), ("受帮扶职工", "人", "aid_people", 1), ("法律援助", "件", "legal_aid", 1),
    ("争议调解", "件", "disputes", 1),
)  # fmt: skip
STATIONS, HOMES, INCOME, WORDS = "户外劳动者驿站", "职工之家", "工会经费收入", "主要做法和问题"
"""What no record knows and somebody is asked."""


def workbook(places: Sequence[str]) -> bytes:
    """The form, empty, with a row for each of the bodies named."""
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    looks = _looks(book)
    _base(book, looks, places)
    _aid(book, looks, places)
    _means(book, looks)
    book.close()
    return stream.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    line = {
        "border": 1,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "font_name": "宋体",
        "font_size": 11,
    }
    return {
        "title": book.add_format({"bold": True, "align": "center", "font_name": "黑体", "font_size": 18}),
        "head": book.add_format({**line, "bold": True, "bg_color": "#EDEDED"}),
        "cell": book.add_format(line),
        "count": book.add_format({**line, "num_format": "#,##0"}),
        "money": book.add_format({**line, "num_format": "#,##0.00"}),
        "share": book.add_format({**line, "num_format": "0.0%"}),
        "foot": book.add_format({"font_name": "宋体", "font_size": 11}),
        "words": book.add_format({**line, "align": "left", "valign": "top"}),
    }


def _base(book: Any, looks: dict[str, Any], places: Sequence[str]) -> None:
    sheet = book.add_worksheet(BASE)
    sheet.set_column("A:A", 6)
    sheet.set_column("B:B", 26)
    sheet.set_column("C:H", 13)
    sheet.set_landscape()
    sheet.merge_range("A1:H1", "基层工会组织和会员情况统计表", looks["title"])
    sheet.write("A2", "填报单位：", looks["foot"])
    sheet.merge_range("B2:D2", "", looks["foot"])
    sheet.write("F2", "报告期：", looks["foot"])
    sheet.merge_range("G2:H2", "", looks["foot"])
    sheet.merge_range("A3:A5", "序号", looks["head"])
    sheet.merge_range("B3:B5", "单位", looks["head"])
    sheet.merge_range("C3:D3", "组织（家）", looks["head"])
    sheet.merge_range("E3:H3", "会员（名）", looks["head"])
    sheet.merge_range("F4:H4", "其中", looks["head"])
    for column, title, _ in _BODIES:
        if column in "CDE":
            sheet.merge_range(f"{column}4:{column}5", title, looks["head"])
        else:
            sheet.write(f"{column}5", title, looks["head"])
    last = FIRST + len(places) - 1
    sheet.write("A6", "", looks["cell"])
    sheet.write("B6", "合计", looks["head"])
    for column, _, _ in _BODIES:
        sheet.write_formula(f"{column}6", f"=SUM({column}{FIRST}:{column}{last})", looks["count"])
    for n, name in enumerate(places):
        sheet.write(f"A{FIRST + n}", n + 1, looks["cell"])
        sheet.write(f"B{FIRST + n}", name, looks["cell"])
        for column, _, _ in _BODIES:
            sheet.write_blank(f"{column}{FIRST + n}", None, looks["count"])
    sheet.write(f"B{last + 1}", "填报人：", looks["foot"])
    sheet.write(f"F{last + 1}", "填报日期：", looks["foot"])
    sheet.freeze_panes(5, 2)


def _aid(book: Any, looks: dict[str, Any], places: Sequence[str]) -> None:
    sheet = book.add_worksheet(AID)
    sheet.set_column("A:A", 22)
    sheet.set_column("B:E", 14)
    sheet.merge_range("A1:E1", "困难帮扶情况统计表", looks["title"])
    for column, words in zip("ABCDE", ("项目", "计量单位", "本期", "本年累计", "上年同期"), strict=True):
        sheet.write(f"{column}2", words, looks["head"])
    for n, (title, unit, _, per) in enumerate(_AID):
        sheet.write(f"A{3 + n}", title, looks["cell"])
        sheet.write(f"B{3 + n}", unit, looks["cell"])
        for column in "CDE":
            sheet.write_blank(f"{column}{3 + n}", None, looks["money" if per > 1 else "count"])
    top = _aid_bodies()
    sheet.merge_range(f"A{top - 1}:E{top - 1}", "分地方", looks["head"])
    for column, words in zip("ABC", ("单位", "在册困难职工", "受帮扶职工"), strict=True):
        sheet.write(f"{column}{top}", words, looks["head"])
    for n, name in enumerate(places):
        sheet.write(f"A{top + 1 + n}", name, looks["cell"])
        sheet.write_blank(f"B{top + 1 + n}", None, looks["count"])
        sheet.write_blank(f"C{top + 1 + n}", None, looks["count"])
    last = top + len(places)
    sheet.write(f"A{last + 1}", "合计", looks["head"])
    for column in "BC":
        sheet.write_formula(f"{column}{last + 1}", f"=SUM({column}{top + 1}:{column}{last})", looks["count"])


def _aid_bodies() -> int:
    """The row of heads above the bodies on the second sheet."""
    return 3 + len(_AID) + 2


def _means(book: Any, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet(MEANS)
    sheet.set_column("A:A", 26)
    sheet.set_column("B:E", 14)
    sheet.merge_range("A1:E1", "经费和阵地情况统计表", looks["title"])
    for column, words in zip("ABCDE", ("项目", "计量单位", "本期", "上年同期", "增长"), strict=True):
        sheet.write(f"{column}2", words, looks["head"])
    rows = (("以奖代补资金", "万元"), ("受补单位", "家"), (INCOME, "万元"), (STATIONS, "个"), (HOMES, "个"))
    for n, (title, unit) in enumerate(rows):
        sheet.write(f"A{3 + n}", title, looks["cell"])
        sheet.write(f"B{3 + n}", unit, looks["cell"])
        for column in "CD":
            sheet.write_blank(f"{column}{3 + n}", None, looks["money" if unit == "万元" else "count"])
    sheet.write_formula("E3", '=IF(D3=0,"",C3/D3-1)', looks["share"])
    sheet.write("A8", "阵地合计", looks["head"])
    sheet.write("B8", "个", looks["head"])
    sheet.write_formula("C8", "=C6+C7", looks["count"])
    sheet.write("A9", WORDS, looks["head"])
    sheet.merge_range("B9:E9", "", looks["words"])
    sheet.set_row(8, 90)


def mapping(places: Sequence[str]) -> list[dict[str, Any]]:
    """What the cells of the form mean."""
    last = FIRST + len(places) - 1
    found: list[dict[str, Any]] = [
        {"sheet": BASE, "cell": "B2", "kind": "text", "said": "own"},
        {"sheet": BASE, "cell": "G2", "kind": "text", "said": "period"},
        {"sheet": BASE, "cell": f"C{last + 1}", "kind": "text", "said": "filler"},
        {"sheet": BASE, "cell": f"G{last + 1}", "kind": "text", "said": "date"},
    ]
    for row in range(FIRST, last + 1):
        for column, _, key in _BODIES:
            part = {"whole": f"E{row}"} if column in "FGH" else {"whole": f"C{row}"} if column == "D" else {}
            found.append({"sheet": BASE, "cell": f"{column}{row}", "kind": "figure", "figure": key,
                          "label": f"B{row}", **part})  # fmt: skip
    for n, (_, _, key, per) in enumerate(_AID):
        for column, back in (("C", "this"), ("D", "year"), ("E", "year_before")):
            found.append({"sheet": AID, "cell": f"{column}{3 + n}", "kind": "figure", "figure": key, "back": back,
                          "per": per})  # fmt: skip
    top = _aid_bodies()
    for row in range(top + 1, top + 1 + len(places)):
        found += [
            {"sheet": AID, "cell": f"{column}{row}", "kind": "figure", "figure": key, "label": f"A{row}"}
            for column, key in (("B", "hardship_files"), ("C", "aid_people"))
        ]
    for column, back in (("C", "this"), ("D", "year_before")):
        found += [
            {
                "sheet": MEANS,
                "cell": f"{column}3",
                "kind": "figure",
                "figure": "grants_paid",
                "back": back,
                "per": 10000,
            },
            {"sheet": MEANS, "cell": f"{column}4", "kind": "figure", "figure": "grants_units", "back": back},
        ]
    found += [
        {"sheet": MEANS, "cell": "C5", "kind": "asked", "title": INCOME, "unit": "万元", "role": "finance"},
        {"sheet": MEANS, "cell": "C6", "kind": "asked", "title": STATIONS, "unit": "个", "below": True},
        {"sheet": MEANS, "cell": "C7", "kind": "asked", "title": HOMES, "unit": "个"},
        {"sheet": MEANS, "cell": "B9", "kind": "asked", "title": WORDS, "number": False},
    ]
    return found
