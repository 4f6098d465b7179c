"""Sums, labels, guesses and checks, without a database."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gonghui.apps.filings import example
from gonghui.apps.filings.books.reading import read
from gonghui.apps.filings.rules.checks import Remark, Seen, check
from gonghui.apps.filings.rules.formulas import shifted, spoken_of, terms, totals, withheld
from gonghui.apps.filings.rules.guessing import guesses, plain
from gonghui.apps.filings.rules.mapping import Mapped, checked, read_all
from gonghui.apps.filings.rules.sheets import Book, Cell, Sheet, address, area, place
from gonghui.kernel.refusal import Refusal

PLACES = ("安福县", "遂川县")
BOOK = read(example.workbook(PLACES))
TITLES = {"organisations": "工会组织", "unions": "基层工会", "members": "会员总数", "members_women": "女会员",
          "members_migrant": "农民工会员", "members_new_form": "新就业形态会员", "aid_paid": "帮扶资金",
          "hardship_files": "在册困难职工", "legal_aid": "法律援助", "chairs": "工会主席"}  # fmt: skip


def test_addresses() -> None:
    assert [address(5, 3), address(1, 27), place("AB12"), place("c5"), place("1A")] == [
        "C5",
        "AA1",
        (12, 28),
        (0, 0),
        (0, 0),
    ]
    assert area("B2:C3") == ["B2", "C2", "B3", "C3"] and area("$B$2") == ["B2"] and area("A1:XFD1048576") == []


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUM(B5:B7)", ["B5", "B6", "B7"]),
        ("sum( B5 , $D$5 )", ["B5", "D5"]),
        ("B5+C5", ["B5", "C5"]),
        ("SUM(B5:B7)/2", None),
        ("B5-C5", None),
        ("SUM(表二!B5:B7)", None),
        ("?", None),
    ],
)
def test_only_plain_sums_are_worked_out(formula: str, expected: list[str] | None) -> None:
    assert terms(formula) == expected


def test_sums_of_sums_and_none_of_what_excel_alone_can() -> None:
    found = totals(
        BOOK, {(example.BASE, "E7"): Decimal(3), (example.BASE, "E8"): Decimal(4), (example.MEANS, "C6"): Decimal(2)}
    )
    assert found[example.BASE, "E6"] == 7 and found[example.MEANS, "C8"] == 2
    assert (example.MEANS, "E3") not in found


def test_words_of_rows_and_columns_find_figures() -> None:
    found = {(one.sheet, one.cell): one for one in guesses(BOOK, TITLES, set(PLACES), [])}
    assert found[example.BASE, "F7"].figure == "members_women" and found[example.BASE, "F7"].label == "B7"
    assert found[example.BASE, "D8"].figure == "unions"
    assert found[example.AID, "C3"].figure == "hardship_files" and found[example.AID, "C3"].label == ""
    assert (example.BASE, "C6") not in found and (example.MEANS, "C6") not in found
    assert plain("其中：女会员（名）") == "女会员"


def test_nothing_is_guessed_where_something_is_mapped() -> None:
    assert not [
        one
        for one in guesses(BOOK, TITLES, set(PLACES), [(example.BASE, "F7")])
        if one.cell == "F7" and one.sheet == example.BASE
    ]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"cell": "C6", "kind": "figure", "figure": "members"}, "GH-FLG-011"),
        ({"cell": "C2", "kind": "figure", "figure": "members"}, "GH-FLG-014"),
        ({"cell": "ZZ9", "kind": "figure", "figure": "members"}, "GH-FLG-010"),
        ({"cell": "x", "kind": "figure", "figure": "members"}, "GH-FLG-010"),
        ({"cell": "C7", "kind": "figure", "figure": "nothing"}, "GH-FLG-012"),
        ({"cell": "C7", "kind": "asked"}, "GH-FLG-012"),
        ({"cell": "C7", "kind": "asked", "title": "做法", "number": False, "below": True}, "GH-FLG-012"),
        ({"cell": "C7", "kind": "text"}, "GH-FLG-012"),
        ({"cell": "C7", "kind": "text", "said": "below"}, "GH-FLG-012"),
        ({"cell": "C7", "kind": "figure", "figure": "members", "whole": "C7"}, "GH-FLG-013"),
        ({"cell": "C7", "kind": "figure", "figure": "members", "parts": "C7:C9"}, "GH-FLG-013"),
    ],
)
def test_what_does_not_fit_the_form_is_refused(given: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked({"sheet": example.BASE, **given}, BOOK, TITLES)
    assert refused.value.code == code and refused.value.message


def test_the_examples_mapping_fits_its_form() -> None:
    known = {one["figure"] for one in example.mapping(PLACES) if "figure" in one}
    for one in example.mapping(PLACES):
        checked(one, BOOK, known)
    assert len({one.key for one in read_all(example.mapping(PLACES))}) == len(example.mapping(PLACES))


def seen(cell: str, number: int | None, **more: object) -> Seen:
    mapped = Mapped.model_validate({"sheet": example.BASE, "cell": cell, "kind": "figure", "figure": "members", **more})
    return Seen(mapped, None if number is None else Decimal(number))


def found(
    *cells: Seen, before: dict[tuple[str, str], Decimal] | None = None, remarks: dict[str, Remark] | None = None
) -> list[tuple[str, str]]:
    return [(one.level, one.cell) for one in check(BOOK, cells, {}, before or {}, remarks or {}, 30)]


def test_parts_are_not_larger_than_wholes_and_sums_agree() -> None:
    assert found(seen("E7", 5), seen("F7", 6, whole="E7")) == [("bad", "F7")]
    assert found(seen("E7", 5), seen("F7", 5, whole="E7")) == []
    assert found(seen("E7", 5), seen("E8", 1), seen("G7", 7, parts="E7:E8")) == [("bad", "G7")]


def test_a_leap_and_a_blank_have_to_be_explained() -> None:
    before = {(example.BASE, "E7"): Decimal(100)}
    assert found(seen("E7", 131), before=before) == [("remark", "E7")]
    assert found(seen("E7", 130), before=before) == []
    said = check(BOOK, [seen("E7", 10)], {}, before, {f"{example.BASE}!E7": Remark("并转", "10/100")}, 30)
    assert said[0].remark == "并转" and "-90.0%" in said[0].sentence
    assert found(seen("E7", None)) == [("remark", "E7")]


def test_a_remark_speaks_of_the_number_it_was_made_of() -> None:
    before = {(example.BASE, "E7"): Decimal(100)}
    for number, then, words in ((10, before, "并转"), (11, before, ""), (10, {(example.BASE, "E7"): Decimal(99)}, "")):
        said = check(BOOK, [seen("E7", number)], {}, then, {f"{example.BASE}!E7": Remark("并转", "10/100")}, 30)
        assert said[0].remark == words


def test_a_sum_that_has_a_hidden_number_in_it_is_not_compared() -> None:
    """Whatever was said of the difference would be the hidden number."""
    few = Seen(seen("E8", None).mapped, None, "少于5", True)
    whole = seen("G7", 7, parts="E7:E8")
    assert [one for one in found(seen("E7", 5), few, whole) if one[1] == "G7"] == []
    assert ("bad", "G7") in found(seen("E7", 5), seen("E8", 1), whole)
    assert found(seen("H7", 9, parts="E5:E6")) == []  # the sum in E6 is known to Excel alone
    form = Book((replace(BOOK.sheets[0], cells={"E7": Cell("E7", "4", Decimal(4))}),))
    for one, level in ((seen("H7", 4, parts="E7:E8"), []), (seen("H7", 5, parts="E7:E8"), ["bad"])):
        assert [f.level for f in check(form, [one], {}, {}, {}, 30)] == level


def test_a_small_number_is_told_and_so_is_the_sum_that_lacks_it() -> None:
    few = Seen(seen("E7", None).mapped, None, "少于5", True)
    assert found(few) == [("note", "E7"), ("note", "E6")]


def test_a_sum_with_a_hidden_number_in_it_is_not_told() -> None:
    filled = {(example.BASE, "E7"): Decimal(30)}
    assert (example.BASE, "E6") not in totals(BOOK, filled, {(example.BASE, "E8")})
    assert totals(BOOK, filled)[example.BASE, "E6"] == 30


def test_a_formula_that_is_shared_reads_from_where_it_stands() -> None:
    assert shifted('SUM(C7:$E7)+LOG10(D$7)&"A1"+表二!B2', 2, 1) == 'SUM(D9:$E9)+LOG10(E$7)&"A1"+表二!C4'
    assert shifted("A1+B2", -1, 0) == "#REF!+B1"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUM(B5:B7)/2", [("表", (5, 2, 7, 2))]),
        ("'一 表'!B5+$C$6", [("一 表", (5, 2, 5, 2)), ("表", (6, 3, 6, 3))]),
        ("sum(表二!B:C)", [("表二", (1, 2, 1_048_576, 3))]),
        ("SUM(7:9)", [("表", (7, 1, 9, 16_384))]),
        ('IF(A1="B2",LOG10(3),TODAY())', [("表", (1, 1, 1, 1))]),
    ],
)
def test_what_a_formula_speaks_of(formula: str, expected: list[object]) -> None:
    assert spoken_of(formula, "表") == expected


def test_whatever_is_reckoned_from_a_hidden_number_is_withheld() -> None:
    def sheet(name: str, **formulas: str) -> Sheet:
        return Sheet(name, False, {at: Cell(at, formula=one) for at, one in formulas.items()}, (), 9, 9)

    form = Book((sheet("表一", C6="SUM(C7:C9)", D6="E6-C8", E6="SUM(E7:E9)", F1="C6/2"), sheet("表二", A1="表一!F1")))
    assert withheld(form, {("表一", "C8")}) == [("表一", "C6"), ("表一", "D6"), ("表一", "F1"), ("表二", "A1")]
    assert withheld(form, set()) == []
