"""What is looked at before a filing is handed in: blanks, parts and wholes, sums, and leaps since the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..choices import Kind
from .formulas import WITHHELD, withheld
from .mapping import Mapped
from .sheets import Book, Key, area


@dataclass(frozen=True, slots=True)
class Seen:
    """A mapped cell with what stands in it now.

    :param why: why nothing can be told (少于5, no such body below, not answered yet).
    :param settled: asked, and nothing more will come: nobody to ask, asked no more, asked as words.
    """

    mapped: Mapped
    number: Decimal | None = None
    text: str = ""
    few: bool = False
    why: str = ""
    settled: bool = False

    @property
    def empty(self) -> bool:
        return self.number is None and not self.text and not self.few


@dataclass(frozen=True, slots=True)
class Finding:
    """`bad` keeps a filing from being handed in; `remark` asks for a reason; `note` is only told."""

    level: str
    sheet: str
    cell: str
    sentence: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Why something is as it is, and which numbers that was said of: of others it says nothing."""

    words: str
    of: str


def about(one: Seen, before: Mapping[Key, Decimal]) -> str:
    """Which numbers of a cell a remark speaks of: the one in it and the one of the earlier filing."""
    return "/".join("" if number is None else f"{number:f}" for number in (one.number, before.get(one.mapped.key)))


def check(
    book: Book,
    cells: Sequence[Seen],
    sums: Mapping[Key, Decimal],
    before: Mapping[Key, Decimal],
    remarks: Mapping[str, Remark],
    tolerance: int,
) -> list[Finding]:
    """All findings, in reading order.

    :param sums: what the form's own plain sums come to.
    :param before: numbers of the same cells in the earlier filing, of those that may be set beside each other.
    :param remarks: those that were made of other numbers do not count.
    :param tolerance: a change of more per cent asks for a remark; 0 asks for none.
    """
    numbers = {one.mapped.key: one.number for one in cells if one.number is not None} | dict(sums)
    known = {one.mapped.key: one for one in cells}
    found: list[Finding] = []
    for one in cells:
        remark = remarks.get(name(*one.mapped.key))
        said = remark.words if remark is not None and remark.of == about(one, before) else ""
        found += _blank(one, said) + _compared(book, one, numbers, known) + _leap(one, before, said, tolerance)
    words = f"公式里有不写出的小数字，这一格写“{WITHHELD}”"
    hidden = {one.mapped.key for one in cells if one.few}
    return found + [Finding("note", sheet, at, words) for sheet, at in withheld(book, hidden)]


def _blank(one: Seen, remark: str) -> list[Finding]:
    sheet, cell = one.mapped.key
    if one.few:
        return [Finding("note", sheet, cell, f"{one.text}：少于5的数字不写出，以免认出当事人")]
    if one.settled:
        return [Finding("remark", sheet, cell, f"“{one.mapped.title}”{one.why}", remark)]
    if not one.empty:
        return []
    if one.mapped.kind == Kind.ASKED:
        return [Finding("bad", sheet, cell, f"“{one.mapped.title}”还没有答复")]
    return [Finding("remark", sheet, cell, f"空着：{one.why or '没有记录可以统计'}", remark)]


def _compared(book: Book, one: Seen, numbers: Mapping[Key, Decimal], known: Mapping[Key, Seen]) -> list[Finding]:
    sheet, cell = one.mapped.key
    if one.number is None:
        return []
    found = []
    whole = numbers.get((sheet, one.mapped.whole)) if one.mapped.whole else None
    if whole is not None and one.number > whole:
        found.append(
            Finding("bad", sheet, cell, f"其中项{one.number:,f}大于{one.mapped.whole}的{whole:,f}")
        )  # fmt: skip
    amount = _amount(book, sheet, one.mapped.parts, numbers, known) if one.mapped.parts else None
    if amount is not None and amount != one.number:
        found.append(
            Finding("bad", sheet, cell, f"{one.number:,f}不等于{one.mapped.parts}相加的{amount:,f}")
        )  # fmt: skip
    return found


def _amount(
    book: Book, sheet: str, parts: str, numbers: Mapping[Key, Decimal], known: Mapping[Key, Seen]
) -> Decimal | None:
    """The sum of an area; None where it cannot be told: a number in it is hidden, or only Excel knows it. A difference
    that is told would be the hidden number."""
    here = book.sheet(sheet)
    amount = Decimal(0)
    for at in area(parts):
        cell = here.cells.get(at) if here is not None else None
        number = numbers.get((sheet, at))
        mapped = known.get((sheet, at))
        if (mapped is not None and mapped.few) or (number is None and cell is not None and cell.formula):
            return None
        stands = cell.number if cell is not None and mapped is None else None
        amount += number if number is not None else stands or Decimal(0)
    return amount


def _leap(one: Seen, before: Mapping[Key, Decimal], remark: str, tolerance: int) -> list[Finding]:
    then = before.get(one.mapped.key)
    if not tolerance or one.number is None or not then:
        return []
    change = (one.number - then) / abs(then) * 100
    if abs(change) <= tolerance:
        return []
    sheet, cell = one.mapped.key
    said = f"比上一次的{then:,f}变动{change:+.1f}%，超过{tolerance}%"
    return [Finding("remark", sheet, cell, said, remark)]


def name(sheet: str, cell: str) -> str:
    """How remarks are kept: 基层组织!C5."""
    return f"{sheet}!{cell}"
