"""What every format offers to the child: sheets, a preview, merged cells, and blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

Row = tuple[int, list[str]]
Merge = tuple[int, int, int, int]


@dataclass(frozen=True)
class Block:
    """Rows without a gap, packed: the number of the first row, and how far the file is read (‰)."""

    first: int
    text: str
    permille: int


class Source(Protocol):
    """One opened file."""

    format: str
    details: dict[str, str]
    notices: list[str]
    sheets: list[tuple[str, bool]]

    def preview(self, sheet: int, rows: int) -> list[Row]: ...

    def merges(self, sheet: int) -> list[Merge]: ...

    def blocks(self, sheet: int) -> Iterator[Block]: ...


class MergeFiller:
    """Gives the rows under a vertically merged cell its value: a union named once for thirty members."""

    def __init__(self, merges: list[Merge]) -> None:
        self._starts: dict[int, list[Merge]] = {}
        for merge in merges:
            if merge[1] == merge[3] and merge[2] > merge[0]:
                self._starts.setdefault(merge[0], []).append(merge)
        self._active: dict[int, tuple[int, str]] = {}
        self._next = sorted(self._starts, reverse=True)

    def touches(self, last_row: int) -> bool:
        """Whether any row up to this one may need filling."""
        return bool(self._active) or bool(self._next and self._next[-1] <= last_row)

    def fill(self, number: int, cells: list[str]) -> list[str]:
        """The row with what merged cells above it say."""
        for column, (until, value) in list(self._active.items()):
            if number > until:
                del self._active[column]
            elif value:
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = cells[column] or value
        while self._next and self._next[-1] <= number:
            for merge in self._starts[self._next.pop()]:
                if merge[0] == number and merge[1] < len(cells):
                    self._active[merge[1]] = (merge[2], cells[merge[1]])
        return cells


def packed(rows: list[Row], permille: int, pack: object) -> Iterator[Block]:
    """Blocks of consecutive rows out of rows that may leave gaps."""
    run: list[list[str]] = []
    first = previous = 0
    for number, cells in rows:
        if run and number - previous > 1:
            if number - previous <= 20:
                run.extend([[""]] * (number - previous - 1))
            else:
                yield Block(first, pack(run), permille)  # type: ignore[operator]
                run = []
        if not run:
            first = number
        run.append(cells)
        previous = number
    if run:
        yield Block(first, pack(run), permille)  # type: ignore[operator]
