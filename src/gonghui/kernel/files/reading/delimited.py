"""csv and tsv: the encoding and the delimiter are found by content, the rows come from the csv module."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from typing import IO

from gonghui.kernel.files.reading import cells
from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.sources import Block, Merge, Row, packed
from gonghui.kernel.files.reading.unreadable import SAVE_AS_XLSX, Unreadable

_STEP = 1 << 20
_ROWS = 4_096
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "gb18030": "GB18030"}
_DELIMITERS = ",\t;|，"
_QUOTES = "在 Excel 或 WPS 里打开它，查看这一行的引号，或另存为 xlsx 再上传"


class DelimitedFile:
    """One text file with one row a line."""

    format = "csv"

    def __init__(self, file: IO[bytes], size: int, limits: Limits) -> None:
        self._file = file
        self._size = size
        self._limits = limits
        self._skip, self._encoding = _encoding(file)
        self._delimiter = _delimiter(self._head())
        if self._delimiter == "\t":
            self.format = "tsv"
        self.details = {"encoding": _NAMES[self._encoding], "delimiter": self._delimiter}
        self.notices: list[str] = []
        self.sheets = [("", False)]
        csv.field_size_limit(cells.MAX_CELL * 2)

    def preview(self, sheet: int, rows: int) -> list[Row]:
        """The first rows with content."""
        found: list[Row] = []
        for number, row in self._rows():
            row = [_finished(cell) for cell in row]
            if any(row):
                found.append((number, row))
            if len(found) >= rows or number > 20 * rows:
                break
        return found

    def merges(self, sheet: int) -> list[Merge]:
        """A text file has none."""
        return []

    def blocks(self, sheet: int) -> Iterator[Block]:
        """All rows; the number is the one a spreadsheet would show, not the line of the text."""
        batch: list[Row] = []
        began = 0
        for number, row in self._rows():
            batch.append((number, row))
            if len(batch) == _ROWS or self._file.tell() - began > 4 * _STEP:
                began = self._file.tell()
                yield from self._packed(batch)
                batch = []
        if batch:
            yield from self._packed(batch)

    def _packed(self, batch: list[Row]) -> Iterator[Block]:
        """Most batches hold nothing but text; one with formulas or overlong cells goes cell by cell."""
        text = "".join(["".join(row) for _, row in batch])
        if "=" not in text and "'" not in text and len(text) < cells.MAX_CELL * 40:
            yield from packed(batch, self._permille(), cells.pack)
            return
        finished = [(number, [_finished(cell) for cell in row]) for number, row in batch]
        yield from packed(finished, self._permille(), cells.pack_clean)

    def _permille(self) -> int:
        return min(999, self._file.tell() * 1000 // max(self._size, 1))

    def _rows(self) -> Iterator[Row]:
        reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
        number = 0
        try:
            for number, row in enumerate(reader, 1):
                if len(row) > cells.MAX_COLUMNS:
                    row = _narrow(row, number)
                if number > 20_000_000:
                    raise Unreadable("too_big", "文件超过 2000 万行", "按单位拆成几份上传")
                yield number, row
        except csv.Error as error:
            where = f"第 {number + 1} 行"
            if "field larger" in str(error):
                raise Unreadable(
                    "cell_too_long", f"{where}有一个单元格超过 32767 个字，多半是前面的引号没有成对", _QUOTES
                ) from error
            raise Unreadable("quotes", f"{where}起引号没有成对，后面的内容分不清是哪一列", _QUOTES) from error

    def _lines(self) -> Iterator[str]:
        """Text lines with odd characters removed; a line without end is noticed early."""
        rest = ""
        for text in self._texts():
            lines = cells.clean_text(rest + text).splitlines(keepends=True)
            rest = lines.pop() if lines else ""
            yield from lines
            if len(rest) > self._limits.one_row:
                raise Unreadable(
                    "cell_too_long",
                    f"有一行超过 {self._limits.one_row // 1_000_000} MB，不是正常的名册",
                    _QUOTES,
                )
        if rest:
            yield rest

    def _texts(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self._encoding)("strict")
        self._file.seek(self._skip)
        try:
            while data := self._file.read(_STEP):
                yield decoder.decode(data)
            yield decoder.decode(b"", True)
        except UnicodeDecodeError as error:
            raise self._half_character() from error

    def _half_character(self) -> Unreadable:
        line = _bad_line(self._file, self._encoding)
        name = _NAMES[self._encoding]
        return Unreadable(
            "encoding",
            f"第 {line} 行有半个字或认不出的字节（按 {name} 读）",
            f"多半是文件被截断或拼接过，{SAVE_AS_XLSX}",
        )

    def _head(self) -> str:
        self._file.seek(self._skip)
        return codecs.getincrementaldecoder(self._encoding)("replace").decode(self._file.read(65_536))


def _finished(cell: str) -> str:
    cell = _plain(cell)
    return cell if cell[:1] == cells.MARK else cells.clean(cell)


def _plain(cell: str) -> str:
    """Two habits of spreadsheets writing text: ="0123" and '0123; a real formula is marked."""
    start = cell[:1]
    if start == "=":
        inner = cell[2:-1]
        if cell[1:2] == '"' and cell[-1:] == '"' and len(cell) > 2 and '"' not in inner:
            return inner
        return cells.mark(cells.FORMULA, cells.clean(cell)[:200])
    if start == "'" and len(cell) > 1:
        return cell[1:]
    return cell if len(cell) <= cells.MAX_CELL else cell[: cells.MAX_CELL + 1]


