"""Sheets as they were received: cells with their words, merged areas, and sums that can be told without Excel."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_UNIT = re.compile(r"[（(]?(?:名|人|家|个|户|件|元|万元|亿元|百分比|人次|户次|场|次|笔|份|项|对|亩|平方米)[）)]?")
LARGEST_AREA = 10_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The last that Excel has."""


def address(row: int, column: int) -> str:
    """C5 of (5, 3)."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def place(at: str) -> tuple[int, int]:
    """(5, 3) of C5; (0, 0) where it is not an address."""
    found = _ADDRESS.fullmatch(at.replace("$", ""))
    if found is None:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def area(text: str) -> list[str]:
    """Addresses of `B5:B17` or of one cell; nothing where it is no area or far too large."""
    first, _, last = text.replace("$", "").partition(":")
    (top, left), (bottom, right) = place(first), place(last or first)
    if not top or not bottom or (abs(bottom - top) + 1) * (abs(right - left) + 1) > LARGEST_AREA:
        return []
    rows, columns = range(min(top, bottom), max(top, bottom) + 1), range(min(left, right), max(left, right) + 1)
    return [address(row, column) for row in rows for column in columns]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it was received. `formula` is without its sign; "?" where it shares another cell's."""

    at: str
    text: str = ""
    number: Decimal | None = None
    formula: str = ""


Area = tuple[int, int, int, int]
"""Top, left, bottom, right, all counted from 1 and included."""


@dataclass(frozen=True)
class Sheet:
    """`merges` are areas that are one cell; `frame` are cells that have a look; `links` are areas that open something
    when they are clicked.
    """

    name: str
    hidden: bool
    cells: Mapping[str, Cell]
    merges: tuple[Area, ...]
    rows: int
    columns: int
    frame: frozenset[str] = frozenset()
    links: tuple[Area, ...] = ()

    @cached_property
    def _merged(self) -> dict[int, list[Area]]:
        """The merged areas of every row that has something."""
        found: dict[int, list[Area]] = defaultdict(list)
        for one in self.merges:
            for row in range(one[0], min(one[2], self.rows + 50) + 1):
                found[row].append(one)
        return dict(found)

    def _merge(self, row: int, column: int) -> Area | None:
        return next((one for one in self._merged.get(row, ()) if one[1] <= column <= one[3]), None)

    def linked(self, at: str) -> bool:
        """Whether a click on a cell opens something."""
        row, column = place(at)
        return any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in self.links)

    def words(self, at: str) -> str:
        """What stands in a cell, or in the merged area that covers it."""
        merge = self._merge(*place(at))
        at = address(merge[0], merge[1]) if merge else at
        found = self.cells.get(at)
        return found.text if found is not None and found.number is None and not found.formula else ""

    def covered(self, at: str) -> bool:
        """Whether a cell lies in a merged area without being its first: nothing can be written there."""
        row, column = place(at)
        merge = self._merge(row, column)
        return merge is not None and (row, column) != merge[:2]

    def label_cell(self, at: str) -> str:
        """The cell on the left that says what a row is about; empty where there is none."""
        row, column = place(at)
        return next((address(row, one) for one in range(column - 1, 0, -1) if _says(self.words(address(row, one)))), "")

    def row_label(self, at: str) -> str:
        found = self.label_cell(at)
        return self.words(found) if found else ""

    def column_label(self, at: str) -> str:
        """The heads above a cell from the outer to the inner one, each once: 会员·其中女."""
        row, column = place(at)
        found: list[str] = []
        for one in range(row - 1, 0, -1):
            here = address(one, column)
            said = self.words(here)
            if not _says(said) or self._is_title(one, column):
                if found and said == "":
                    break
                continue
            if said not in found:
                found.append(said)
            if len(found) == 3:
                break
        return "·".join(reversed(found))

    def _is_title(self, row: int, column: int) -> bool:
        """A merged area over nearly the whole width is the title of the form and no head of a column."""
        merge = self._merge(row, column)
        return merge is not None and merge[3] - merge[1] + 1 >= max(3, self.columns - 1)


def _says(text: str) -> bool:
    """Words, and neither a number of a row, a sign nor only a unit."""
    return any(letter.isalpha() for letter in text) and not _UNIT.fullmatch(text.strip())


@dataclass(frozen=True, slots=True)
class Book:
    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet | None:
        return next((one for one in self.sheets if one.name == name), None)

    def shown(self) -> Iterator[Sheet]:
        return (one for one in self.sheets if not one.hidden)


Key = tuple[str, str]
"""(sheet, address)."""
