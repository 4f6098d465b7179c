"""xlsx read as a stream: constant memory, formulas and cell types seen, most rows by a learnt expression.

A sheet of a million rows is 300 MB of XML. Parsers that build the whole sheet need 700 MB and more, show the
cached value of a formula as if it were data, and may abort on a far cell. Here a chunk of rows is matched by
an expression learnt from the sheet's own rows (same columns, same attributes); the rest goes cell by cell.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO

from gonghui.kernel.files.reading import cells
from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.packages import damaged_is_refused
from gonghui.kernel.files.reading.sources import Block, Merge, MergeFiller, Row, packed
from gonghui.kernel.files.reading.unreadable import Unreadable
from gonghui.kernel.files.reading.xlsx_parts import prefix_of, shared_strings, styles, workbook
from gonghui.kernel.files.reading.xlsx_rows import SheetReader

_STEP = 1 << 20
_MERGE = re.compile(r"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})["']""")
_MAX_MERGES = 200_000


class XlsxFile:
    """A workbook whose package has been found harmless."""

    format = "xlsx"

    def __init__(self, package: zipfile.ZipFile, file: IO[bytes], limits: Limits) -> None:
        self._package = package
        self._file = file
        self._limits = limits
        self._parts, self._from_1904, folder = workbook(package, limits)
        for sheet in self._parts:
            if sheet.part not in package.NameToInfo:
                raise Unreadable("damaged", f"文件缺了工作表“{sheet.name}”的内容")
        self.sheets = [(sheet.name, sheet.hidden) for sheet in self._parts]
        self.details: dict[str, str] = {}
        self.notices: list[str] = []
        self._styles = styles(package, folder, limits)
        self._strings = shared_strings(package, folder)
        self._merges: dict[int, list[Merge]] = {}

    def preview(self, sheet: int, rows: int) -> list[Row]:
        """The first rows of one sheet."""
        reader = self._reader(sheet)
        found: list[Row] = []
        for text, _ in self._chunks(sheet, reader):
            found += reader.rows(text)
            if len(found) >= rows:
                break
        return found[:rows]

    def merges(self, sheet: int) -> list[Merge]:
        """Merged ranges; they stand behind the last row, so the sheet is inflated once to reach them."""
        if sheet in self._merges:
            return self._merges[sheet]
        tail = b""
        after = False
        with damaged_is_refused(), self._package.open(self._parts[sheet].part) as part:
            while data := part.read(_STEP):
                if after:
                    tail += data
                else:
                    data = tail + data
                    at = data.find(b"sheetData>", 0)
                    while at >= 0 and data[at - 1 : at] not in (b"/", b":"):
                        at = data.find(b"sheetData>", at + 1)
                    after = at >= 0
                    tail = data[at:] if after else data[-16:]
                if len(tail) > 16 * _STEP:
                    raise Unreadable("merges", "表格里合并单元格和条件格式多得不正常")
        found = _MERGE.findall(tail.decode("utf-8", "replace")) if after else []
        if len(found) > _MAX_MERGES:
            raise Unreadable("merges", f"表格里有 {len(found)} 处合并单元格", "取消合并，每一行都写全，再上传")
        self._merges[sheet] = sorted(
            (int(top), cells.column_of(left), int(bottom), cells.column_of(right)) for left, top, right, bottom in found
        )
        return self._merges[sheet]

    def blocks(self, sheet: int) -> Iterator[Block]:
        """All rows of one sheet."""
        reader = self._reader(sheet)
        filler = MergeFiller(self.merges(sheet))
        hidden = 0
        for text, permille in self._chunks(sheet, reader):
            hidden += text.count(' hidden="1"')
            fast = reader.fast_block(text)
            if isinstance(fast, tuple):
                if not filler.touches(fast[0] + fast[1]):
                    yield Block(fast[0], fast[2], permille)
                    continue
                rows = list(enumerate(cells.unpack(fast[2]), fast[0]))
            else:
                rows = reader.rows(text) if fast is None else fast
            if rows and filler.touches(rows[-1][0]):
                rows = [(number, filler.fill(number, list(row))) for number, row in rows]
            yield from packed(rows, permille, cells.pack_clean)
        if hidden:
            self.notices.append(f"有 {hidden} 行在表格里是隐藏的，也读了进来")

    def _reader(self, sheet: int) -> SheetReader:
        return SheetReader(self._strings, self._styles.dates, self._styles.times, self._from_1904)

    def _chunks(self, sheet: int, reader: SheetReader) -> Iterator[tuple[str, int]]:
        """Whole rows of XML text, a megabyte or so at a time, with how far the file has been read."""
        entry = self._package.getinfo(self._parts[sheet].part)
        rest = b""
        done = 0
        started = False
        row_end = b""
        sheet_end = b""
        with damaged_is_refused(), self._package.open(entry) as part:
            while data := part.read(_STEP):
                done += len(data)
                rest += data
                if not started:
                    prefix = prefix_of(rest, b"worksheet")
                    opening = f"<{prefix}sheetData".encode()
                    at = rest.find(opening)
                    if at < 0:
                        self._refuse_long(rest)
                        continue
                    close = rest.find(b">", at)
                    if close < 0:
                        continue
                    if rest[close - 1 : close] == b"/":
                        return
                    rest, started = rest[close + 1 :], True
                    row_end, sheet_end = f"</{prefix}row>".encode(), f"</{prefix}sheetData>".encode()
                    reader.use_prefix(prefix)
                ending = rest.find(sheet_end)
                cut = ending if ending >= 0 else rest.rfind(row_end) + len(row_end)
                if cut >= len(row_end) or ending >= 0:
                    if rest.find(b"<!", 0, cut) >= 0 or rest.find(b"<?", 0, cut) >= 0:
                        raise Unreadable("odd_xml", "文件内部有 Excel 和 WPS 都不会写的内容（注释或 CDATA）")
                    yield rest[:cut].decode("utf-8"), min(999, done * 1000 // max(entry.file_size, 1))
                    rest = rest[cut:]
                if ending >= 0:
                    return
                self._refuse_long(rest)
        raise Unreadable("damaged", "工作表的内容不完整，结尾缺了一段")

    def _refuse_long(self, rest: bytes) -> None:
        if len(rest) > self._limits.one_row:
            raise Unreadable(
                "cell_too_long", f"有一行的内容超过 {self._limits.one_row // 1_000_000} MB，不是正常的名册"
            )
