"""Identity papers: vectors, every slip and swap, spreadsheet damage, other papers, arbitrary input."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.people.choices import IdKind, Sex
from gonghui.kernel.people.rules import CheckedId, check_id
from gonghui.kernel.refusal import Refusal

CARD = IdKind.IDENTITY_CARD
ON = date(2026, 11, 21)
VECTORS = ["11010519491231002X", "440524188001010014", "360800199003074512"]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def made(region: str, born: date, order: int) -> str:
    body = f"{region}{born:%Y%m%d}{order:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def refusal_of(number: object, kind: IdKind = CARD, on: date | None = ON) -> Refusal:
    with pytest.raises(Refusal) as caught:
        check_id(kind, number, on=on)
    return caught.value


def warned(checked: CheckedId) -> list[str]:
    return [w.code for w in checked.warnings]


def test_vectors_are_read() -> None:
    assert check_id(CARD, VECTORS[0], on=ON) == (CARD, VECTORS[0], Sex.FEMALE, date(1949, 12, 31), ())
    assert check_id(CARD, VECTORS[1])[2:4] == (Sex.MALE, date(1880, 1, 1))
    assert check_id(CARD, VECTORS[2], on=ON)[2:4] == (Sex.MALE, date(1990, 3, 7))


@pytest.mark.parametrize("number", VECTORS)
def test_every_wrong_character_is_refused(number: str) -> None:
    for position in range(18):
        for char in "0123456789X":
            if char != number[position]:
                refusal_of(number[:position] + char + number[position + 1 :], on=None)


@pytest.mark.parametrize("number", VECTORS)
def test_every_swap_of_neighbours_is_refused(number: str) -> None:
    for position in range(17):
        if number[position] != number[position + 1]:
            swapped = number[:position] + number[position + 1] + number[position] + number[position + 2 :]
            refusal_of(swapped, on=None)


@given(
    st.sampled_from(["360829", "330113", "653228", "362421", "110101", "659012"]),
    st.dates(date(1930, 1, 1), date(2009, 12, 31)),
    st.integers(0, 999),
    st.integers(0, 17),
    st.sampled_from("0123456789X"),
)
def test_made_numbers_pass_and_their_slips_do_not(
    region: str, born: date, order: int, position: int, char: str
) -> None:
    number = made(region, born, order)
    checked = check_id(CARD, number, on=ON)
    assert (checked.number, checked.birth) == (number, born)
    assert checked.sex is (Sex.MALE if order % 2 else Sex.FEMALE)
    assert "GH-PER-W11" not in warned(checked)
    if char != number[position]:
        refusal_of(number[:position] + char + number[position + 1 :])


@pytest.mark.parametrize(
    "typed",
    ["'360800199003074512", " 360800 19900307 4512\t", "３６０８００１９９００３０７４５１２", "\ufeff360800199003074512\u200b",
     "360800199003074512.0", 360800199003074512],
)  # fmt: skip
def test_typing_habits_are_normalised(typed: object) -> None:
    assert check_id(CARD, typed, on=ON).number == "360800199003074512"


@pytest.mark.parametrize("last", ["x", "Ｘ", "×", "Х"])
def test_every_sort_of_x_is_x(last: str) -> None:
    assert check_id(CARD, "11010519491231002" + last, on=ON).number == "11010519491231002X"


def test_messages_say_what_and_where() -> None:
    assert refusal_of("36080019900307451").message == "现在是17位，身份证号码应为18位"
    assert refusal_of("360800199002304512").message == "第7至14位是出生日期，1990年2月没有30日"
    assert refusal_of("360800199013074512").message == "第7至14位是出生日期，没有13月"
    assert refusal_of("360800199003074513").message == "校验码不符：按前17位推算，第18位应为2，现在是3"
    letter = refusal_of("36080O199003074512")
    assert (letter.message, letter.hint) == ("第6位是“O”，应为数字", "把字母O改成数字0")
    assert refusal_of("3608001990030745\x002").message == "第17位是U+0000，应为数字"
    assert refusal_of("").code == refusal_of(None).code == refusal_of(" '\t").code == "GH-PER-101"
    assert refusal_of("3608**********4512").code == "GH-PER-112"


def test_no_message_repeats_the_number() -> None:
    for broken in ("360800199003074513", "36080019900307451", "360800199002304512", "36080O199003074512"):
        refusal = refusal_of(broken)
        assert broken[6:14] not in refusal.message + (refusal.hint or "")
        assert broken[:17] not in str(refusal)


@pytest.mark.parametrize("damaged", ["3.62401E+17", "3.60800199003074e+17", 3.60800199003074e17, "360800199003074000"])
def test_numbers_damaged_by_a_spreadsheet_are_explained(damaged: object) -> None:
    refusal = refusal_of(damaged)
    assert refusal.code == "GH-PER-108"
    assert "Excel 已把证件号码变成数值，末三位已丢失" in refusal.message
    assert refusal.hint == "把该列设为文本后，按证件原件重新录入这一行"


def test_text_ending_in_three_zeros_that_fits_only_warns() -> None:
    number = next(
        n
        for d in range(400)
        for o in (100, 200, 300)
        if (n := made("360829", date(1980, 1, 1) + timedelta(d), o))[-3:] == "000"
    )
    assert warned(check_id(CARD, number, on=ON)) == ["GH-PER-W12"]
    assert refusal_of(float(number)).code == "GH-PER-108"


def test_age_is_judged_on_the_given_day() -> None:
    assert refusal_of(made("360829", date(2026, 11, 22), 111)).code == "GH-PER-105"
    assert refusal_of(VECTORS[1]).code == "GH-PER-106"
    assert warned(check_id(CARD, made("360829", date(2010, 11, 22), 111), on=ON)) == ["GH-PER-W14"]
    assert warned(check_id(CARD, made("360829", date(2010, 11, 21), 111), on=ON)) == []
    assert warned(check_id(CARD, made("360829", date(2026, 11, 22), 111))) == []


def test_unknown_region_warns_and_retired_or_new_ones_do_not() -> None:
    assert warned(check_id(CARD, made("369999", date(1990, 1, 1), 111), on=ON)) == ["GH-PER-W11"]
    for region in ("362421", "330113", "653228", "710000"):
        assert warned(check_id(CARD, made(region, date(1990, 1, 1), 111), on=ON)) == []


def test_old_fifteen_digits() -> None:
    old = check_id(CARD, "362421690307451", on=ON)
    assert old.number == made("362421", date(1969, 3, 7), 451)
    assert warned(old) == ["GH-PER-W15"]
    assert refusal_of("360800200112051").code == "GH-PER-109"
    assert refusal_of("362421690307998").code == "GH-PER-109"
    assert refusal_of("999999690307451").code == "GH-PER-109"
    assert refusal_of("360800199003074").message == "现在是15位，身份证号码应为18位，可能是18位号码少了3位"


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits(region: str) -> None:
    number = made(region, date(1985, 5, 5), 12)
    assert warned(check_id(IdKind.RESIDENCE_PERMIT, number, on=ON)) == []
    as_card = check_id(CARD, number, on=ON)
    assert (as_card.kind, warned(as_card)) == (IdKind.RESIDENCE_PERMIT, ["GH-PER-W13"])
    assert refusal_of(VECTORS[2], IdKind.RESIDENCE_PERMIT).code == "GH-PER-110"


def test_foreigner_cards_old_and_new() -> None:
    new = made("911156", date(1980, 8, 8), 21)
    checked = check_id(IdKind.FOREIGNER_CARD, new, on=ON)
    assert (checked.number, checked.sex, checked.birth) == (new, Sex.MALE, date(1980, 8, 8))
    assert check_id(CARD, new, on=ON).kind is IdKind.FOREIGNER_CARD
    assert check_id(IdKind.FOREIGNER_CARD, "usa110080010121", on=ON).number == "USA110080010121"
    assert refusal_of(VECTORS[2], IdKind.FOREIGNER_CARD).code == "GH-PER-111"


def test_permits_to_the_mainland() -> None:
    assert check_id(IdKind.HK_MACAO_PERMIT, "h12345678").number == "H12345678"
    renewed = check_id(IdKind.HK_MACAO_PERMIT, "M1234567801")
    assert (renewed.number, warned(renewed)) == ("M12345678", ["GH-PER-W16"])
    assert refusal_of("C12345678", IdKind.HK_MACAO_PERMIT).code == "GH-PER-111"
    assert check_id(IdKind.TAIWAN_PERMIT, "01234567").number == "01234567"
    assert check_id(IdKind.TAIWAN_PERMIT, "0123456702（B）").number == "01234567"
    assert "Excel" in (refusal_of("1234567", IdKind.TAIWAN_PERMIT).hint or "")


def test_passports() -> None:
    for number in ("E12345678", "EA1234567", "G12345678", "123456789", "AB123456"):
        assert check_id(IdKind.PASSPORT, number).number == number
    assert refusal_of(VECTORS[2], IdKind.PASSPORT).code == "GH-PER-110"
    for wrong in ("E123", "ABCDEFGH", "E1234-678", "护照123456"):
        assert refusal_of(wrong, IdKind.PASSPORT).code in ("GH-PER-111", "GH-PER-103")


def test_unknown_kind_is_a_refusal() -> None:
    with pytest.raises(Refusal) as caught:
        check_id("library_card", VECTORS[2])
    assert caught.value.field == "id_kind"


ANYTHING = st.one_of(
    st.text(),
    st.text(alphabet="0123456789Xx. E+-'*\u200b０９²٣\ud800𠮷", max_size=24),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.binary(),
    st.lists(st.integers()),
)


@given(st.sampled_from(list(IdKind)), ANYTHING, st.sampled_from([None, ON]))
def test_arbitrary_input_is_checked_or_refused_never_worse(kind: IdKind, number: object, on: date | None) -> None:
    try:
        checked = check_id(kind, number, on=on)
    except Refusal as refusal:
        assert refusal.message and refusal.code.startswith("GH-PER-1")
        refusal.message.encode()
        return
    assert check_id(checked.kind, checked.number, on=on).number == checked.number
