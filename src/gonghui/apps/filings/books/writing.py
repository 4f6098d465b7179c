"""Writes values into a form as it was received.

Only the `<c>` elements of the cells that are filled change, and the stored results of formulas, which would be those
of another day. Every other part of the file is copied byte by byte: styles, widths, pictures, print settings, other
sheets. A library that reads a workbook and writes it anew drops what it does not know.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

from ..rules.sheets import Key, place
from .parts import MAIN, WORKBOOK, sheets, tree

Content = Decimal | str
_AFTER = ("oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
          "fileRecoveryPr", "webPublishObjects", "extLst")  # fmt: skip
"""What follows `calcPr` in a workbook part (ECMA-376 part 1, CT_Workbook)."""


def filled(data: bytes, values: Mapping[Key, Content], totals: Mapping[Key, Decimal]) -> bytes:
    """The file with its cells filled.

    :param values: numbers and words by (sheet, cell). Numbers are written as numbers whatever stood there; the
        format of the cell stays.
    :param totals: results of formulas that are known; those of the others are taken out and Excel works them out.
    """
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(result, "w") as made:
        names = {part: name for name, _, part in sheets(package)}
        for entry in package.infolist():
            content = package.read(entry)
            if entry.filename in names:
                content = _sheet(content, names[entry.filename], values, totals)
            elif entry.filename == WORKBOOK:
                content = _recalculated(content)
            made.writestr(entry, content, compress_type=entry.compress_type)
    return result.getvalue()


def _sheet(content: bytes, name: str, values: Mapping[Key, Content], totals: Mapping[Key, Decimal]) -> bytes:
    mine = {at: value for (sheet, at), value in values.items() if sheet == name}
    root = tree(content)
    formulas = [one for one in root.iter(f"{MAIN}c") if one.find(f"{MAIN}f") is not None]
    if not mine and not formulas:
        return content
    cells = {one.get("r"): one for one in root.iter(f"{MAIN}c")}
    for at, value in mine.items():
        cell = cells.get(at)
        _put(_made(root, at) if cell is None else cell, value)
    for one in formulas:
        _result(one, totals.get((name, str(one.get("r")))))
    return _bytes(root)


def _put(cell: Any, value: Content) -> None:
    """The content of a cell; its style (`s`) stays."""
    for inside in list(cell):
        cell.remove(inside)
    cell.attrib.pop("t", None)
    if isinstance(value, Decimal):
        etree.SubElement(cell, f"{MAIN}v").text = f"{value.normalize():f}"
        return
    cell.set("t", "inlineStr")
    words = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
    words.text = value
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _result(cell: Any, amount: Decimal | None) -> None:
    stored = cell.find(f"{MAIN}v")
    if stored is not None:
        cell.remove(stored)
    cell.attrib.pop("t", None)
    if amount is not None:
        etree.SubElement(cell, f"{MAIN}v").text = f"{amount.normalize():f}"


def _made(root: Any, at: str) -> Any:
    """A cell that the file does not have yet, in its place among the others."""
    row, column = place(at)
    data = root.find(f"{MAIN}sheetData")
    line = next((one for one in data if one.get("r") == str(row)), None)
    if line is None:
        line = etree.Element(f"{MAIN}row", r=str(row))
        data.insert(sum(1 for one in data if int(one.get("r") or 0) < row), line)
    cell = etree.Element(f"{MAIN}c", r=at)
    line.insert(sum(1 for one in line if place(str(one.get("r")))[1] < column), cell)
    return cell


def _recalculated(content: bytes) -> bytes:
    """The workbook part, which asks Excel and WPS to work out every formula when it is opened."""
    root = tree(content)
    found = root.find(f"{MAIN}calcPr")
    if found is None:
        found = etree.Element(f"{MAIN}calcPr")
        after = [n for n, one in enumerate(root) if etree.QName(one).localname in _AFTER]
        root.insert(after[0] if after else len(root), found)
    found.set("fullCalcOnLoad", "1")
    return _bytes(root)


def _bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
