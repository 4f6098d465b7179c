"""The XML of rows turned into cells: chunks by an expression learnt from the sheet, the rest cell by cell."""

from __future__ import annotations

import re

from gonghui.kernel.files.reading import cells
from gonghui.kernel.files.reading.sources import Row
from gonghui.kernel.files.reading.unreadable import Unreadable
from gonghui.kernel.files.reading.xlsx_parts import plain, rich_text

_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})$")
_SAMPLE_CELL = re.compile(r'<c r="([A-Z]{1,3})[0-9]{1,7}"([^>]*?)(?:/>|>(.*?)</c>)', re.S)
_INLINE = re.compile(r"<is><t(?: [^>]*)?>[^<]*</t></is>")
_VALUE = re.compile(r"<v>[^<]*</v>")
_SHARED, _TEXT, _NUMBER, _DATE = "s", "i", "n", "d"
_INSIDE = {
    _SHARED: "<v>([0-9]*)</v>",
    _TEXT: "<is><t(?: [^>]*)?>([^<]*)</t></is>",
    _NUMBER: "<v>([-+0-9.eE]*)</v>",
    _DATE: "<v>([-+0-9.eE]*)</v>",
}
_MAX_SAMPLES = 60
_MAX_VARIANTS = 4
_LONG = 1_000
_CHUNK_CHARACTERS = 16_000_000


