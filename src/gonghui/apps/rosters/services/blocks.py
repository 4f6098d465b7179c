"""Rows into the database in blocks: PostgreSQL's COPY text, by way of temporary tables.

COPY cannot write into a table under row-level security, so a block goes into a temporary table first and from there
by INSERT … SELECT, which the policies check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection

NULL = "\x02"
HEX = "\x03"


def cell(value: object) -> str:
    """One value in COPY text, with marks for what needs a backslash; `block_text` resolves them."""
    if value is None:
        return NULL
    if type(value) is str:
        return value
    if isinstance(value, bytes):
        return HEX + value.hex()
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return array(value)
    return str(value)


def array(values: Iterable[str]) -> str:
    """A text array; every element quoted, because platform names may hold commas."""
    return "{" + ",".join(['"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values]) + "}"


def line(values: Iterable[object]) -> str:
    """One row in COPY text."""
    return "\t".join([value if type(value) is str else cell(value) for value in values])


def block_text(lines: Sequence[str]) -> str:
    """Lines joined, user text escaped, marks resolved. Cells never hold tabs or line ends: reading removed them."""
    text = "\n".join(lines)
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    return text.replace(NULL, "\\N").replace(HEX, "\\\\x") + "\n"


def copy(table: str, columns: Sequence[str], lines: Sequence[str]) -> None:
    """Replace the content of a temporary table with these lines."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")
        if lines:
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as stream:
                stream.write(block_text(lines))


@contextmanager
def by_index() -> Iterator[None]:
    """Joins inside look rows up one by one.

    Row-level security compares paths with settings that the planner cannot see, so it believes any range to be small
    and would read a whole city for every block of a roster.
    """
    names = ("enable_hashjoin", "enable_mergejoin", "enable_bitmapscan", "enable_seqscan")
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SET LOCAL {name} = off")
    yield
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SET LOCAL {name} = on")


def run(sql: str, parameters: Any = ()) -> int:
    """One statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def fetch(sql: str, parameters: Any = ()) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
