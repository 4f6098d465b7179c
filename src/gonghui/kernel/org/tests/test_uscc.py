"""Credit codes: the vectors, every slip of one character, every swap of neighbours, and arbitrary input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as standard

from gonghui.kernel.org.rules import check_uscc, is_uscc
from gonghui.kernel.org.rules.uscc import organisation_part_digit
from gonghui.kernel.refusal import Refusal

VECTORS = ["81360800MC0123450M", "91360829MA35ABCD48", "893202810000001746", "91350100M000100Y43"]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def refusal_of(text: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        check_uscc(text)
    return caught.value


@pytest.mark.parametrize("code", VECTORS)
def test_vectors_are_accepted(code: str) -> None:
    checked = check_uscc(code)
    assert (checked.code, checked.region_code, checked.warnings) == (code, code[2:8], ())
    assert checked.union is (code[0] == "8")


@pytest.mark.parametrize("code", VECTORS)
def test_every_wrong_character_is_refused(code: str) -> None:
    for position in range(18):
        for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            if char != code[position]:
                assert not is_uscc(code[:position] + char + code[position + 1 :])


@pytest.mark.parametrize("code", VECTORS)
def test_every_swap_of_neighbours_is_refused(code: str) -> None:
    for position in range(17):
        if code[position] != code[position + 1]:
            swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
            assert not is_uscc(swapped)


def test_typing_habits_are_normalised() -> None:
    for typed in (
        "91350100 M000100Y43",
        "91350100-m000100y-43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "'91350100M000100Y43\t",
    ):
        assert check_uscc(typed).code == "91350100M000100Y43"
    assert check_uscc(893202810000001746).code == "893202810000001746"


def test_each_failure_has_its_own_words() -> None:
    assert refusal_of("").code == refusal_of(None).code == "GH-ORG-101"
    short = refusal_of("91350100M000100Y4")
    assert (short.code, short.message) == ("GH-ORG-102", "现在是17位，统一社会信用代码应为18位")
    letter = refusal_of("9135O100M000100Y43")
    assert (letter.code, letter.hint) == ("GH-ORG-103", "把字母O改成数字0")
    assert "第5位" in letter.message
    assert "第16位是“Z”" in refusal_of("91350100M000100Z43").message
    check = refusal_of("91350100M000100Y44")
    assert (check.code, check.message) == ("GH-ORG-104", "校验码不符：按前17位推算，第18位应为3，现在是4")
    assert refusal_of("9.135E+17").code == refusal_of(9.135e17).code == "GH-ORG-106"


def test_inner_organisation_code_is_checked_too() -> None:
    # The outer check digit is made to fit, so that only the inner one is wrong.
    body = "91350100" + "M000100Y5"
    refusal = refusal_of(body + standard.calc_check_digit(body))
    assert refusal.code == "GH-ORG-105"
    assert "第17位应为4" in refusal.message


def test_unknown_region_only_warns() -> None:
    body = "91990100" + "M000100Y4"
    checked = check_uscc(body + standard.calc_check_digit(body))
    assert [w.code for w in checked.warnings] == ["GH-ORG-W11"]


@given(
    st.one_of(st.text(), st.text(alphabet=ALPHABET, min_size=18, max_size=18), st.floats(), st.integers(), st.none())
)
def test_arbitrary_input_is_refused_or_agrees_with_the_library(text: object) -> None:
    try:
        code = check_uscc(text).code
    except Refusal as refusal:
        assert refusal.message and refusal.code.startswith("GH-ORG-1")
        refusal.message.encode()
        return
    assert standard.is_valid(code)


@given(
    st.sampled_from(["1", "5", "8", "9", "A", "N", "Y"]),
    st.sampled_from("1239"),
    st.text(ALPHABET, min_size=8, max_size=8),
)
def test_made_codes_are_accepted_whatever_the_authority(authority: str, kind: str, part: str) -> None:
    body = authority + kind + "360829" + part + organisation_part_digit(part)
    assert is_uscc(body + standard.calc_check_digit(body))
