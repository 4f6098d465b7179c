"""The numbers of a chart as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header

from gonghui.pages.lists import Column, write_xlsx

from .queries import Data


def _cell(value: str | int | Decimal | None) -> str:
    """Text that a spreadsheet would take for a formula is led by an apostrophe."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def as_csv(data: Data) -> HttpResponse:
    """UTF-8 with its mark, so that office programs read it without asking."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(data.head)
    writer.writerows([_cell(one) for one in row] for row in data.rows)
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    stamp = timezone.localdate().strftime("%Y%m%d")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{data.title}-{stamp}.csv") or ""
    return answer


def as_xlsx(request: HttpRequest, data: Data) -> HttpResponseBase:
    columns = [Column(f"c{n}", title, cell=lambda row, n=n: row[n], head=n == 0) for n, title in enumerate(data.head)]
    about = [f"{label}：{text}" for label, text in data.about if text]
    return write_xlsx(
        request, title=data.title, columns=columns, rows=data.rows, total=len(data.rows), conditions=about
    )
