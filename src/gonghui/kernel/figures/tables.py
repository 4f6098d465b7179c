"""Figures as one long table, for whoever works on with them: a row for each figure, organisation and period."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from ..labelled import Labelled
from .queries.values import Value

Cell = str | int | date | bool | Decimal | None
Row = tuple[Cell, ...]

COLUMNS: Final[tuple[tuple[str, str, Literal["text", "integer", "day", "yes_no", "number"]], ...]] = (
    ("figure", "标识", "text"),
    ("version", "版本", "integer"),
    ("title", "名称", "text"),
    ("unit", "单位", "text"),
    ("organisation_id", "组织编号", "integer"),
    ("organisation", "组织", "text"),
    ("region_code", "行政区划代码", "text"),
    ("period", "期间", "text"),
    ("first_day", "起", "day"),
    ("last_day", "止", "day"),
    ("value", "值", "number"),
    ("hidden", "少于5不给出", "yes_no"),
)
"""(name in files, in Chinese, kind). Names and kinds are an interface: add at the end, never change."""


class TableFormat(Labelled):
    """What a table is written as."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"
    PARQUET = "parquet", "Parquet"


CONTENT_TYPES: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def rows_of(values: Iterable[tuple[Value, Any]]) -> Iterator[Row]:
    """A row for each (value, place). What is not told is empty, and says that it is hidden."""
    for value, place in values:
        definition, period = value.definition, value.period
        yield (
            value.figure.key, value.figure.version, definition.title, definition.unit, place.pk, place.name,
            place.region_code, period.key, period.first, period.last, None if value.few else value.number, value.few,
        )  # fmt: skip


def safe(value: Cell) -> str:
    """A cell of a CSV; text that a spreadsheet would take for a formula is led by an apostrophe."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def csv_of(head: Iterable[str], rows: Iterable[Iterable[Cell]]) -> bytes:
    """UTF-8 with its mark, so that office programs read it without asking."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def parquet_of(rows: Iterable[Row]) -> bytes:
    """A Parquet file with the columns of `COLUMNS`; numbers are exact decimals of four places."""
    import pyarrow as arrow  # large, and needed by few: only who asks for it waits for it
    from pyarrow import parquet

    kinds = {
        "text": arrow.string(),
        "integer": arrow.int64(),
        "day": arrow.date32(),
        "yes_no": arrow.bool_(),
        "number": arrow.decimal128(24, 4),
    }
    schema = arrow.schema([(name, kinds[kind]) for name, _, kind in COLUMNS])
    columns = list(zip(*rows, strict=True)) or [() for _ in COLUMNS]
    arrays = [arrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    target = io.BytesIO()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), target, compression="zstd")
    return target.getvalue()


def written(rows: Iterable[Row], form: str) -> bytes:
    """The table as CSV or Parquet."""
    if form == TableFormat.PARQUET:
        return parquet_of(rows)
    return csv_of([name for name, _, _ in COLUMNS], rows)
