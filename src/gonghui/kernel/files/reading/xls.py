"""xls (Excel 97–2003): calamine gives the values, our own pass over the records finds the formulas.

calamine cannot tell a formula from a value and aborts the process on what it does not expect; it runs in the
child, after the records have shown how far the sheet reaches.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from gonghui.kernel.files.reading import cells
from gonghui.kernel.files.reading.compound import CompoundFile
from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.sources import Block, Merge, MergeFiller, Row, packed
from gonghui.kernel.files.reading.unreadable import SAVE_AS_XLSX, Unreadable

_BOUNDSHEET, _FORMULA, _FILEPASS, _EOF, _BOOLERR, _CONTINUE = 0x85, 0x06, 0x2F, 0x0A, 0x205, 0x3C
_CELL_RECORDS = frozenset([_FORMULA, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xFD, 0xBD, 0xD6])
_MAX_BYTES = 120_000_000
_MAX_AREA = 8_000_000
_ROWS = 2_000
_PASSWORD = "打开后去掉密码（文件 → 信息 → 保护工作簿），保存再上传"


def open_compound(file: IO[bytes], size: int, filename: str, limits: Limits) -> XlsFile:
    """The workbook in an OLE container, or what the container is instead."""
    container = CompoundFile(file, size)
    names = container.names
    if "EncryptedPackage" in names:
        raise Unreadable("password", "文件加了密码，读不了", _PASSWORD)
    if filename.lower().endswith(".et"):
        raise Unreadable("wps_et", "这是 WPS 表格旧格式（.et）", "在 WPS 里打开它，另存为“Excel 文件（.xlsx）”再上传")
    if any(name.startswith("_VBA_PROJECT") or name == "VBA" for name in names):
        raise Unreadable(
            "macros", "文件带有宏，为安全起见不读", "另存为“Excel 工作簿（.xlsx）”，不带宏的那一种，再上传"
        )
    if "WordDocument" in names:
        raise Unreadable("other_office", "这是 Word 文档，不是表格", "把名单放进 Excel 或 WPS 表格，保存为 xlsx 再上传")
    if "PowerPoint Document" in names:
        raise Unreadable(
            "other_office",
            "这是 PowerPoint 演示文稿，不是表格",
            "把名单放进 Excel 或 WPS 表格，保存为 xlsx 再上传",
        )
    book = next((name for name in ("Workbook", "Book") if name in names), None)
    if book is None:
        raise Unreadable("other_office", "这不是 Excel 表格（旧 Office 格式里没有工作簿）")
    if size > _MAX_BYTES:
        raise Unreadable("too_big", f"xls 文件有 {size // 1_000_000} MB，太大了", SAVE_AS_XLSX)
    return XlsFile(file, container.stream(book))


class XlsFile:
    """An old workbook."""

    format = "xls"

    def __init__(self, file: IO[bytes], stream: bytes) -> None:
        self.details: dict[str, str] = {}
        self.notices: list[str] = []
        self._records = _Records(stream)
        file.seek(0)
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        except PasswordError as error:
            raise Unreadable("password", "文件加了密码，读不了", _PASSWORD) from error
        except (CalamineError, OSError, ValueError) as error:
            raise Unreadable("damaged", "xls 文件的内容坏了，有一部分读不出来") from error
        self._indexes: list[int] = []
        self.sheets: list[tuple[str, bool]] = []
        for index, sheet in enumerate(self._book.sheets_metadata):
            if sheet.typ == SheetTypeEnum.WorkSheet:
                self._indexes.append(index)
                self.sheets.append((cells.clean(sheet.name)[:60], sheet.visible != SheetVisibleEnum.Visible))
        if not self.sheets:
            raise Unreadable("no_sheet", "文件里没有一张工作表")
        self._rows: dict[int, list[Row]] = {}

    def preview(self, sheet: int, rows: int) -> list[Row]:
        """The first rows with content."""
        return self._read(sheet)[:rows]

    def merges(self, sheet: int) -> list[Merge]:
        """Merged ranges as calamine gives them (0-based), in spreadsheet numbers."""
        found = self._book.get_sheet_by_index(self._indexes[sheet]).merged_cell_ranges or []
        return sorted((top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in found)

    def blocks(self, sheet: int) -> Iterator[Block]:
        """All rows of one sheet."""
        filler = MergeFiller(self.merges(sheet))
        rows = self._read(sheet)
        for start in range(0, len(rows), _ROWS):
            batch = [(number, filler.fill(number, list(row))) for number, row in rows[start : start + _ROWS]]
            yield from packed(batch, start * 1000 // len(rows), cells.pack_clean)

    def _read(self, index: int) -> list[Row]:
        if index in self._rows:
            return self._rows[index]
        name = self.sheets[index][0]
        special = self._records.special(self._indexes[index])
        found: list[Row] = []
        try:
            sheet = self._book.get_sheet_by_index(self._indexes[index])
            top, left = sheet.start or (0, 0)
            for number, values in enumerate(
                sheet.iter_rows(), top + 1 if sheet.height == sheet.total_height - top else 1
            ):
                row = [""] * left if len(values) != sheet.total_width else []
                row += [_value(value) for value in values]
                found.append((number, row))
        except (CalamineError, ValueError) as error:
            raise Unreadable("damaged", f"工作表“{name}”的内容坏了，读不出来") from error
        for number, row in found:
            for column, kind in special.get(number, {}).items():
                row.extend([""] * (column + 1 - len(row)))
                row[column] = cells.mark(kind, cells.text_of(row[column]))
        self._rows[index] = [(number, row) for number, row in found if any(row)]
        return self._rows[index]


def _value(value: object) -> str:
    if isinstance(value, str):
        return cells.clean(value)
    if isinstance(value, bool):
        return cells.mark(cells.BOOLEAN, "TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return cells.mark(cells.NUMBER, cells.number_text(repr(value)))
    if isinstance(value, datetime):
        return cells.mark(cells.DATE, value.date().isoformat())
    if isinstance(value, date):
        return cells.mark(cells.DATE, value.isoformat())
    if isinstance(value, time | timedelta):
        return cells.mark(cells.TIME, str(value))
    return ""


class _Records:
    """One pass over the BIFF records of the workbook stream."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._offsets: list[int] = []
        for kind, at, length in self._walk(0):
            if kind == _FILEPASS:
                raise Unreadable("password", "文件加了密码，读不了", _PASSWORD)
            if kind == _BOUNDSHEET and length >= 4:
                self._offsets.append(struct.unpack_from("<I", stream, at)[0])
        for index in range(len(self._offsets)):
            self._check_area(index)

    def special(self, sheet: int) -> dict[int, dict[int, str]]:
        """Row number → column → formula, error or boolean."""
        found: dict[int, dict[int, str]] = {}
        if sheet >= len(self._offsets):
            return found
        for kind, at, length in self._walk(self._offsets[sheet]):
            if kind in (_FORMULA, _BOOLERR) and length >= 8:
                row, column = struct.unpack_from("<HH", self._stream, at)
                is_error = kind == _BOOLERR and self._stream[at + 7] == 1
                what = cells.FORMULA if kind == _FORMULA else cells.ERROR if is_error else cells.BOOLEAN
                found.setdefault(row + 1, {})[column] = what
        return found

    def _check_area(self, sheet: int) -> None:
        last_row = last_column = 0
        for kind, at, length in self._walk(self._offsets[sheet]):
            if kind in _CELL_RECORDS and length >= 4:
                row, column = struct.unpack_from("<HH", self._stream, at)
                last_row, last_column = max(last_row, row), max(last_column, column)
        if (last_row + 1) * (last_column + 1) > _MAX_AREA:
            where = f"{cells.letter(last_column)}{last_row + 1}"
            raise Unreadable("far_cell", f"{where} 一带有内容，离名册太远", f"删掉名册以外的单元格，{SAVE_AS_XLSX}")

    def _walk(self, at: int) -> Iterator[tuple[int, int, int]]:
        stream, size = self._stream, len(self._stream)
        while at + 4 <= size:
            kind, length = struct.unpack_from("<HH", stream, at)
            if at + 4 + length > size:
                return
            yield kind, at + 4, length
            if kind == _EOF:
                return
            at += 4 + length
