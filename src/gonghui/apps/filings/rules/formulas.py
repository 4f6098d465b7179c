"""Formulas of a form: plain sums that can be told without Excel, and which cells a formula speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from decimal import Decimal

from .sheets import LAST_COLUMN, LAST_ROW, Area, Book, Cell, Key, Sheet, address, area, place

_TERM = r"\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}(?::\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6})?"
_SUM = re.compile(rf"SUM\(({_TERM}(?:,{_TERM})*)\)")
_PLUS = re.compile(rf"{_TERM}(?:\+{_TERM})*")
_REFERENCE = re.compile(r'("[^"]*")|(?<![A-Za-z0-9_.$])(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})(?![A-Za-z0-9_(.])')


_QUOTED = re.compile(r'"[^"]*"')
_SPOKEN_OF = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|([\w.]+))!)?"
    r"(?<![A-Za-z0-9_.$])(?:\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?"
    r"|\$?([A-Z]{1,3}):\$?([A-Z]{1,3})|\$?([1-9][0-9]{0,6}):\$?([1-9][0-9]{0,6}))(?![A-Za-z0-9_(.])"
)
WITHHELD = "不单列"
"""Stands in place of a formula that speaks of hidden numbers: its result would be short of them, or give them away."""


def spoken_of(formula: str, sheet: str) -> list[tuple[str, Area]]:
    """(sheet, area) of everything a formula refers to by address, whole columns and rows among them."""
    found = []
    for one in _SPOKEN_OF.finditer(_QUOTED.sub('""', formula.upper())):
        name = (one[1] or one[2] or sheet).replace("''", "'").casefold()
        if one[3]:
            (top, left), (bottom, right) = place(f"{one[3]}{one[4]}"), place(f"{one[5] or one[3]}{one[6] or one[4]}")
        elif one[7]:
            (top, bottom), left, right = (1, LAST_ROW), place(f"{one[7]}1")[1], place(f"{one[8]}1")[1]
        else:
            (top, bottom), (left, right) = (int(one[9]), int(one[10])), (1, LAST_COLUMN)
        found.append((name, (min(top, bottom), min(left, right), max(top, bottom), max(left, right))))
    return found


def withheld(book: Book, hidden: Set[Key]) -> list[Key]:
    """The formulas that speak of hidden cells, themselves or through other formulas, in reading order."""
    if not hidden:
        return []
    left = {
        (sheet.name, cell.at): spoken_of(cell.formula, sheet.name)
        for sheet in book.sheets for cell in sheet.cells.values() if cell.formula
    }  # fmt: skip
    order, new = list(left), set(hidden)
    while new:
        points = [(sheet.casefold(), *place(at)) for sheet, at in new]
        new = {key for key, areas in left.items() if _meets(areas, points)}
        for key in new:
            del left[key]
    return [key for key in order if key not in left]


def _meets(areas: list[tuple[str, Area]], points: list[tuple[str, int, int]]) -> bool:
    return any(
        name == sheet and top <= row <= bottom and first <= column <= last
        for name, (top, first, bottom, last) in areas for sheet, row, column in points
    )  # fmt: skip


def shifted(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads so many rows and columns further on: what Excel shares among the cells of a column."""

    def moved(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        row, column = place(f"{found[3]}{found[5]}")
        row, column = row + (0 if found[4] else rows), column + (0 if found[2] else columns)
        if row < 1 or column < 1:
            return "#REF!"
        letters = address(1, column)[:-1]
        return f"{found[2]}{letters}{found[4]}{row}"

    return _REFERENCE.sub(moved, formula)


def terms(formula: str) -> list[str] | None:
    """The cells that a plain sum adds up: `SUM(B5:B17)`, `B5+C5`; None for every other formula."""
    plain = formula.replace(" ", "").upper()
    inside = found[1].split(",") if (found := _SUM.fullmatch(plain)) else None
    if inside is None:
        inside = plain.split("+") if _PLUS.fullmatch(plain) and ":" not in plain else None
    return None if inside is None else [at for one in inside for at in area(one)]


def totals(book: Book, filled: Mapping[Key, Decimal], hidden: Set[Key] = frozenset()) -> dict[Key, Decimal]:
    """What the plain sums of the sheets come to with the cells filled; formulas of other kinds are left to Excel.

    :param hidden: cells whose numbers are not told: a sum with one of them in it is not told either.
    """
    found: dict[Key, Decimal] = {}
    for sheet in book.sheets:
        for cell in sheet.cells.values():
            if cell.formula:
                _total(sheet, cell, filled, hidden, found, set())
    return found


def _total(
    sheet: Sheet,
    cell: Cell,
    filled: Mapping[Key, Decimal],
    hidden: Set[Key],
    found: dict[Key, Decimal],
    above: set[str],
) -> Decimal | None:
    """The sum of one formula; None where it is no plain sum, or speaks of itself."""
    key = sheet.name, cell.at
    if key in found:
        return found[key]
    parts = terms(cell.formula)
    if parts is None or cell.at in above or len(above) > 50:
        return None
    amount = Decimal(0)
    for at in parts:
        other = sheet.cells.get(at)
        if (sheet.name, at) in hidden:
            return None
        if other is not None and other.formula:
            one = _total(sheet, other, filled, hidden, found, above | {cell.at})
            if one is None:
                return None
        else:
            one = filled.get((sheet.name, at))
            if one is None:
                one = other.number if other is not None and other.number is not None else Decimal(0)
        amount += one
    found[key] = amount
    return amount
