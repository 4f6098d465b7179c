"""DuckDB over Parquet as a reference: the statements of a run, word for word, over copies of the tables they read."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from django.db import connection

TYPES = {
    "bigint": "BIGINT", "integer": "INTEGER", "smallint": "SMALLINT", "boolean": "BOOLEAN", "date": "DATE",
    "timestamp with time zone": "TIMESTAMPTZ", "numeric": "DECIMAL(24,4)", "double precision": "DOUBLE", "uuid": "UUID",
    "jsonb": "JSON",
}  # fmt: skip
"""What a column becomes; everything else is text."""
COLUMN = re.compile(r'"(\w+)"\."(\w+)"')


@dataclass
class Heard:
    """Statements with the seconds each took and what it answered."""

    statements: list[tuple[str, float, list[Any]]] = field(default_factory=list)


@contextlib.contextmanager
def hear() -> Iterator[Heard]:
    """Keep every SELECT that Django sends, with its parameters in place, its seconds and its first row."""
    heard = Heard()

    def listening(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        answer = execute(sql, params, many, context)
        if sql.startswith("SELECT COUNT") or sql.startswith("SELECT SUM"):
            cursor = context["cursor"].cursor
            rows = cursor.fetchall()
            seconds = time.perf_counter() - started
            cursor.scroll(0, mode="absolute")
            said = cursor.connection.cursor().mogrify(sql, params)
            heard.statements.append((said, seconds, list(rows[0])))
        return answer

    with connection.execute_wrapper(listening):
        yield heard


@dataclass(frozen=True)
class Compared:
    """Of statements that both sides run: how many, the seconds of each side, and how many answers differ."""

    statements: int
    left_out: int
    ours: float
    duck: float
    differ: int

    @property
    def said(self) -> str:
        return f"{self.statements}条（另{self.left_out}条DuckDB不认），结果不同的{self.differ}条"


def compare(line: psycopg.Connection[Any], heard: Heard, folder: Path) -> Compared:
    """Run what was heard over Parquet copies of the tables; what DuckDB does not know is left out on both sides."""
    wanted: dict[str, set[str]] = {}
    for sql, _, _ in heard.statements:
        for table, column in COLUMN.findall(sql):
            wanted.setdefault(table, set()).add(column)
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'Asia/Shanghai'")
    for table, columns in wanted.items():
        _copy(line, duck, table, sorted(columns), folder)
    ours = taken = 0.0
    same = left_out = differ = 0
    for sql, seconds, answer in heard.statements:
        started = time.perf_counter()
        try:
            told = duck.execute(sql).fetchone()
        except duckdb.Error:
            left_out += 1
            continue
        taken += time.perf_counter() - started
        ours += seconds
        same += 1
        differ += [_plain(one) for one in told or ()] != [_plain(one) for one in answer]
    return Compared(same, left_out, ours, taken, differ)


def _plain(value: Any) -> Decimal:
    return Decimal(value or 0).normalize()


def _copy(
    line: psycopg.Connection[Any], duck: duckdb.DuckDBPyConnection, table: str, columns: list[str], folder: Path
) -> None:
    """A view over one Parquet file with the columns that are asked for; nothing where there is no such table."""
    known = dict(
        line.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name = %s",
            [table],
        ).fetchall()
    )
    columns = [one for one in columns if one in known]
    if not columns:
        return
    plain, parquet = folder / f"{table}.csv", folder / f"{table}.parquet"
    listed = ", ".join(f'"{one}"' for one in columns)
    with (
        open(plain, "wb") as target,
        line.cursor().copy(f'COPY (SELECT {listed} FROM "{table}") TO STDOUT (FORMAT csv)') as rows,
    ):
        for piece in rows:
            target.write(piece)
    types = ", ".join(f"'{one}': '{TYPES.get(known[one], 'VARCHAR')}'" for one in columns)
    read = (
        f"read_csv('{plain}', auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '',"
        f" allow_quoted_nulls = false, columns = {{{types}}})"
    )
    duck.execute(f"COPY (SELECT * FROM {read}) TO '{parquet}' (FORMAT parquet)")
    plain.unlink()
    duck.execute(f"CREATE VIEW \"{table}\" AS SELECT * FROM '{parquet}'")