class SheetReader:
    """Reads chunk after chunk of one sheet."""

    def __init__(self, strings: list[str], dates: frozenset[str], times: frozenset[str], from_1904: bool) -> None:
        self._strings = strings
        # A megabyte of references may stand for gigabytes of text; counted only where a long string exists.
        self._swells = max(map(len, strings), default=0) > _LONG
        self._dates = dates
        self._times = times
        self._from_1904 = from_1904
        self._row = 0
        self._template: _Template | None = None
        self.use_prefix("")

    def use_prefix(self, prefix: str) -> None:
        """The namespace prefix of this sheet's element names."""
        self._prefix = prefix
        self._row_pattern = re.compile(f"<{prefix}row\\b([^>]*?)(?:/>|>(.*?)</{prefix}row>)", re.S)
        self._cell_pattern = re.compile(f"<{prefix}c\\b([^>]*?)(?:/>|>(.*?)</{prefix}c>)", re.S)
        self._value_pattern = re.compile(f"<{prefix}v(?: [^>]*)?>([^<]*)</{prefix}v>")

    def fast_block(self, text: str) -> tuple[int, int, str] | list[Row] | None:
        """A packed block (first row, rows, text) when all rows fit, rows when most fit, else nothing."""
        if self._template is None or self._prefix:
            return None
        found = self._template.pattern.findall(text)
        total = text.count("<row")
        if len(found) * 2 < total or not found:
            self._template = None
            return None
        columns = list(zip(*found, strict=True))
        numbers = list(map(int, columns[0]))
        values = [self._column(variants, columns, len(found)) for variants in self._template.columns]
        if self._swells:
            _refuse_swollen(sum(sum(map(len, column)) for column in values))
        if len(found) == total and numbers[-1] - numbers[0] == total - 1 and numbers == sorted(numbers):
            self._advance(numbers)
            return numbers[0], total, cells.pack_clean(list(zip(*values, strict=True)))
        rows = [(number, list(row)) for number, row in zip(numbers, zip(*values, strict=True), strict=True) if any(row)]
        if len(found) < total:
            before = self._row
            rows += self.rows(self._template.pattern.sub("", text))
            rows.sort(key=lambda row: row[0])
            self._row = before
        self._advance([number for number, _ in rows])
        return rows

    def _advance(self, numbers: list[int]) -> None:
        for number in numbers:
            if number <= self._row or number > cells.MAX_ROWS:
                raise _disorder(self._row)
            self._row = number

    def _column(self, variants: list[tuple[str, int]], columns: list[tuple[str, ...]], count: int) -> list[str]:
        if not variants:
            return [""] * count
        read = [self._variant(kind, columns[group]) for kind, group in variants]
        if len(read) == 1:
            return read[0]
        return [next((value for value in values if value), "") for values in zip(*read, strict=True)]

    def _variant(self, kind: str, raw: tuple[str, ...]) -> list[str]:
        if kind == _SHARED:
            strings = self._strings
            try:
                return [strings[int(value)] if value else "" for value in raw]
            except IndexError as error:
                raise Unreadable("damaged", "文件的文字部分不完整") from error
        if kind == _TEXT:
            joined = "".join(raw)
            if cells.UNCLEAN.search(joined) or "&" in joined or "_x" in joined or "\x1e" in joined or "\x1f" in joined:
                return [_short(plain(value)) for value in raw]
            return [_short(value) for value in raw] if len(joined) > cells.MAX_CELL else list(raw)
        if kind == _DATE:
            return [self._number(value, "date") if value else "" for value in raw]
        return [cells.mark(cells.NUMBER, cells.number_text(value)) if value else "" for value in raw]

    def rows(self, text: str) -> list[Row]:
        """Every row with content, cell by cell; learns the expression for the next chunk on the way."""
        found: list[Row] = []
        samples: list[str] = []
        characters = 0
        for match in self._row_pattern.finditer(text):
            number = self._row_number(match[1])
            if match[2] is None:
                continue
            row = self._cells(match[2], number)
            if any(row):
                found.append((number, row))
                if self._swells:
                    characters += sum(map(len, row))
                    _refuse_swollen(characters)
                if len(match[0]) < 20_000:
                    samples.append(match[0])
        if self._template is None and samples:
            step = max(1, len(samples) // _MAX_SAMPLES)
            self._template = _Template.learn(samples[-1::-step], self._dates, self._times)
        return found

    def _row_number(self, attributes: str) -> int:
        written = {name: first or second for name, first, second in _ATTRIBUTE.findall(attributes)}.get("r", "")
        number = int(written) if written.isdecimal() and len(written) <= 7 else self._row + 1
        if number <= self._row or number > cells.MAX_ROWS:
            raise _disorder(self._row)
        self._row = number
        return number

    def _cells(self, inner: str, number: int) -> list[str]:
        row: list[str] = []
        column = -1
        for match in self._cell_pattern.finditer(inner):
            attributes = {name: first or second for name, first, second in _ATTRIBUTE.findall(match[1])}
            place = _REFERENCE.match(attributes.get("r", ""))
            column = cells.column_of(place[1]) if place else column + 1
            value = self._value(attributes, match[2]) if match[2] else ""
            if value == "":
                continue
            if column >= cells.MAX_COLUMNS:
                raise _far_cell(f"{cells.letter(column)}{number}")
            row.extend([""] * (column + 1 - len(row)))
            row[column] = value
        return row

    def _value(self, attributes: dict[str, str], inner: str) -> str:
        kind = attributes.get("t", "n")
        if kind == "inlineStr":
            value = _short(plain(rich_text(inner, self._prefix)))
        else:
            found = self._value_pattern.search(inner)
            value = self._typed(kind, attributes.get("s", ""), found[1]) if found else ""
        if f"<{self._prefix}f" in inner:
            return cells.mark(cells.FORMULA, cells.text_of(value))
        return value

    def _typed(self, kind: str, style: str, raw: str) -> str:
        if kind == "s":
            index = int(raw) if raw.strip().isdecimal() else -1
            if not 0 <= index < len(self._strings):
                raise Unreadable("damaged", "文件的文字部分不完整")
            return self._strings[index]
        if kind == "str":
            return _short(plain(raw))
        if kind == "b":
            return cells.mark(cells.BOOLEAN, "TRUE" if raw.strip() == "1" else "FALSE")
        if kind == "e":
            return cells.mark(cells.ERROR, plain(raw)[:20])
        if kind == "d":
            return cells.mark(cells.DATE, plain(raw)[:10])
        return self._number(plain(raw), "date" if style in self._dates else "time" if style in self._times else "")

    def _number(self, raw: str, shown: str) -> str:
        if raw == "":
            return ""
        if shown:
            try:
                serial = float(raw)
            except ValueError:
                return cells.mark(cells.NUMBER, raw[:40])
            if shown == "time" or 0 <= serial < 1:
                return cells.mark(cells.TIME, cells.number_text(raw))
            iso = cells.serial_date(serial, from_1904=self._from_1904)
            if iso:
                return cells.mark(cells.DATE, iso)
        return cells.mark(cells.NUMBER, cells.number_text(raw))


def _short(value: str) -> str:
    return value if len(value) <= cells.MAX_CELL else value[: cells.MAX_CELL + 1]


def _refuse_swollen(characters: int) -> None:
    if characters > _CHUNK_CHARACTERS:
        raise Unreadable("too_big", "同一段很长的文字在表格里重复了太多次", "删掉和名册无关的列，再保存上传")


def _disorder(row: int) -> Unreadable:
    return Unreadable("damaged", f"工作表里第 {row} 行之后的行号是乱的")


def _far_cell(where: str) -> Unreadable:
    return Unreadable(
        "far_cell",
        f"{where} 有内容，离名册太远（最多读 {cells.MAX_COLUMNS} 列）",
        f"删掉 {where} 和它旁边多余的列，保存再上传",
    )


class _Template:
    """One expression for a whole row; each column may be written in the few ways seen in the samples."""

    def __init__(self, pattern: re.Pattern[str], columns: list[list[tuple[str, int]]]) -> None:
        self.pattern = pattern
        self.columns = columns

    @classmethod
    def learn(cls, samples: list[str], dates: frozenset[str], times: frozenset[str]) -> _Template | None:
        """Nothing when no cell of the samples is plain."""
        ways: dict[int, dict[str, str]] = {}
        for sample in samples:
            for letters, attributes, inner in _SAMPLE_CELL.findall(sample):
                kind = _simple_kind(attributes, inner, dates, times)
                known = ways.setdefault(cells.column_of(letters), {})
                if kind and len(known) < _MAX_VARIANTS:
                    known[attributes] = kind
        ways = {column: known for column, known in ways.items() if column < 90}
        columns: list[list[tuple[str, int]]] = [[] for _ in range(max(ways, default=-1) + 1)]
        expression = ['<row r="([0-9]{1,7})"[^>]*>']
        groups = 0
        for column in sorted(ways):
            here = f'<c r="{cells.letter(column)}\\1"'
            choices = []
            for attributes, kind in ways[column].items():
                groups += 1
                columns[column].append((kind, groups))
                choices.append(f"{here}{re.escape(attributes)}>{_INSIDE[kind]}</c>")
            expression.append("(?:" + "|".join([*choices, f"{here}[^>]*/>"]) + ")?")
        expression.append("(?:<c [^>]*/>)*</row>")
        return cls(re.compile("".join(expression)), columns) if groups else None


def _simple_kind(written: str, inner: str, dates: frozenset[str], times: frozenset[str]) -> str:
    attributes = {name: first or second for name, first, second in _ATTRIBUTE.findall(written)}
    kind = attributes.get("t", "n")
    if kind == "inlineStr":
        return _TEXT if _INLINE.fullmatch(inner) else ""
    if not _VALUE.fullmatch(inner):
        return ""
    if kind == "s":
        return _SHARED
    if kind == "n" and attributes.get("s", "") not in times:
        return _DATE if attributes.get("s", "") in dates else _NUMBER
    return ""
