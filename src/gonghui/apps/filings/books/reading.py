"""Reads the layout of a form: the words, numbers and formulas of its cells and what is merged."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal, InvalidOperation
from typing import Any

from gonghui.kernel.refusal import Refusal

from ..rules.sheets import Book, Cell, Sheet, place
from .parts import MAIN, sheets, tree

MOST_CELLS, MOST_SHEETS = 50_000, 40


def read(data: bytes) -> Book:
    """The sheets of a file that was found harmless.

    :raises Refusal: GH-FLG-004 damaged, 005 far larger than any form.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        known = sheets(package)
        if len(known) > MOST_SHEETS:
            raise Refusal("GH-FLG-005", f"文件里有{len(known)}张表，一份报表最多{MOST_SHEETS}张", "file", "拆成几份")
        shared = _shared(package)
        found: list[Sheet] = []
        left = MOST_CELLS
        for name, hidden, part in known:
            sheet = _sheet(name, hidden, tree(package.read(part)), shared)
            left -= len(sheet.cells)
            if left < 0:
                raise Refusal("GH-FLG-005", f"表样里有{MOST_CELLS:,}格以上的内容", "file", "只留表样，不要带数据")
            found.append(sheet)
    return Book(tuple(found))


def _shared(package: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in package.NameToInfo:
        return []
    root = tree(package.read("xl/sharedStrings.xml"))
    return [_words(one) for one in root.iter(f"{MAIN}si")]


def _words(element: Any) -> str:
    """The text of a string, without the readings that East Asian programs add."""
    return "".join(
        one.text or "" for one in element.iter(f"{MAIN}t") if one.getparent().tag != f"{MAIN}rPh"
    ).strip()  # fmt: skip


def _sheet(name: str, hidden: bool, root: Any, shared: list[str]) -> Sheet:
    cells: dict[str, Cell] = {}
    frame: set[str] = set()
    rows = columns = 0
    for element in root.iter(f"{MAIN}c"):
        cell = _cell(element, shared)
        row, column = place(cell.at)
        if not row:
            continue
        if element.get("s", "0") != "0":
            frame.add(cell.at)
        if cell.text or cell.formula or cell.number is not None:
            cells[cell.at] = cell
        if cell.at in cells or (row <= 500 and column <= 100):  # styled but empty cells have a frame to fill in
            rows, columns = max(rows, row), max(columns, column)
    merges = tuple(one for element in root.iter(f"{MAIN}mergeCell") if (one := _merge(str(element.get("ref", "")))))
    return Sheet(name, hidden, cells, merges, rows, columns, frozenset(frame))


def _cell(element: Any, shared: list[str]) -> Cell:
    at, kind = str(element.get("r", "")), element.get("t", "n")
    formula = element.find(f"{MAIN}f")
    if formula is not None:
        return Cell(at, formula=(formula.text or "?").strip())
    if kind == "inlineStr":
        inside = element.find(f"{MAIN}is")
        return Cell(at, _words(inside) if inside is not None else "")
    value = element.findtext(f"{MAIN}v", "")
    if kind == "s":
        return Cell(at, shared[int(value)] if value.isdecimal() and int(value) < len(shared) else "")
    if kind != "n":
        return Cell(at, value)
    try:
        number = Decimal(value)
    except InvalidOperation:
        return Cell(at)
    return Cell(at, f"{number:f}", number) if number.is_finite() and abs(number) < Decimal(10) ** 15 else Cell(at)


def _merge(ref: str) -> tuple[int, int, int, int] | None:
    first, _, last = ref.partition(":")
    (top, left), (bottom, right) = place(first), place(last or first)
    return (top, left, bottom, right) if top and bottom else None
