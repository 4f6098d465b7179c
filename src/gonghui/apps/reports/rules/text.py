"""A report's text: headings, paragraphs, tables, with marks in them. One line is one block.

# 标题    ## 一、一级    ### （一）二级    #### 1. 三级    | 表 | 头 |    everything else is a paragraph
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from .marks import MARK, Condition, Mark, Said, WrongMark, condition, read

LONGEST: Final = 60_000
"""Characters a text may have: some forty pages."""
COLUMNS, DEEP = 20, 3
"""Columns of a table typed by hand; wordings within wordings."""
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    """A text without what no paper can hold: control characters that come along from other files."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two wordings."""

    condition: Condition
    then: tuple[Piece, ...]
    otherwise: tuple[Piece, ...] = ()


Piece = str | Mark | Said | Choice


@dataclass(frozen=True, slots=True)
class Block:
    """One line.

    :param kind: title, h1, h2, h3, paragraph, table (typed by hand; its rows are cells of pieces) or figure (a table
        or chart that a mark asks for).
    """

    kind: str
    line: int
    pieces: tuple[Piece, ...] = ()
    rows: tuple[tuple[tuple[Piece, ...], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    line: int
    sentence: str


@dataclass
class Text:
    blocks: list[Block] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def marks(self) -> Iterator[tuple[int, Mark]]:
        """(line, mark) of everything asked for, conditions included."""
        for block in self.blocks:
            for pieces in (block.pieces, *(cell for row in block.rows for cell in row)):
                for mark in _within(pieces):
                    yield block.line, mark


def _within(pieces: tuple[Piece, ...]) -> Iterator[Mark]:
    for piece in pieces:
        if isinstance(piece, Mark):
            yield piece
        elif isinstance(piece, Choice):
            yield piece.condition.mark
            yield from _within(piece.then)
            yield from _within(piece.otherwise)


_HEADS: Final = (("#### ", "h3"), ("### ", "h2"), ("## ", "h1"), ("# ", "title"))


def parse(text: str) -> Text:
    """The blocks of a text and every mistake in its marks. Never raises."""
    found = Text()
    rows: list[tuple[tuple[Piece, ...], ...]] = []
    for number, raw in enumerate(
        [*text.replace("\r\n", "\n").replace("｛｛", "{{").replace("｝｝", "}}").split("\n"), ""], 1
    ):
        line = raw.strip()
        try:
            if line.startswith("|"):
                cells = tuple(tuple(_pieces(one.strip())) for one in _cells(line))
                if len(cells) > COLUMNS:
                    raise WrongMark(f"表有{len(cells)}列，最多{COLUMNS}列")
                rows.append(cells)
                continue
            if rows:
                found.blocks.append(Block("table", number - len(rows), rows=_even(rows)))
                rows = []
            if line:
                found.blocks.append(_block(line, number))
        except WrongMark as wrong:
            found.mistakes.append(Mistake(number, str(wrong)))
    return found


def _cells(line: str) -> list[str]:
    """The cells of a row; the lines inside marks do not part them."""
    kept = MARK.sub(lambda one: one[0].replace("|", "\0"), line)
    return [one.replace("\0", "|") for one in kept.strip("|").split("|")]


def _even(rows: list[tuple[tuple[Piece, ...], ...]]) -> tuple[tuple[tuple[Piece, ...], ...], ...]:
    width = max(len(one) for one in rows)
    return tuple(one + ((),) * (width - len(one)) for one in rows)


def _block(line: str, number: int) -> Block:
    kind = "paragraph"
    for sign, name in _HEADS:
        if line.startswith(sign):
            kind, line = name, line.removeprefix(sign).strip()
            break
    pieces = tuple(_pieces(line))
    asked = [one for one in pieces if isinstance(one, Mark) and one.kind in ("table", "chart")]
    if asked and (len(pieces) > 1 or kind != "paragraph"):
        raise WrongMark("表和图要单独占一行")
    return Block("figure" if asked else kind, number, pieces)


def _pieces(line: str) -> list[Piece]:
    tokens = re.split(r"(\{\{.*?\}\})", line)
    found, rest = _until(tokens, 0, 0)
    if rest != len(tokens):
        raise WrongMark(f"多了一个{tokens[rest]}，前面没有{{{{如果 …}}}}")
    if any(isinstance(one, str) and ("{{" in one or "}}" in one) for one in found):
        raise WrongMark("双括号没有成对")
    return found


def _until(tokens: list[str], at: int, depth: int) -> tuple[list[Piece], int]:
    """The pieces up to 否则 or 结束, and where that stands; up to the end where there is none."""
    found: list[Piece] = []
    while at < len(tokens):
        token = tokens[at]
        inside = token[2:-2].strip() if MARK.fullmatch(token) else None
        if inside in ("否则", "结束"):
            return found, at
        at += 1
        if inside is None:
            found += [token] if token else []
        elif inside.startswith("如果"):
            if depth >= DEEP:
                raise WrongMark(f"{{{{如果 …}}}}里面最多再套{DEEP - 1}层")
            then, at = _until(tokens, at, depth + 1)
            otherwise: list[Piece] = []
            if at < len(tokens) and tokens[at][2:-2].strip() == "否则":
                otherwise, at = _until(tokens, at + 1, depth + 1)
            if at >= len(tokens) or tokens[at][2:-2].strip() != "结束":
                raise WrongMark("{{如果 …}}没有{{结束}}，要在同一段里结束")
            at += 1
            found.append(Choice(condition(inside.removeprefix("如果")), tuple(then), tuple(otherwise)))
        else:
            found.append(read(inside))
    return found, at


_TYPED: Final = re.compile(
    r"(?<![\d\-.,第〔])\d[\d,]*(?:\.\d+)?\s*(?:余|多)?[万亿]?(?:家|名|个|人次|人|元|项|场|次|件|%|％|户|所|支|份)"
)


def typed_numbers(text: Text) -> list[Mistake]:
    """Numbers somebody typed where a figure could stand: nobody can open their records. Headings may have them."""
    found = []
    for block in text.blocks:
        for pieces in (block.pieces, *(cell for row in block.rows for cell in row)):
            if block.kind in ("paragraph", "table"):
                for words in _typed(pieces):
                    found += [Mistake(block.line, one[0].strip()) for one in _TYPED.finditer(words)]
    return found


def _typed(pieces: tuple[Piece, ...]) -> Iterator[str]:
    """What was typed, in either wording."""
    for piece in pieces:
        if isinstance(piece, str):
            yield piece
        elif isinstance(piece, Choice):
            yield from _typed(piece.then)
            yield from _typed(piece.otherwise)
