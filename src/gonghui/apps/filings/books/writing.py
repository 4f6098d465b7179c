"""Writes values into a form as it was received.

Only the `<c>` elements of the cells that are filled change, and the stored results of formulas, which would be those
of another day. Every other part of the file is copied byte by byte: styles, widths, pictures, print settings, other
sheets. A library that reads a workbook and writes it anew drops what it does not know. Runs in the confined child only
(`child.py`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

from gonghui.kernel.files.reading.limits import DEFAULT, Limits
from gonghui.kernel.files.reading.packages import damaged_is_refused
from gonghui.kernel.files.reading.xlsx_parts import styles, workbook, workbook_name

from ..rules.sheets import Key, address, place
from .parts import MAIN, boxes, damaged, lines, tree


@dataclass(frozen=True, slots=True)
class Percent:
    """92.3 of a hundred: written as 0.923 where the cell shows per cent, else as 92.3."""

    number: Decimal


Content = Decimal | Percent | str
_AFTER = ("oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
          "fileRecoveryPr", "webPublishObjects", "extLst")  # fmt: skip
"""What follows `calcPr` in a workbook part (ECMA-376 part 1, CT_Workbook)."""
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def filled(
    data: bytes,
    values: Mapping[Key, Content | None],
    totals: Mapping[Key, Content | None],
    limits: Limits = DEFAULT,
) -> bytes:
    """The file with its cells filled.

    :param values: what stands in cells, by (sheet, cell); None empties a cell, also of what was in it when the form
        came. Numbers are written as numbers whatever stood there; the format of the cell stays.
    :param totals: results of formulas that are known; those of the others are taken out and Excel works them out.
        Words stand in place of the formula: its result is not to be told.
    """
    result = io.BytesIO()
    with damaged_is_refused(), zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(result, "w") as made:
        known, _, folder = workbook(package, limits)
        names, book = {one.part: one.name for one in known}, workbook_name(package, limits)
        percents = styles(package, folder, limits).percents
        for entry in package.infolist():
            content = package.read(entry)
            if entry.filename in names:
                content = _sheet(content, names[entry.filename], values, totals, percents)
            elif entry.filename == book:
                content = _recalculated(content)
            made.writestr(entry, content, compress_type=entry.compress_type)
    return result.getvalue()


def _sheet(
    content: bytes,
    name: str,
    values: Mapping[Key, Content | None],
    totals: Mapping[Key, Content | None],
    percents: Set[str],
) -> bytes:
    mine = {at: value for (sheet, at), value in values.items() if sheet == name}
    root = tree(content)
    rows = dict(lines(root))
    cells = {address(row, column): cell for row, line in rows.items() for column, cell in boxes(row, line)}
    formulas = {at: one for at, one in cells.items() if one.find(f"{MAIN}f") is not None}
    if not mine and not formulas:
        return content
    for at, value in mine.items():
        if at in cells or value is not None:
            _put(cells.get(at) if at in cells else _made(root, rows, at), value, percents)
    for at, one in formulas.items():
        result = totals.get((name, at))
        if isinstance(result, str):
            _put(one, result, percents)
        else:
            _result(one, result)
    return _bytes(root)


def _put(cell: Any, value: Content | None, percents: Set[str]) -> None:
    """The content of a cell; its style (`s`) stays."""
    for inside in list(cell):
        cell.remove(inside)
    cell.text = None
    cell.attrib.pop("t", None)
    if value is None:
        return
    if isinstance(value, Percent):
        value = value.number / 100 if cell.get("s", "0") in percents else value.number
    if isinstance(value, Decimal):
        etree.SubElement(cell, f"{MAIN}v").text = f"{value.normalize():f}"
        return
    cell.set("t", "inlineStr")
    words = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
    words.text = _LOOKS_ESCAPED.sub("_x005F_", _NO_XML.sub("", value))
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _result(cell: Any, amount: Content | None) -> None:
    stored = cell.find(f"{MAIN}v")
    if stored is not None:
        cell.remove(stored)
    cell.attrib.pop("t", None)
    if isinstance(amount, Decimal):
        etree.SubElement(cell, f"{MAIN}v").text = f"{amount.normalize():f}"


def _made(root: Any, rows: dict[int, Any], at: str) -> Any:
    """A cell that the file does not have yet, in its place among the others, with the look of its row or column."""
    row, column = place(at)
    line = rows.get(row)
    if line is None:
        data = root.find(f"{MAIN}sheetData")
        if data is None:
            raise damaged()
        line = etree.Element(f"{MAIN}row", r=str(row))
        after = min((one for one in rows if one > row), default=0)
        data.insert(data.index(rows[after]) if after else len(data), line)
        rows[row] = line
    look = line.get("s") if line.get("customFormat") in ("1", "true") else _look(root, column)
    cell = etree.Element(f"{MAIN}c", {"r": at} | ({"s": look} if look else {}))
    following = next((one for here, one in boxes(row, line) if here > column), None)
    line.insert(len(line) if following is None else line.index(following), cell)
    return cell


def _look(root: Any, column: int) -> str | None:
    """The style of a whole column."""
    for one in root.iterfind(f"{MAIN}cols/{MAIN}col"):
        first, last = one.get("min", ""), one.get("max", "")
        if first.isdecimal() and last.isdecimal() and int(first) <= column <= int(last):
            return one.get("style")  # type: ignore[no-any-return]
    return None


def _recalculated(content: bytes) -> bytes:
    """The workbook part, which asks Excel and WPS to work out every formula when it is opened."""
    root = tree(content)  # comments may stand between the elements
    found = root.find(f"{MAIN}calcPr")
    if found is None:
        found = etree.Element(f"{MAIN}calcPr")
        after = [n for n, one in enumerate(root) if isinstance(one.tag, str) and etree.QName(one).localname in _AFTER]
        root.insert(after[0] if after else len(root), found)
    found.set("fullCalcOnLoad", "1")
    return _bytes(root)


def _bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
