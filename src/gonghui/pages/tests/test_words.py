"""What was typed into a search, shown again."""

from __future__ import annotations

import pytest

from gonghui.pages.words import hide_numbers


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("13907960042", "139****0042"),
        ("139 0796 0042", "139****0042"),
        ("１３９０７９６００４２", "139****0042"),
        ("刘细妹 13907960042", "刘细妹 139****0042"),
        ("1390796004", "13******04"),
        ("99000020000101249X", "9900**********249X"),
        ("99000020000101249", "9900*********1249"),
        ("E12345678", "E1*****78"),
        ("刘细妹", "刘细妹"),
        ("liuximei", "liuximei"),
        ("0042", "0042"),
        ("GH0000012345", "GH0000012345"),
        ("81360829MC0123456A", "81360829MC0123456A"),
        ("第3工区2025", "第3工区2025"),
    ],
)
def test_full_numbers_are_masked_and_nothing_else_is(typed: str, shown: str) -> None:
    assert hide_numbers(typed) == shown
