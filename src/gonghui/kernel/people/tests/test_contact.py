"""Phone numbers and masks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.people.rules import check_phone, mask_id, mask_name, mask_phone
from gonghui.kernel.refusal import Refusal


@pytest.mark.parametrize(
    "typed",
    ["13800002076", "+86 138-0000-2076", "0086 13800002076", "8613800002076", "１３８００００２０７６", "'13800002076", 13800002076,
     13800002076.0, "13800002076.0", " 138 0000 2076\u200b"],
)  # fmt: skip
def test_mobile_numbers_are_normalised(typed: object) -> None:
    assert check_phone(typed) == "13800002076"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "GH-PER-301"), (None, "GH-PER-301"), ("1380000207", "GH-PER-302"), ("138000020761", "GH-PER-302"),
     ("13800002076/13900002076", "GH-PER-303"), ("1380000207a", "GH-PER-303"), ("12800002076", "GH-PER-304"),
     ("0796-8221234", "GH-PER-305"), ("8221234", "GH-PER-305"), ("1.38E+10", "GH-PER-306"), ("138****2076", "GH-PER-307"),
     (b"13800002076", "GH-PER-303"), (True, "GH-PER-301")],
)  # fmt: skip
def test_other_phone_numbers_are_refused_by_reason(typed: object, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_phone(typed)
    assert caught.value.code == code


@given(st.one_of(st.text(), st.text(alphabet="0123456789+-() e.E*", max_size=20), st.integers(), st.floats()))
def test_arbitrary_phone_is_checked_or_refused(number: object) -> None:
    try:
        checked = check_phone(number)
    except Refusal as refusal:
        refusal.message.encode()
        return
    assert len(checked) == 11 and checked.isascii() and checked.isdigit() and check_phone(checked) == checked


def test_masks_show_only_the_ends() -> None:
    assert mask_id("362401199003071226") == "3624**********1226"
    assert mask_id("USA110080010121") == "USA1*******0121"
    assert mask_id("E12345678") == "E1*****78"
    assert mask_id("123") == "***"
    assert mask_id("") == ""
    assert mask_phone("13800002076") == "138****2076"
    assert mask_phone("8221234") == "*****34"
    assert [mask_name(n) for n in ("刘细妹", "刘妹", "刘", "")] == ["刘*妹", "刘*", "*", ""]


@given(st.text(alphabet="0123456789X", min_size=5, max_size=30))
def test_mask_keeps_the_length_and_hides_the_middle(number: str) -> None:
    masked = mask_id(number)
    assert len(masked) == len(number)
    assert masked.count("*") == len(number) - (8 if len(number) >= 15 else 4)
