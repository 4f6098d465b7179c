"""A sheet as a table of a page: what is shown of it, and what covers more than one cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..rules.sheets import Cell, Sheet, address

ROWS, COLUMNS = 300, 60
"""What a page shows of a sheet; a form is hardly ever longer, and the file has all of it."""


@dataclass(frozen=True, slots=True)
class Box:
    """One cell of the table with what the page puts into it."""

    at: str
    rows: int
    columns: int
    cell: Cell | None
    content: Any


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    boxes: list[Box]


@dataclass(frozen=True, slots=True)
class Grid:
    name: str
    letters: list[str]
    lines: list[Line]
    cut: bool


def grid(sheet: Sheet, content: Callable[[str], Any]) -> Grid:
    """The table of a sheet; `content` tells what the page knows of an address."""
    rows, columns = min(sheet.rows, ROWS), min(sheet.columns, COLUMNS)
    spans: dict[str, tuple[int, int]] = {}
    covered: set[str] = set()
    for top, left, bottom, right in sheet.merges:
        if top > rows or left > columns:
            continue
        bottom, right = min(bottom, rows), min(right, columns)
        spans[address(top, left)] = (bottom - top + 1, right - left + 1)
        covered |= {address(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
    covered -= set(spans)
    lines = [
        Line(
            row,
            [
                Box(at, *spans.get(at, (1, 1)), sheet.cells.get(at), content(at))
                for column in range(1, columns + 1)
                if (at := address(row, column)) not in covered
            ],
        )
        for row in range(1, rows + 1)
    ]
    letters = [address(1, column)[:-1] for column in range(1, columns + 1)]
    return Grid(sheet.name, letters, lines, sheet.rows > ROWS or sheet.columns > COLUMNS)
