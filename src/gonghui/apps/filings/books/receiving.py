"""Forms as strangers sent them: read and written in the confined child alone, never where pages are served."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.process import ReadingProcess
from gonghui.kernel.files.reading.unreadable import SAVE_AS_XLSX
from gonghui.kernel.refusal import Refusal

from ..rules.sheets import Book, Cell, Key, Sheet
from .writing import Content, Percent

PROGRAM = "gonghui.apps.filings.books.child"
LARGEST = 10_000_000
LIMITS = Limits(
    memory=600_000_000, cpu_seconds=20, file_bytes=LARGEST, unpacked_bytes=60_000_000, silence_seconds=20.0,
    total_seconds=30.0, output_bytes=60_000_000,
)  # fmt: skip
_KINDS = {"xls": "旧格式（xls）", "ods": "ODS格式", "csv": "文本（csv）"}


def received(data: bytes, filename: str) -> Book:
    """The form in a file.

    :raises Refusal: GH-FLG-001 too large, 002 a table but no xlsx, 003 nothing to fill in, 004 damaged, 005 far larger
        than any form; codes GH-IMP-1xx where it is no table at all, has macros, a password, or is damaged.
    """
    if len(data) > LARGEST:
        raise Refusal(
            "GH-FLG-001", f"文件超过{LARGEST // 1_000_000}MB，不像一份报表", "file", "删掉图片和多余的表再上传"
        )
    book = layout(data, filename)
    if not any(one.cells for one in book.shown()):
        raise Refusal("GH-FLG-003", "文件里没有表样，一格文字也没有", "file", "核对选的是不是报表的文件")
    return book


def layout(data: bytes, filename: str = "表.xlsx") -> Book:
    """The sheets of a form.

    :raises Refusal: as `received`.
    """
    with _child(data, filename) as process:
        return Book(tuple(_sheet(one) for one in json.loads(process.answer({"do": "read"}))))


def written(data: bytes, values: Mapping[Key, Content | None], totals: Mapping[Key, Content | None]) -> bytes:
    """The file of a form with its cells filled: `writing.filled`.

    :raises Refusal: as `received`.
    """
    with _child(data, "表.xlsx") as process:
        return process.answer({"do": "fill", "values": _carried(values), "totals": _carried(totals)})


@contextmanager
def _child(data: bytes, filename: str) -> Iterator[ReadingProcess]:
    process = ReadingProcess(data, filename, LIMITS, PROGRAM)
    try:
        kind = str(process.meta()["format"])
        if kind != "xlsx":
            raise Refusal("GH-FLG-002", f"这是{_KINDS.get(kind, kind)}，原样填回去要用xlsx", "file", SAVE_AS_XLSX)
        yield process
    finally:
        process.close()


def _sheet(one: dict[str, Any]) -> Sheet:
    cells = {
        at: Cell(at, text, None if number is None else Decimal(number), formula)
        for at, text, number, formula in one["cells"]
    }
    merges, links = (tuple((a, b, c, d) for a, b, c, d in one[name]) for name in ("merges", "links"))
    return Sheet(one["name"], one["hidden"], cells, merges, one["rows"], one["columns"], frozenset(one["frame"]), links)


def _carried(contents: Mapping[Key, Content | None]) -> list[tuple[str, str, dict[str, str] | None]]:
    return [(sheet, at, _content(one)) for (sheet, at), one in contents.items()]


def _content(one: Content | None) -> dict[str, str] | None:
    if one is None:
        return None
    if isinstance(one, Percent):
        return {"percent": str(one.number)}
    return {"number": str(one)} if isinstance(one, Decimal) else {"words": one}
