"""Which figure a cell most likely means, by the words of its row and column. Staff confirm what is proposed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from .sheets import Book, Sheet, address

LEAST = 72.0
"""Below this likeness (0–100) a cell is left to the staff: a wrong proposal costs more than none."""
_NOISE = re.compile(r"[（(][^）)]*[）)]|其中|合计|总计|小计|[一二三四五六七八九十]+、|^\d+[.、]|[：:·\s]")
_UNITS = re.compile(r"[（(](?:名|人|家|个|户|件|元|万元|%|人次|场|次)[）)]")


@dataclass(frozen=True, slots=True)
class Guess:
    """`label` is the cell that names an organisation below, where the row is one's."""

    sheet: str
    cell: str
    figure: str
    label: str
    words: str
    likeness: float


def plain(words: str) -> str:
    """Words without what forms add to them: units, 其中, numbers of sections."""
    return _NOISE.sub("", words)


def guesses(
    book: Book, titles: Mapping[str, str], places: Iterable[str], mapped: Iterable[tuple[str, str]]
) -> list[Guess]:
    """Proposals for the empty cells of a form, in reading order.

    :param titles: figure key → title.
    :param places: names of the organisations below, whole and short.
    """
    known = {key: plain(title) for key, title in titles.items()}
    names, taken = set(places), set(mapped)
    found: list[Guess] = []
    for sheet in book.shown():
        for row in range(1, min(sheet.rows, 200) + 1):
            for column in range(2, min(sheet.columns, 60) + 1):
                at = address(row, column)
                if (sheet.name, at) not in taken and (guess := _guess(sheet, at, known, names)):
                    found.append(guess)
    return found


def _guess(sheet: Sheet, at: str, known: Mapping[str, str], names: set[str]) -> Guess | None:
    cell = sheet.cells.get(at)
    if (
        (sheet.frame and at not in sheet.frame)
        or sheet.covered(at)
        or (cell is not None and (cell.formula or cell.text or cell.number is not None))
    ):
        return None
    label, head = sheet.label_cell(at), sheet.column_label(at)
    row = sheet.words(label) if label else ""
    if not row or not head:
        return None
    of_place = row.strip() in names
    asked = head if of_place else row
    for words in (asked.rsplit("·", 1)[-1], asked):
        best = process.extractOne(plain(words), known, scorer=fuzz.WRatio, score_cutoff=LEAST) if plain(words) else None
        if best is not None and _whole(plain(words), best[0]):
            return Guess(sheet.name, at, best[2], label if of_place else "", words, best[1])
    return None


def _whole(asked: str, title: str) -> bool:
    """Words of which one is only a short piece of the other are alike by accident: 会员 is not 会员评议."""
    return min(len(asked), len(title)) * 2 >= max(len(asked), len(title))
