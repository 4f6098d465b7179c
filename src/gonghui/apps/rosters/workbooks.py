"""Workbooks for people: the template, the rejected rows, and lists that may be edited and fed back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from gonghui.apps.rosters.checking import Problem
from gonghui.apps.rosters.columns import Field, roster_kind
from gonghui.apps.rosters.round_trip import ID, ROW, VERSION, cell_marks, header_mark
from gonghui.apps.rosters.values import CODE_LISTS
from gonghui.kernel.files.reading.cells import MAX_CELL, letter, text_of

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

REASON = "原因"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_VALIDATED_ROWS = 20_000
_MAX_COMMENTS = 3_000
_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
_RED = "#B3261E"
_TEXT_VALUES = frozenset(["id", "phone", "uscc", "office_phone", "text", "date", "end_date", "region"])
Target = Path | IO[bytes]


@dataclass(frozen=True)
class ExportColumn:
    """One column of an exported list; `key` is what a changed cell is reported under."""

    key: str
    label: str
    width: int = 14
    text: bool = True


@dataclass(frozen=True)
class ExportRow:
    """One record of an exported list."""

    id: int | str
    version: int
    values: Sequence[object]


@dataclass(frozen=True)
class Rejected:
    """One row that was not imported, as it stood in the file, and what is wrong with it."""

    row: int
    cells: Sequence[str]
    problems: Sequence[Problem]


def template(kind: str, choices: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """The workbook to fill in: drop-downs, text columns, comments on headers, an example row, instructions.

    :param choices: field → texts to offer beside the code lists (the unions of one's own area, say).
    """
    roster = roster_kind(kind)
    target = io.BytesIO()
    import xlsxwriter  # only who makes a workbook waits for it

    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = _Styles(book)
    sheet = book.add_worksheet(roster.label)
    options = book.add_worksheet("选项")
    fields = list(roster.fields.values())
    for column, item in enumerate(fields):
        style = styles.required if item.required else styles.header
        sheet.set_column(column, column, item.width, styles.text)
        _write(sheet, 0, column, item.label, style, styles)
        sheet.write_comment(0, column, _comment(item), {"x_scale": 1.6, "y_scale": 1.2, "author": "工会"})
        _write(sheet, 1, column, item.example, styles.example, styles)
        offered = list((choices or {}).get(item.key, ())) or _labels(item)
        if offered:
            _drop_down(sheet, options, column, item, offered)
    sheet.set_row(0, 26)
    sheet.freeze_panes(1, 1)
    sheet.activate()
    options.hide()
    _instructions(book.add_worksheet("填写说明"), fields, styles)
    book.close()
    return target.getvalue()


def _labels(item: Field) -> list[str]:
    return [member.label for member in CODE_LISTS[item.code_list]] if item.code_list else []


def _comment(item: Field) -> str:
    parts = ["必填" if item.required else "选填", item.hint]
    if item.value in ("date", "end_date"):
        parts.append("写成 2020-05-01 这样")
    return "。".join(part for part in parts if part) + "。"


def _drop_down(sheet: Worksheet, options: Worksheet, column: int, item: Field, offered: list[str]) -> None:
    """The texts go to a hidden sheet: a list written into the cell rule may not pass 255 characters."""
    options.write_string(0, column, item.label)
    for row, text in enumerate(offered, 1):
        options.write_string(row, column, text)
    name = letter(column)
    rule = {
        "validate": "list",
        "source": f"=选项!${name}$2:${name}${len(offered) + 1}",
        "error_type": "warning",
        "error_title": item.label,
        "error_message": "不在可选的内容里，导入时可能认不出",
    }
    sheet.data_validation(1, column, _VALIDATED_ROWS, column, rule)


def _instructions(sheet: Worksheet, fields: list[Field], styles: _Styles) -> None:
    sheet.set_column(0, 0, 24, styles.plain)
    sheet.set_column(1, 1, 8, styles.plain)
    sheet.set_column(2, 2, 80, styles.wrapped)
    lines = (
        "第 1 行是表头，可以调整列的顺序、删掉用不到的列，不要改列名。",
        "第 2 行是示例，以“示例”开头的行导入时忽略，留着或删掉都可以。",
        "身份证号码、手机号码、代码所在的列已设为文本，从别处粘贴时用“选择性粘贴 → 数值”，保持文本格式。",
        "日期写成 2020-05-01、2020年5月1日、20200501 都可以；只有两位的年份认不出。",
        "不要用公式，不要合并单元格；一行一人（一个组织）。",
        "填好后保存为 xlsx 上传；也可以上传自己的表，列名相近的会自动对上。",
    )
    for row, line in enumerate(lines):
        sheet.merge_range(row, 0, row, 2, line, styles.wrapped)
        sheet.set_row(row, 22)
    start = len(lines) + 1
    for column, text in enumerate(("列名", "必填", "说明")):
        _write(sheet, start, column, text, styles.header, styles)
    for row, item in enumerate(fields, start + 1):
        _write(sheet, row, 0, item.label, styles.plain, styles)
        _write(sheet, row, 1, "必填" if item.required else "", styles.plain, styles)
        offered = "、".join(_labels(item)) if len(_labels(item)) <= 40 else ""
        _write(
            sheet,
            row,
            2,
            "。".join(part for part in (item.hint, f"可选：{offered}" if offered else "") if part),
            styles.wrapped,
            styles,
        )


def error_workbook(
    target: Target,
    labels: Sequence[str],
    rejected: Iterable[Rejected],
    *,
    kind: str,
    mapping: Mapping[str, int],
) -> int:
    """Only the rejected rows, under their own header, so that they can be corrected and fed back as a file.

    Offending cells are coloured and say the reason in a comment; 原因 says everything in words; the hidden
    first column holds the row of the original file. Returns the number of rows written.
    """
    book = _book(target)
    styles = _Styles(book)
    sheet = book.add_worksheet("要改的行")
    kept = [column for column, label in enumerate(labels) if label not in (REASON, ROW)]
    place = {column: at for at, column in enumerate(kept, 1)}
    fields = roster_kind(kind).fields
    widths = {column: fields[name].width for name, column in mapping.items() if name in fields}
    sheet.set_column(0, 0, 8, styles.plain, {"hidden": True})
    for column, at in place.items():
        hidden = {"hidden": True} if labels[column].startswith("_") else {}
        sheet.set_column(at, at, widths.get(column, 14), styles.text, hidden)
    reason_at = len(kept) + 1
    sheet.set_column(reason_at, reason_at, 60, styles.wrapped)
    _write(sheet, 0, 0, ROW, styles.header, styles)
    for column, at in place.items():
        _write(sheet, 0, at, labels[column], styles.header, styles)
    _write(sheet, 0, reason_at, REASON, styles.header, styles)
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 24)
    comments = count = 0
    for count, item in enumerate(rejected, 1):
        comments += _rejected_row(sheet, count, item, place, mapping, styles, comments < _MAX_COMMENTS)
        _write(sheet, count, reason_at, _reasons(item.problems, labels), styles.wrapped, styles)
    if count:
        sheet.autofilter(0, 0, count, reason_at)
    book.close()
    return count


def _rejected_row(
    sheet: Worksheet,
    at_row: int,
    item: Rejected,
    place: Mapping[int, int],
    mapping: Mapping[str, int],
    styles: _Styles,
    with_comments: bool,
) -> int:
    """One row; a column has one comment even when two things are wrong with it."""
    wrong: dict[int, list[Problem]] = {}
    for problem in item.problems:
        column = mapping.get(problem.field, -1)
        if column >= 0:
            wrong.setdefault(column, []).append(problem)
    sheet.write_string(at_row, 0, str(item.row))
    for column, at in place.items():
        text = text_of(item.cells[column]) if column < len(item.cells) else ""
        if column in wrong:
            _write(sheet, at_row, at, text, styles.wrong, styles, blank=True)
            if with_comments:
                said = "\n".join(f"{problem.message}。{problem.hint}" for problem in wrong[column])
                sheet.write_comment(at_row, at, said[:500], {"author": "工会", "x_scale": 1.8, "y_scale": 1.4})
        elif text:
            _write(sheet, at_row, at, text, styles.text, styles)
    return len(wrong) if with_comments else 0


def _reasons(problems: Sequence[Problem], labels: Sequence[str]) -> str:
    said = []
    for problem in problems:
        where = f"{problem.column} 列：" if problem.column else ""
        said.append(f"{where}{problem.message}" + (f"（{problem.hint}）" if problem.hint else ""))
    return "；".join(said)[:2_000]


def export(
    target: Target, columns: Sequence[ExportColumn], rows: Iterable[ExportRow], *, sheet_name: str = "名册"
) -> int:
    """A list that can be edited in Excel or WPS and fed back; rows are streamed, memory stays flat.

    Three hidden columns come first: the record, its version, and a mark of every exported cell, by which
    `read_round_trip` tells the cells that were changed. Returns the number of rows.
    """
    book = _book(target)
    styles = _Styles(book)
    sheet = book.add_worksheet(sheet_name[:31])
    sheet.set_column(0, 2, 4, styles.text, {"hidden": True})
    for at, column in enumerate(columns, 3):
        sheet.set_column(at, at, column.width, styles.text if column.text else styles.plain)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 3)
    keys = [column.key for column in columns]
    header = [ID, VERSION, header_mark([(column.key, column.label) for column in columns])]
    for at, text in enumerate([*header, *(column.label for column in columns)]):
        _write(sheet, 0, at, text, styles.header, styles)
    count = 0
    for count, row in enumerate(rows, 1):
        texts = [exported_text(value) for value in row.values]
        sheet.write_string(count, 0, str(row.id))
        sheet.write_string(count, 1, str(row.version))
        sheet.write_string(count, 2, cell_marks(str(row.id), keys, texts))
        for at, (column, text) in enumerate(zip(columns, texts, strict=True), 3):
            if not text:
                continue
            if not column.text and _is_plain_number(text):
                sheet.write_number(count, at, int(text))
            else:
                _write(sheet, count, at, text, None, styles)
    if count:
        sheet.autofilter(0, 0, count, len(columns) + 2)
    book.close()
    return count


def exported_text(value: object) -> str:
    """A value as it stands in an exported cell, and as it is compared when the file comes back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(str(item) for item in value)
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat())[:10] if callable(isoformat) else str(value)


