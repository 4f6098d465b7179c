"""The sheets of an xlsx as XML, read without entities or the network, and their cells in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from gonghui.kernel.refusal import Refusal

from ..rules.sheets import LAST_COLUMN, LAST_ROW, address, place

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def tree(data: bytes, plain: bool = False) -> Any:
    """The root of a part.

    :param plain: without comments, so that the text of an element is one; never for what is written back.
    :raises Refusal: GH-FLG-004 damaged, or the strict variant that hardly any program writes.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=plain,
        remove_pis=plain,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise damaged() from error
    if _STRICT in (root.tag or ""):
        raise Refusal("GH-FLG-004", "文件是“严格Open XML”格式", "file", "另存为普通的“Excel工作簿（.xlsx）”再上传")
    return root


def damaged() -> Refusal:
    return Refusal("GH-FLG-004", "文件的内容坏了，有一部分读不出来", "file", "在Excel或WPS里打开，另存一份再上传")


def lines(root: Any) -> Iterator[tuple[int, Any]]:
    """(number, element) of every row; a row that does not say its number is the next one.

    :raises Refusal: GH-FLG-004 rows out of order.
    """
    number = 0
    for line in root.iterfind(f"{MAIN}sheetData/{MAIN}row"):
        said = line.get("r", str(number + 1))
        if not (said.isascii() and said.isdecimal()) or not number < int(said[:8]) <= LAST_ROW:
            raise damaged()
        number = int(said)
        yield number, line


def boxes(number: int, line: Any) -> Iterator[tuple[int, Any]]:
    """(column, element) of every cell of a row; a cell that does not say its address is the next one.

    :raises Refusal: GH-FLG-004 cells out of order, or of another row.
    """
    column = 0
    for cell in line.iterfind(f"{MAIN}c"):
        said = cell.get("r")
        row, here = place(said) if said is not None else (number, column + 1)
        if row != number or not column < here <= LAST_COLUMN:
            raise damaged()
        column = here
        yield column, cell


def cells(root: Any) -> Iterator[tuple[str, Any]]:
    """(address, element) of every cell."""
    for number, line in lines(root):
        for column, cell in boxes(number, line):
            yield address(number, column), cell