def _narrow(row: list[str], number: int) -> list[str]:
    for column in range(len(row) - 1, cells.MAX_COLUMNS - 1, -1):
        if row[column].strip():
            raise Unreadable(
                "far_cell",
                f"第 {number} 行有 {len(row)} 列，最多读 {cells.MAX_COLUMNS} 列",
                "核对分隔符，或删掉多余的列，再上传",
            )
    return row[: cells.MAX_COLUMNS]


def _encoding(file: IO[bytes]) -> tuple[int, str]:
    """(bytes of the byte-order mark, codec). The whole file is tried: Chinese may come late."""
    head = file.read(65_536)
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return len(mark), codec
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 > len(head) and min(even, odd) * 20 < len(head):
        return 0, "utf-16-le" if odd > even else "utf-16-be"
    if head.count(0) * 10 > len(head):
        raise Unreadable("binary", "这不是表格，也不是文字", "核对选的是不是名册文件")
    if _decodes(file, "utf-8"):
        return 0, "utf-8"
    if _mostly_utf8(head):
        line = _bad_line(file, "utf-8")
        raise Unreadable(
            "encoding",
            f"第 {line} 行有半个字或认不出的字节（按 UTF-8 读）",
            f"多半是文件被截断或拼接过，{SAVE_AS_XLSX}",
        )
    if _decodes(file, "gb18030"):
        return 0, "gb18030"
    if _odd_bytes(head) * 20 > len(head):
        raise Unreadable("binary", "这不是表格，也不是文字", "核对选的是不是名册文件")
    line = _bad_line(file, "gb18030")
    raise Unreadable(
        "encoding",
        f"第 {line} 行有半个字或认不出的字节（按 GB18030 读）",
        f"多半是文件被截断或拼接过，{SAVE_AS_XLSX}",
    )


def _odd_bytes(head: bytes) -> int:
    return sum(byte < 32 and byte not in (9, 10, 13) for byte in head)


def _decodes(file: IO[bytes], codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    file.seek(0)
    try:
        while data := file.read(_STEP):
            decoder.decode(data)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(head: bytes) -> bool:
    """GB18030 text read as UTF-8 is almost all errors; UTF-8 with one broken character is almost none."""
    text = head.decode("utf-8", "replace")
    wrong = text.count("�")
    right = sum(char > "\x7f" for char in text) - wrong
    return right > 4 * wrong


def _bad_line(file: IO[bytes], codec: str) -> int:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(codec)("strict")
    line = 1
    while data := file.read(_STEP):
        try:
            line += decoder.decode(data).count("\n")
        except UnicodeDecodeError as error:
            newline = b"\n" if codec in ("utf-8", "gb18030") else b"\n\x00"
            return line + data[: error.start].count(newline)
    return line


def _delimiter(head: str) -> str:
    """The character that splits most of the first lines the same way."""
    lines = [line for line in cells.clean_text(head).splitlines()[:40] if line.strip()]
    best, best_score = ",", 0
    for delimiter in _DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=lambda value: (value > 0, counts.count(value), value), default=0) if counts else 0
        score = counts.count(usual) * usual if usual else 0
        if score > best_score:
            best, best_score = delimiter, score
    return best
