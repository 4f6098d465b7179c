"""Reads the layout of a form: the words, numbers and formulas of its cells, what is merged and what is linked.

Runs in the confined child only (`child.py`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from gonghui.kernel.files.reading.cells import clean, unescape_ooxml
from gonghui.kernel.files.reading.limits import DEFAULT, Limits
from gonghui.kernel.files.reading.packages import damaged_is_refused
from gonghui.kernel.files.reading.xlsx_parts import shared_strings, workbook
from gonghui.kernel.refusal import Refusal

from ..rules.formulas import shifted, terms
from ..rules.sheets import Area, Book, Cell, Sheet, area, place
from .parts import MAIN, cells, tree

MOST_CELLS, MOST_SHEETS, MOST_AREAS, MOST_TERMS, MOST_FORMULAS = 50_000, 40, 2_000, 500_000, 10_000
LONGEST_FORMULA = 8_192
"""What Excel itself allows."""


def read(data: bytes, limits: Limits = DEFAULT) -> Book:
    """The sheets of a file.

    :raises Refusal: GH-FLG-004 damaged, 005 far larger than any form.
    :raises Unreadable: what the house's reader of tables refuses.
    """
    with damaged_is_refused(), zipfile.ZipFile(io.BytesIO(data)) as package:
        known, _, folder = workbook(package, limits)
        if len(known) > MOST_SHEETS:
            raise Refusal("GH-FLG-005", f"文件里有{len(known)}张表，一份报表最多{MOST_SHEETS}张", "file", "拆成几份")
        shared = shared_strings(package, folder)
        found: list[Sheet] = []
        left = MOST_CELLS
        for one in known:
            sheet = _sheet(one.name, one.hidden, tree(package.read(one.part), plain=True), shared)
            left -= len(sheet.cells)
            if left < 0:
                raise Refusal("GH-FLG-005", f"表样里有{MOST_CELLS:,}格以上的内容", "file", "只留表样，不要带数据")
            found.append(sheet)
    formulas = [cell.formula for sheet in found for cell in sheet.cells.values() if cell.formula]
    if len(formulas) > MOST_FORMULAS:
        raise Refusal(
            "GH-FLG-005", f"表样里有{MOST_FORMULAS:,}个以上的公式", "file", "去掉没有用到的公式，或者拆成几份"
        )
    if sum(len(terms(one) or ()) for one in formulas) > MOST_TERMS:
        raise Refusal("GH-FLG-005", "公式要加的格太多", "file", "合计只写到表的最后一行，不要写到几万行")
    return Book(tuple(found))


def _words(element: Any) -> str:
    """The text of a string, without the readings that East Asian programs add."""
    return _said("".join(one.text or "" for one in element.iter(f"{MAIN}t") if one.getparent().tag != f"{MAIN}rPh"))


def _said(text: str) -> str:
    """As a person reads it; what XML cannot hold is written as _x0007_ and is no word."""
    return clean(unescape_ooxml(text))


def _sheet(name: str, hidden: bool, root: Any, shared: list[str]) -> Sheet:
    kept: dict[str, Cell] = {}
    frame: set[str] = set()
    masters: dict[str, tuple[str, str]] = {}
    spilt: list[str] = []
    rows = columns = 0
    for at, element in cells(root):
        cell = _cell(at, element, shared, masters, spilt)
        row, column = place(at)
        near = row <= 500 and column <= 100
        if near and element.get("s", "0") != "0":
            frame.add(at)
        if cell.text or cell.formula or cell.number is not None:
            kept[at] = cell
        if at in kept or near:  # styled but empty cells have a frame to fill in
            rows, columns = max(rows, row), max(columns, column)
    for at in spilt[:MOST_CELLS]:
        if at not in kept or not kept[at].formula:
            kept[at] = Cell(at, formula="?")
    merges = _areas(name, "合并的格", (one.get("ref", "") for one in root.iter(f"{MAIN}mergeCell")))
    links = _areas(name, "超链接", (one.get("ref", "") for one in root.iter(f"{MAIN}hyperlink")))
    return Sheet(name, hidden, kept, merges, rows, columns, frozenset(frame), links)


def _areas(name: str, what: str, refs: Iterable[str]) -> tuple[Area, ...]:
    found = tuple(one for ref in refs if (one := _area(ref)))
    if len(found) > MOST_AREAS:
        raise Refusal("GH-FLG-005", f"{name}里有{MOST_AREAS:,}处以上{what}", "file", f"取消多余的{what}")
    return found


def _cell(at: str, element: Any, shared: list[str], masters: dict[str, tuple[str, str]], spilt: list[str]) -> Cell:
    kind = element.get("t", "n")
    formula = element.find(f"{MAIN}f")
    if formula is not None:
        if formula.get("t") in ("array", "dataTable"):
            spilt += area(formula.get("ref", ""))
        return Cell(at, formula=_formula(at, formula, masters))
    if kind == "inlineStr":
        inside = element.find(f"{MAIN}is")
        return Cell(at, _words(inside) if inside is not None else "")
    value = element.findtext(f"{MAIN}v", "")
    if kind == "s":
        plain = value.isascii() and value.isdecimal() and len(value) < 9
        return Cell(at, shared[int(value)] if plain and int(value) < len(shared) else "")
    if kind != "n":
        return Cell(at, _said(value))
    try:
        number = Decimal(value)
    except InvalidOperation:
        return Cell(at)
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15 or number.as_tuple().exponent < -30:  # type: ignore[operator]
        return Cell(at)
    return Cell(at, f"{number:f}", number)


def _formula(at: str, formula: Any, masters: dict[str, tuple[str, str]]) -> str:
    """The text of a formula; of one that shares another's the same as it reads from here."""
    said = (formula.text or "").strip()
    if len(said) > LONGEST_FORMULA:
        return "?"
    group = formula.get("si", "")
    if formula.get("t") == "shared" and group:
        if said:
            masters[group] = at, said
        elif group in masters:
            first, said = masters[group]
            (row, column), (top, left) = place(at), place(first)
            return shifted(said, row - top, column - left)
    return said or "?"


def _area(ref: str) -> Area | None:
    first, _, last = ref.partition(":")
    (top, left), (bottom, right) = place(first), place(last or first)
    return (top, left, bottom, right) if top and bottom else None
