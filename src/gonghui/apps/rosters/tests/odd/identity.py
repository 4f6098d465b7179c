"""Identity numbers in every way they go wrong."""

from __future__ import annotations

from datetime import date

from gonghui.apps.rosters.tests.builders import Raw, dated, formula, id_card
from gonghui.apps.rosters.tests.odd.base import Odd, one


def _wrong_digit(position: int) -> str:
    number = id_card(123)
    digit = number[position]
    return (
        number[:position]
        + ("1" if digit in "0X" else "0" if position != 17 else "5" if digit != "5" else "6")
        + number[position + 1 :]
    )


def _digit_case(position: int) -> Odd:
    wrong = _wrong_digit(position)
    code = "GH-PER-104" if 6 <= position <= 13 and not _is_date(wrong[6:14]) else "GH-PER-107"
    return one(f"wrong digit at {position + 1}", ("B", code), id=wrong)


def _is_date(digits: str) -> bool:
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1850 <= found.year <= 2150


IDENTITY = [
    *[_digit_case(position) for position in range(18)],
    one("float identity number", ("B", "GH-IMP-202"), id=360802199003074500),
    one(
        "identity number with exponent",
        ("B", "GH-IMP-202"),
        id=Raw('<c r="{ref}"><v>3.6080219900307398E+17</v></c>'),
    ),
    one("old number as a number", ("B", "GH-IMP-202"), id=360802900307451),
    one("identity number as a date", ("B", "GH-IMP-207"), id=dated(32939)),
    one("identity number as a formula", ("B", "GH-IMP-203"), id=formula("A1&B1", "360802199003074512")),
    one("17 digits", ("B", "GH-PER-102"), id=id_card(3)[:17]),
    one("19 digits", ("B", "GH-PER-102"), id=id_card(3) + "1"),
    one("old 15 digits", id="360802900307451"),
    one("lower-case x", id=next(id_card(i) for i in range(3, 90) if id_card(i).endswith("X")).lower()),
    one("letter O for zero", ("B", "GH-PER-103"), id=id_card(3)[:8] + "O" + id_card(3)[9:]),
    one("spaces inside", id=f"{id_card(3)[:6]} {id_card(3)[6:14]} {id_card(3)[14:]}"),
    one("full-width", id="".join(chr(ord(char) + 0xFEE0) for char in id_card(3))),
    one("masked", ("B", "GH-PER-112"), id="3608**********1234"),
    one("born tomorrow", ("B", "GH-PER-105"), id=id_card(3, birth="20990101")),
    one("born in 1875", ("B", "GH-PER-106"), id=id_card(3, birth="18750101")),
    one("30 February", ("B", "GH-PER-104"), id=id_card(3, birth="19900230")),
    one("unknown region is only a warning", id=id_card(3, region="999999"[:2] + "0102")),
    one("residence permit of Hong Kong", id=id_card(3, region="810000")),
    one("no identity number", ("B", "GH-IMP-201"), id=None),
]