def _is_plain_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16 and (text == "0" or text[0] != "0")


def _book(target: Target) -> xlsxwriter.Workbook:
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    return xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)


def _write(
    sheet: Worksheet,
    row: int,
    column: int,
    text: str,
    style: Format | None,
    styles: _Styles,
    *,
    blank: bool = False,
) -> None:
    """Always a string cell; what Excel would take for a formula also gets the quote prefix."""
    if not text:
        if blank:
            sheet.write_blank(row, column, None, style)
        return
    if text[0] in _DANGEROUS and style in (None, styles.text):
        style = styles.quoted
    sheet.write_string(row, column, text[:MAX_CELL], style)


class _Styles:
    """Formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        header = {**_FONT, "bold": True, "bg_color": "#F2F2F2", "bottom": 1, "num_format": "@"}
        self.header = book.add_format(header)
        self.required = book.add_format({**header, "font_color": _RED})
        self.plain = book.add_format(_FONT)
        self.wrapped = book.add_format({**_FONT, "text_wrap": True, "num_format": "@"})
        self.text = book.add_format({**_FONT, "num_format": "@"})
        self.quoted = book.add_format({**_FONT, "num_format": "@", "quote_prefix": True})
        self.example = book.add_format({**_FONT, "num_format": "@", "italic": True, "font_color": "#767676"})
        self.wrong = book.add_format(
            {
                **_FONT,
                "num_format": "@",
                "bg_color": "#FCE4E4",
                "font_color": _RED,
                "border": 1,
                "border_color": _RED,
            }
        )
