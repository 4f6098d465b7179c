"""ods (LibreOffice, WPS) read as a stream of XML events; small by nature, so kept whole and bounded."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from gonghui.kernel.files.reading import cells
from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.packages import damaged_is_refused, small_part
from gonghui.kernel.files.reading.sources import Block, Merge, MergeFiller, Row, packed
from gonghui.kernel.files.reading.unreadable import Unreadable

_STEP = 1 << 18
_MAX_CELLS = 12_000_000
_ROWS = 2_000


class OdsFile:
    """An OpenDocument spreadsheet."""

    format = "ods"

    def __init__(self, package: zipfile.ZipFile, limits: Limits) -> None:
        manifest = "META-INF/manifest.xml"
        if manifest in package.NameToInfo and b"encryption-data" in small_part(package, manifest, limits):
            raise Unreadable("password", "文件加了密码，读不了", "打开后另存一份不加密码的，再上传")
        if "mimetype" in package.NameToInfo and b"spreadsheet" not in package.read("mimetype")[:200]:
            raise Unreadable("other_office", "这是 OpenDocument 文档，不是表格")
        self.details: dict[str, str] = {}
        self.notices: list[str] = []
        reader = _Reader()
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.characters
        parser.EntityDeclHandler = _no_entities
        with damaged_is_refused(), package.open("content.xml") as part:
            while data := part.read(_STEP):
                parser.Parse(data, False)
            parser.Parse(b"", True)
        if not reader.tables:
            raise Unreadable("no_sheet", "文件里没有一张工作表")
        self._tables = reader.tables
        self.sheets = [(table.name, table.hidden) for table in reader.tables]

    def preview(self, sheet: int, rows: int) -> list[Row]:
        """The first rows with content."""
        return self._tables[sheet].rows[:rows]

    def merges(self, sheet: int) -> list[Merge]:
        """Spans of more than one row or column."""
        return self._tables[sheet].merges

    def blocks(self, sheet: int) -> Iterator[Block]:
        """All rows of one sheet."""
        filler = MergeFiller(self.merges(sheet))
        rows = self._tables[sheet].rows
        for start in range(0, len(rows), _ROWS):
            batch = [(number, filler.fill(number, list(row))) for number, row in rows[start : start + _ROWS]]
            yield from packed(batch, start * 1000 // len(rows), cells.pack_clean)


def _no_entities(*_: object) -> None:
    raise Unreadable("dtd", "文件内部有实体声明（DTD），正常的表格里没有它")


class _Table:
    def __init__(self, name: str, hidden: bool) -> None:
        self.name = name
        self.hidden = hidden
        self.rows: list[Row] = []
        self.merges: list[Merge] = []


class _Reader:
    """Keeps where the parser stands: table, row, cell, paragraph."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._number = 0
        self._cells = 0
        self._row: list[str] = []
        self._row_repeat = 1
        self._column = 0
        self._cell: dict[str, str] | None = None
        self._text: list[str] = []
        self._paragraphs = 0
        self._in_text = False
        self._note = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style:style":
            self._style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "office:annotation":
            self._note += 1
        elif name == "table:table" and not self._note:
            hidden = attributes.get("table:style-name", "") in self._hidden_styles
            self.tables.append(_Table(cells.clean(attributes.get("table:name", ""))[:60], hidden))
            self._number = 0
        elif name == "table:table-row":
            self._row, self._column = [], 0
            self._row_repeat = _count(attributes.get("table:number-rows-repeated", "1"))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._text, self._paragraphs = attributes, [], 0
        elif self._cell is not None and not self._note:
            self._inside_cell(name, attributes)

    def _inside_cell(self, name: str, attributes: dict[str, str]) -> None:
        if name == "text:p":
            if self._paragraphs:
                self._text.append(" ")
            self._paragraphs += 1
            self._in_text = True
        elif name == "text:s":
            self._text.append(" " * min(_count(attributes.get("text:c", "1")), 100))
        elif name in ("text:tab", "text:line-break"):
            self._text.append(" ")

    def characters(self, data: str) -> None:
        if self._in_text and not self._note and self._cell is not None:
            self._text.append(data)

    def end(self, name: str) -> None:
        if name == "office:annotation":
            self._note -= 1
        elif name == "text:p" and not self._note:
            self._in_text = False
        elif name in ("table:table-cell", "table:covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif name == "table:table-row":
            self._end_row()

    def _end_cell(self, attributes: dict[str, str]) -> None:
        value = _value(attributes, cells.clean("".join(self._text)))
        repeat = _count(attributes.get("table:number-columns-repeated", "1"))
        if value:
            if self._column + repeat > cells.MAX_COLUMNS:
                where = f"{cells.letter(min(self._column + repeat, 20_000) - 1)}{self._number + 1}"
                message = f"{where} 有内容，离名册太远（最多读 {cells.MAX_COLUMNS} 列）"
                raise Unreadable("far_cell", message, f"删掉 {where} 和它旁边多余的列，保存再上传")
            self._row.extend([""] * (self._column - len(self._row)))
            self._row.extend([value] * repeat)
            self._cells += repeat
            rows, columns = (
                _count(attributes.get("table:number-rows-spanned", "1")),
                _count(attributes.get("table:number-columns-spanned", "1")),
            )
            if rows > 1 or columns > 1:
                top = self._number + 1
                self.tables[-1].merges.append((top, self._column, top + rows - 1, self._column + columns - 1))
        self._column += repeat

    def _end_row(self) -> None:
        if any(self._row):
            self._cells += len(self._row) * (self._row_repeat - 1)
            if self._cells > _MAX_CELLS or self._row_repeat > 10_000:
                raise Unreadable(
                    "too_big",
                    f"第 {self._number + 1} 行重复了 {self._row_repeat} 次，或整张表的单元格太多",
                    "删掉重复的行，保存再上传",
                )
            for offset in range(self._row_repeat):
                self.tables[-1].rows.append((self._number + 1 + offset, self._row))
        self._number += self._row_repeat
        self._row = []


def _count(text: str) -> int:
    return min(int(text), 2_000_000) if text.isdecimal() and len(text) < 12 else 1


def _value(attributes: dict[str, str], shown: str) -> str:
    kind = attributes.get("office:value-type", "")
    if shown[: cells.MAX_CELL] != shown:
        shown = shown[: cells.MAX_CELL + 1]
    if "table:formula" in attributes:
        return cells.mark(cells.FORMULA, shown)
    if kind in ("float", "currency", "percentage"):
        return cells.mark(cells.NUMBER, cells.number_text(attributes.get("office:value", "")))
    if kind == "date":
        return cells.mark(cells.DATE, attributes.get("office:date-value", "")[:10])
    if kind == "time":
        return cells.mark(cells.TIME, shown)
    if kind == "boolean":
        return cells.mark(cells.BOOLEAN, attributes.get("office:boolean-value", "").upper()[:5])
    if shown.startswith(("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")):
        return cells.mark(cells.ERROR, shown[:20])
    return shown
