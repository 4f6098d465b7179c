"""Writes what a list shows, filtered as it is filtered, into a workbook that never carries a live formula."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from gonghui.kernel.refusal import Refusal

from .declare import Column, Row

MOST_ROWS: Final = 1_048_575  # a sheet holds one more, the head
CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Final[dict[str, dict[str, Any]]] = {
    "head": {"bold": True, "bg_color": "#F1F4F8", "bottom": 1, "text_wrap": True},
    "editable": {"bold": True, "bg_color": "#E6F3EA", "bottom": 1, "text_wrap": True},
    "date": {"num_format": "yyyy-mm-dd"},
    "time": {"num_format": "yyyy-mm-dd hh:mm"},
    "money": {"num_format": "#,##0.00"},
    "number": {"num_format": "#,##0"},
}


def _write(sheet: Any, at: tuple[int, int], value: object, formats: dict[str, Any]) -> None:
    """Text goes in as text whatever it starts with: =, +, - and @ stay characters."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(*at, "是" if value else "否")
    elif isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        sheet.write_datetime(*at, local.replace(tzinfo=None), formats["time"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(*at, dt.datetime.combine(value, dt.time()), formats["date"])
    elif isinstance(value, Decimal):
        sheet.write_number(*at, value, formats["money"])
    elif isinstance(value, int | float):
        sheet.write_number(*at, value, formats["number"])
    else:
        sheet.write_string(*at, str(value)[:32_767])


def write_xlsx(
    request: HttpRequest,
    *,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    total: int,
    conditions: Sequence[str] = (),
) -> HttpResponseBase:
    """One sheet of rows, one that says what was exported, when, under which conditions."""
    if total > MOST_ROWS:
        raise Refusal(
            "GH-LIST-001",
            f"一个工作表最多{MOST_ROWS:,}行，现在有{total:,}行。按组织或日期分几次导出",
        )
    with tempfile.NamedTemporaryFile(prefix="export-", suffix=".xlsx") as target:
        fill_xlsx(target.name, title=title, columns=columns, rows=rows, total=total, conditions=conditions)
        finished = open(target.name, "rb")  # noqa: SIM115 the response closes it; the name goes at once
    stamp = timezone.localdate().strftime("%Y%m%d")
    return FileResponse(finished, as_attachment=True, filename=f"{title}-{stamp}.xlsx", content_type=CONTENT_TYPE)


def fill_xlsx(
    name: str,
    *,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    total: int,
    conditions: Sequence[str] = (),
) -> None:
    """The workbook under a name of the file system, for whoever has no request."""
    import xlsxwriter  # only who exports waits for it

    book = xlsxwriter.Workbook(
        name,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    formats = {name: book.add_format(shape) for name, shape in FORMATS.items()}
    sheet = book.add_worksheet("名单")
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, 32 if column.kind == "organisation" else 16)
        head = f"{column.title}（{column.unit}）" if column.unit else column.title
        sheet.write_string(0, number, head, formats["editable" if column.editable else "head"])
    source = rows.iterator(chunk_size=2000) if isinstance(rows, QuerySet) else rows
    for line, row in enumerate(source, start=1):
        for number, column in enumerate(columns):
            _write(sheet, (line, number), column.plain(row), formats)
    about = book.add_worksheet("说明")
    about.set_column(0, 0, 12)
    about.set_column(1, 1, 60)
    lines = [
        ("名称", title),
        ("行数", str(total)),
        ("导出时间", timezone.localtime().strftime("%Y-%m-%d %H:%M")),
    ]
    lines += [("条件", condition) for condition in conditions] or [("条件", "无")]
    if any(column.editable for column in columns):
        lines.append(("可改的列", "、".join(column.title for column in columns if column.editable)))
    for line, (label, text) in enumerate(lines):
        about.write_string(line, 0, label)
        about.write_string(line, 1, text)
    book.close()
