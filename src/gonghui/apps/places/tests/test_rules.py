"""When places are open, how a repair stands, where pins lie, what a picture gives away: pure rules."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.apps.places import catalog
from gonghui.apps.places.rules import clock, mapping, opening
from gonghui.apps.places.rules.opening import Hours

MONDAY = date(2026, 3, 2)
HOLIDAY = date(2026, 3, 6)


def kind_of(on: date) -> str:
    return "holiday" if on == HOLIDAY else "weekend" if on.weekday() >= 5 else "workday"


def at(on: date, hour: int, minute: int = 0) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("8:00-18:00", "08:00-18:00"),
        ("08：00—12：00,14:00至18:00", "08:00-12:00，14:00-18:00"),
        ("全天", "24小时"),
        ("24小时", "24小时"),
        ("不开放", "休息"),
        ("", "休息"),
        ("18:00-02:00", "18:00-02:00"),
        ("06:00-24:00", "06:00-24:00"),
    ],
)
def test_hours_are_read_as_staff_write_them(typed: str, kept: str) -> None:
    assert opening.tidy(typed) == kept
    assert opening.tidy(kept) == kept


@pytest.mark.parametrize("typed", ["九点到五点", "25:00-26:00", "08:00-12:00，11:00-13:00", "8-18", "08:70-09:00"])
def test_hours_that_cannot_be_are_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match=r"看不懂|不是一天|重叠"):
        opening.tidy(typed)


def test_open_closed_and_when_it_opens_next() -> None:
    hours = Hours("08:00-12:00，14:00-18:00", "09:00-17:00", "休息")
    assert opening.standing(hours, kind_of, at(MONDAY, 9)).words == "开放中，12:00关门"
    noon = opening.standing(hours, kind_of, at(MONDAY, 12))
    assert (noon.open, noon.words) == (False, "现在没有开放，今天14:00开门")
    assert opening.standing(hours, kind_of, at(MONDAY, 20)).words == "现在没有开放，明天08:00开门"
    assert opening.standing(hours, kind_of, at(HOLIDAY, 10)).words == "现在没有开放，明天09:00开门"
    assert opening.standing(hours, kind_of, at(MONDAY, 17, 45)).short == "快关门"


def test_holidays_are_like_weekends_when_nothing_is_said() -> None:
    assert opening.standing(Hours("休息", "10:00-16:00"), kind_of, at(HOLIDAY, 11)).open


def test_past_midnight_it_is_still_yesterdays_evening() -> None:
    night = Hours("18:00-02:00", "休息", "休息")
    assert opening.standing(night, kind_of, at(MONDAY, 23)).words == "开放中，明天02:00关门"
    tuesday = MONDAY + timedelta(days=1)
    assert opening.standing(night, kind_of, at(tuesday, 1)).words == "开放中，02:00关门"
    assert not opening.standing(night, kind_of, at(tuesday, 2)).open


def test_always_open_says_so_and_never_open_too() -> None:
    assert opening.standing(Hours("24小时", "24小时"), kind_of, at(MONDAY, 3)).words == "24小时开放"
    assert opening.standing(Hours("休息", "休息"), kind_of, at(MONDAY, 3)).words == "近期不开放"
    assert (
        opening.standing(Hours("24小时", "休息", "24小时"), kind_of, at(date(2026, 3, 6), 23)).words
        == "开放中，24:00关门"
    )


@given(st.integers(0, 1439), st.integers(1, 1440), st.integers(0, 1439))
def test_it_is_open_exactly_inside_its_hours(begins: int, long: int, minute: int) -> None:
    ends = (begins + long) % 1440
    text = f"{begins // 60:02d}:{begins % 60:02d}-{ends // 60:02d}:{ends % 60:02d}"
    (low, high) = opening.spans(text)[0]
    moment = datetime(2026, 3, 4) + timedelta(minutes=minute)
    inside = low <= minute < high or low <= minute + 1440 < high
    assert opening.standing(Hours(text, text, text), kind_of, moment).open == inside


def test_a_repair_says_what_is_left_and_what_it_took() -> None:
    now = datetime(2026, 3, 2, 12)
    assert clock.left(now + timedelta(hours=5), now).words == "还剩5小时"
    assert clock.left(now + timedelta(hours=3), now).tone == "wait"
    late = clock.left(now - timedelta(minutes=40), now)
    assert (late.words, late.late, late.tone) == ("超时40分钟", True, "bad")
    assert clock.left(now, now).late
    assert clock.span(timedelta(hours=51)) == "2天3小时" and clock.span(timedelta(seconds=3)) == "1分钟"


def test_pins_keep_north_up_and_equal_distances_equal() -> None:
    here, north, east = (114.6, 27.4), (114.6, 27.5), (114.7, 27.4)
    drawing = mapping.draw([here, north, east])
    a, b, c = drawing.pins
    assert a.x == b.x and b.y < a.y and c.x > a.x
    up, right = a.y - b.y, c.x - a.x
    assert right / up == pytest.approx(math.cos(math.radians(27.45)), rel=0.01)
    assert drawing.bar / up == pytest.approx(drawing.bar_km / 11.12, rel=0.01)


@given(st.lists(st.tuples(st.floats(74, 135), st.floats(4, 53)), min_size=1, max_size=30))
def test_every_pin_lies_in_the_frame(points: list[tuple[float, float]]) -> None:
    for pin in mapping.draw(points).pins:
        assert 0 <= pin.x <= mapping.WIDTH and 0 <= pin.y <= mapping.HEIGHT


def test_the_code_lists_speak_of_one_another() -> None:
    for one in (*catalog.faults().values(), *catalog.checks().values()):
        assert not one.service or one.service in catalog.services(), one.key
    assert all(one.fault in catalog.faults() for one in catalog.checks().values())
    assert catalog.read(catalog.kinds(), " 爱心驿站 ") == "outdoor" and catalog.read(catalog.kinds(), "网吧") == ""
    assert "aircon" not in {one.key for one in catalog.faults_at(["water"])}
