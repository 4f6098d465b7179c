"""What a board may hold, and how numbers become shapes and words."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.apps.boards import rules
from gonghui.apps.boards.rules import Known, check, headline, points, read, shade, shades, squares, strokes
from gonghui.kernel.refusal import Refusal

KNOWN = {
    "members": Known("会员总数", False, False),
    "joined": Known("新入会", False, True),
    "rate": Known("入会率", True, False),
}
NUMBERS = st.lists(st.integers(0, 10_000).map(lambda n: Decimal(n) / 10), min_size=1, max_size=60)


def design(*tiles: tuple[str, list[str]]) -> rules.Design:
    return read({"title": "看板", "tiles": [{"kind": kind, "figures": keys} for kind, keys in tiles]})


def test_a_board_of_known_figures_in_fitting_ways_is_right() -> None:
    check(
        design(("number", ["members", "joined"]), ("trend", ["joined"]), ("share", ["rate"]), ("map", ["members"])),
        KNOWN,
    )


@pytest.mark.parametrize(
    ("tiles", "code", "words"),
    [
        ([], "GH-BRD-002", "还没有数字"),
        ([("number", ["gone"])], "GH-BRD-003", "第1格"),
        ([("number", ["members"]), ("share", ["members"])], "GH-BRD-004", "第2格：“会员总数”不是占比"),
        ([("trend", ["members"])], "GH-BRD-004", "没有留存"),
        ([("map", ["members"]), ("map", ["members"])], "GH-BRD-005", "第2格和第1格一样"),
        ([("bars", ["members", "joined"])], "GH-BRD-004", "只有“数字”能两个并排"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_place(
    tiles: list[tuple[str, list[str]]], code: str, words: str
) -> None:
    with pytest.raises(Refusal) as refused:
        check(design(*tiles), KNOWN)
    assert refused.value.code == code and words in refused.value.sentence


def test_what_is_no_board_is_refused() -> None:
    for tile in (
        {"kind": "globe", "figures": ["members"]},
        {"kind": "number", "figures": []},
        {"kind": "number", "figures": ["a"], "script": "x"},
    ):
        with pytest.raises(Refusal) as refused:
            read({"title": "看板", "tiles": [tile]})
        assert refused.value.code == "GH-BRD-001"


def test_large_money_is_told_in_wan_and_nothing_else_is() -> None:
    assert headline("12,360,000", Decimal(12_360_000), "元", True) == ("1,236", "万元")
    assert headline("999,999", Decimal(999_999), "元", True) == ("999,999", "元")
    assert headline("76,000,000", Decimal(76_000_000), "名", True) == ("76,000,000", "名")
    assert headline("少于5", Decimal(3), "户", False) == ("少于5", "")
    assert headline("无数据", None, "%", True) == ("无数据", "")


def test_names_are_what_is_left_below_the_union_above() -> None:
    assert rules.called("安福县枫田镇总工会", "安福县总工会") == "枫田镇"
    assert rules.called("吉州区总工会", "吉安市总工会") == "吉州区"
    assert rules.called("吉安市物流行业工会联合会", "吉安市总工会") == "物流行业工会联合会"
    assert rules.lines("物流行业工会联合会") == ["物流行业工", "会联合会"]
    assert rules.lines("吉州区") == ["吉州区"]


@given(NUMBERS)
def test_every_number_falls_into_one_of_up_to_four_shades(numbers: list[Decimal]) -> None:
    steps = shades(numbers)
    assert 1 <= len(steps) <= rules.SHADES
    assert all(low <= high for low, high in steps)
    assert all(before[1] < after[0] for before, after in pairwise(steps))
    ordered = [shade(one, steps) for one in sorted(numbers)]
    assert ordered == sorted(ordered) and set(ordered) == set(range(1, len(steps) + 1))


@given(st.integers(1, 60))
def test_squares_stand_apart_and_inside_the_box(count: int) -> None:
    box, found = squares(count)
    _, _, wide, high = map(int, box.split())
    assert len(found) == count == len({(one.x, one.y) for one in found})
    assert all(0 < one.x < wide and 0 < one.y < high for one in found)


def test_one_area_alone_does_not_fill_the_drawing() -> None:
    box, (one,) = squares(1)
    _, _, wide, high = map(int, box.split())
    assert (one.x, one.y + 8) == (wide // 2, high // 2) and "h176v112" in one.outline and wide > 3 * 176


@pytest.mark.parametrize(
    ("tiles", "words"),
    [
        ([("number", ["members"])] * 5, "“数字”最多4格"),
        ([("map", ["members"]), ("map", ["joined"])], "“地图”最多1格"),
        ([("bars", ["members"]), ("bars", ["joined"]), ("trend", ["joined"]), ("share", ["rate"])], "最多3格"),
    ],
)
def test_a_screen_takes_no_more_than_it_has_room_for(tiles: list[tuple[str, list[str]]], words: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_screen(design(*tiles))
    assert refused.value.code == "GH-BRD-006" and words in refused.value.sentence
    rules.check_screen(design(*tiles[:1]))


@given(st.lists(st.none() | st.integers(-100, 10_000).map(Decimal), min_size=12, max_size=12))
def test_points_lie_in_the_drawing_and_the_highest_is_at_the_top(numbers: list[Decimal | None]) -> None:
    found = points(numbers)
    assert all(one.left >= 0 and one.left + one.width <= 100 and 0 <= one.height <= 100 for one in found)
    told = [(number, one.y) for number, one in zip(numbers, found, strict=True) if number is not None]
    assert [one.y is None for one in found] == [one is None for one in numbers]
    if told and max(number for number, _ in told) > 0:
        assert max(told, key=lambda pair: pair[0])[1] == 0
    assert sum(len(piece.split()) for piece in strokes(found)) == len(told)
