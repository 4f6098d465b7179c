"""Classes and amounts by the local rules agree with what was worked by hand, at and around every border."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gonghui.apps.casework import rules as words
from gonghui.kernel.factories import Tree
from gonghui.kernel.procedures import shipped
from gonghui.kernel.procedures.factories import officer
from gonghui.kernel.procedures.rules.definition import must_read
from gonghui.kernel.procedures.rules.forms import fill_in
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.rules.expressions import evaluate
from gonghui.kernel.rules.rules import check_value, definition
from gonghui.kernel.rules.services import set_rule

from .cases import (
    ACCIDENTAL,
    DEEP,
    FIRST,
    FIRST_LINE,
    HOUSEHOLDS,
    NONE,
    RELATIVE,
    SECOND,
    SECOND_FORMULA,
    SECOND_LINE,
    SECOND_TESTS,
)
from .conftest import HOUSEHOLD

FORMULA = definition("casework.hardship_class").value
DAY = date(2026, 1, 1)


def fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)


def classed(formula: str, net: int, before: int, line: int, cause: str, low: bool) -> Any:
    return evaluate(formula, {"net": net, "before": before, "line": line, "cause": cause, "low_income": low})


def test_there_are_enough_cases_at_every_border() -> None:
    assert len(FIRST) + len(SECOND) >= 60
    assert {case[4] for case in FIRST} == {DEEP, RELATIVE, ACCIDENTAL, NONE}
    assert {"1255.00", "1255.01", "1882.50", "1882.51", "2510.00", "2510.01"} <= {case[0] for case in FIRST}


@pytest.mark.parametrize("case", FIRST, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}-{case[3]}")
def test_the_first_place(case: tuple[str, str, str, bool, str]) -> None:
    net, before, cause, low, expected = case
    assert classed(FORMULA, fen(net), fen(before), fen(FIRST_LINE), cause, low) == expected


@pytest.mark.parametrize("case", SECOND, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}-{case[3]}")
def test_the_second_place(case: tuple[str, str, str, bool, str]) -> None:
    net, before, cause, low, expected = case
    assert classed(SECOND_FORMULA, fen(net), fen(before), fen(SECOND_LINE), cause, low) == expected


@pytest.mark.parametrize("case", HOUSEHOLDS, ids=lambda case: f"{case[9]}-{case[10]}")
def test_what_a_household_types_comes_out_as_on_paper(case: Any) -> None:
    wages, other, medical, disability, school, work, cause, low, before, net, expected = case
    body = must_read(next(one for one in shipped.bodies() if one["key"] == "casework.hardship"))
    rows = [{**HOUSEHOLD["household"][0], "name": f"成员{n}", "income": wage} for n, wage in enumerate(wages, 1)]
    typed = HOUSEHOLD | {
        "household": rows, "other_income": other, "medical_cost": medical, "disability_cost": disability,
        "school_cost": school, "work_cost": work, "cause": cause, "low_income": "是" if low else "否",
    }  # fmt: skip
    filled = fill_in(body, typed, {"person_name": "刘细妹", "line": fen(FIRST_LINE)})
    assert filled.wrong == {}
    values = filled.values
    assert (values["before"], values["net"]) == (fen(before), fen(net))
    assert classed(FORMULA, values["net"], values["before"], fen(FIRST_LINE), cause, low) == expected
    assert not {"net", "before", "household", "cause", "bank", "story", "medical_cost"} & set(filled.document)


def test_one_county_has_the_second_rules_and_its_neighbour_the_first(tree: Tree) -> None:
    county = officer(tree.county, "organising")
    set_rule(
        county, key="casework.line", organisation=tree.county, value=100000, valid_from=DAY, source="安民发〔2026〕1号"
    )
    set_rule(
        county, key="casework.hardship_class", organisation=tree.county,
        value={"formula": SECOND_FORMULA, "tests": SECOND_TESTS}, valid_from=DAY, source="安工发〔2026〕3号",
    )  # fmt: skip
    found = [
        (
            rule_queries.value("casework.hardship_class", one.path, date(2026, 3, 1)).value["formula"],
            rule_queries.value("casework.line", one.path, date(2026, 3, 1)).value,
        )
        for one in (tree.union, tree.sibling_county)
    ]
    assert found == [(SECOND_FORMULA, 100000), (FORMULA, 125500)]


def test_a_local_formula_that_breaks_its_own_examples_is_refused() -> None:
    with pytest.raises(Exception, match="GH-RUL-007"):
        check_value("casework.hardship_class", {"formula": SECOND_FORMULA.replace("net < line", "net <= line"), "tests": [
            {"given": {"net": 100000, "before": 200000, "line": 100000, "cause": "other", "low_income": True}, "expect": NONE}
        ]})  # fmt: skip


LINES = some.integers(10_001, 900_000)
CAUSES = some.sampled_from(["illness", "schooling", "accident", "other", "unemployed"])


@given(LINES, CAUSES, some.booleans())
def test_the_line_itself_is_deep_and_a_fen_more_is_not(line: int, cause: str, low: bool) -> None:
    assert classed(FORMULA, line, line, line, cause, low) == DEEP
    assert classed(FORMULA, line + 1, line + 1, line, cause, low) == RELATIVE


@given(LINES, CAUSES, some.booleans())
def test_half_as_much_again_is_relative_and_a_fen_more_depends_on_the_cause(line: int, cause: str, low: bool) -> None:
    border = line * 15 // 10
    assert classed(FORMULA, border, border, line, cause, low) == RELATIVE
    expected = ACCIDENTAL if cause != "schooling" and not low else NONE
    assert classed(FORMULA, border + 1, border + 1, line, cause, low) == expected


@given(LINES, CAUSES, some.booleans())
def test_twice_the_line_is_the_end(line: int, cause: str, low: bool) -> None:
    expected = ACCIDENTAL if cause != "schooling" and not low else NONE
    assert classed(FORMULA, line * 2, line * 2, line, cause, low) == expected
    assert classed(FORMULA, line * 2 + 1, line * 3, line, cause, low) == NONE


@given(LINES, some.integers(-1_000_000, 3_000_000), some.integers(1, 1_000_000), CAUSES, some.booleans())
def test_more_income_never_makes_a_class_deeper(line: int, net: int, more: int, cause: str, low: bool) -> None:
    order = [DEEP, RELATIVE, ACCIDENTAL, NONE]
    first, second = (order.index(classed(FORMULA, one, one, line, cause, low)) for one in (net, net + more))
    assert first <= second


@given(LINES, some.integers(-1_000_000, 3_000_000), some.integers(0, 3_000_000))
def test_the_second_place_never_gives_a_file_above_its_borders(line: int, net: int, before: int) -> None:
    found = classed(SECOND_FORMULA, net, before, line, "illness", False)
    if found != NONE:
        assert net <= line * 2 and before <= line * 3
    if found == DEEP:
        assert net < line and before <= line * 2


# kind, class, cost, college, high school → yuan, line 1,255
AIDS = (
    ("living", DEEP, "0", 0, 0, "12550.00"),
    ("living", RELATIVE, "0", 0, 0, "10040.00"),
    ("living", ACCIDENTAL, "0", 0, 0, "0"),
    ("medical", DEEP, "19999.99", 0, 0, "19999.99"),
    ("medical", DEEP, "20000.00", 0, 0, "20000.00"),
    ("medical", DEEP, "20000.01", 0, 0, "20000.00"),
    ("medical", RELATIVE, "19999.99", 0, 0, "15999.99"),
    ("medical", RELATIVE, "20000.00", 0, 0, "16000.00"),
    ("medical", RELATIVE, "20000.02", 0, 0, "16000.00"),
    ("medical", ACCIDENTAL, "66666.66", 0, 0, "9999.99"),
    ("medical", ACCIDENTAL, "66666.67", 0, 0, "10000.00"),
    ("schooling", DEEP, "0", 1, 0, "12550.00"),
    ("schooling", DEEP, "0", 1, 2, "37650.00"),
    ("schooling", RELATIVE, "0", 0, 1, "10040.00"),
    ("schooling", ACCIDENTAL, "0", 1, 1, "0"),
    ("temporary", ACCIDENTAL, "2999.99", 0, 0, "2999.99"),
    ("temporary", RELATIVE, "3000.01", 0, 0, "3000.00"),
)


@pytest.mark.parametrize("case", AIDS, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}-{case[5]}")
def test_amounts_of_aid(case: tuple[str, str, str, int, int, str]) -> None:
    kind, hardship, cost, college, high, expected = case
    names = {"kind": kind, "hardship_class": hardship, "line": fen(FIRST_LINE), "cost": fen(cost)}
    found = evaluate(definition("casework.aid_amount").value, names | {"college": college, "high_school": high})
    assert found == fen(expected)


@given(some.integers(0, 10_000_000), some.integers(-5_000_000, 5_000_000))
def test_no_more_than_is_left_of_the_year(by_rule: int, left: int) -> None:
    assert words.granted(by_rule, left) == max(min(by_rule, left), 0)


def test_times_of_the_line_are_cut_off_and_never_rounded_up_to_a_border() -> None:
    assert [words.times(net, 125500) for net in (125499, 125500, 125501, 188249, 188250, -125500)] == [
        "0.99倍", "1.00倍", "1.00倍", "1.49倍", "1.50倍", "-1.00倍",
    ]  # fmt: skip
