"""The numbers of a chart as CSV and as a workbook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from gonghui.kernel.figures.tables import CONTENT_TYPES, csv_of
from gonghui.pages.answers import attachment
from gonghui.pages.lists import Column, write_xlsx

from .queries import Data


def as_csv(data: Data) -> HttpResponse:
    stamp = timezone.localdate().strftime("%Y%m%d")
    return attachment(csv_of(data.head, data.rows), f"{data.title}-{stamp}.csv", CONTENT_TYPES["csv"])


def as_xlsx(request: HttpRequest, data: Data) -> HttpResponseBase:
    columns = [Column(f"c{n}", title, cell=lambda row, n=n: row[n], head=n == 0) for n, title in enumerate(data.head)]
    about = [f"{label}：{text}" for label, text in data.about if text]
    return write_xlsx(
        request, title=data.title, columns=columns, rows=data.rows, total=len(data.rows), conditions=about
    )
