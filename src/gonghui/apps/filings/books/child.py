"""What the confined child does with a form: reads its layout, writes values into it."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import IO, Any

from gonghui.kernel.files.reading import child
from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.unreadable import Unreadable

from ..rules.sheets import Book
from .reading import read
from .writing import Content, Percent, filled


def main() -> None:
    child.main(_serve)


def _serve(file: IO[bytes], filename: str, limits: Limits, out: IO[bytes]) -> None:
    source = child.opened(file, filename, limits)
    child.send(out, b"M", {"format": source.format})
    out.flush()
    file.seek(0)
    data = file.read()
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "read":
            answer = json.dumps(carried(read(data, limits)), ensure_ascii=False).encode("utf-8", "replace")
        else:
            values = {(sheet, at): _content(one) for sheet, at, one in command["values"]}
            totals = {(sheet, at): _content(one) for sheet, at, one in command["totals"]}
            answer = filled(data, values, totals, limits)
        if len(answer) > limits.output_bytes:
            raise Unreadable("too_big", "填好的表太大", "删掉表里的图片和多余的表")
        child.frame(out, b"A", answer)
        out.flush()


def carried(book: Book) -> list[dict[str, Any]]:
    """A layout as the parent reads it."""
    return [
        {
            "name": one.name, "hidden": one.hidden, "merges": one.merges, "rows": one.rows, "columns": one.columns,
            "frame": sorted(one.frame), "links": one.links,
            "cells": [
                (cell.at, cell.text, None if cell.number is None else str(cell.number), cell.formula)
                for cell in one.cells.values()
            ],
        }
        for one in book.sheets
    ]  # fmt: skip


def _content(one: dict[str, str] | None) -> Content | None:
    if one is None:
        return None
    if "percent" in one:
        return Percent(Decimal(one["percent"]))
    return Decimal(one["number"]) if "number" in one else one["words"]
