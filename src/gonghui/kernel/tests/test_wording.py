"""Chinese wording of numbers, dates and deadlines, case by case."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel import wording

TODAY = date(2023, 3, 1)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (369, "369"), (76_000, "76,000"), (-3, "-3"), (None, "未报"), (2.5, "3"), (-0.2, "0")],
)
def test_thousands(value: float | None, words: str) -> None:
    assert wording.thousands(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (9_999, "9999"),
        (76_000, "7.6万"),
        (76_123, "7.61万"),
        (12_360_000, "1236万"),
        (325_000_000, "3.25亿"),
        (99_999_999, "1亿"),
        (-76_000, "-7.6万"),
        (None, "未报"),
    ],
)
def test_wan_has_no_separators(value: int | None, words: str) -> None:
    assert wording.wan(value) == words


def test_money_of_tables_headlines_and_documents() -> None:
    assert wording.money(Decimal(136)) == "136.00"
    assert wording.money(12_360_000) == "12,360,000.00"
    assert wording.money_headline(12_360_000) == "1,236万元"
    assert wording.money_headline(Decimal(12365400)) == "1,236.54万元"
    assert wording.money_headline(800) == "800元"
    assert wording.money_document(12_360_000) == "1236万元"


def test_counted_and_signed() -> None:
    assert wording.counted(76_000, "名") == "76,000名"
    assert [wording.signed(v) for v in (17, -3, 0, None)] == ["+17", "-3", "0", "未报"]


def test_percent_states_its_base() -> None:
    assert wording.percent(12, 13) == "92.3%（12/13）"
    assert wording.percent(0, 13) == "0.0%（0/13）"
    assert wording.percent(1, 0) == "—"
    assert wording.percent(None, 13) == "未报"
    assert wording.percent(1, 8, with_base=False) == "12.5%"


def test_day_names_the_year_only_when_it_is_another() -> None:
    assert wording.day_and_weekday(date(2023, 3, 6), TODAY) == "3月6日（周一）"
    assert wording.day_and_weekday(date(2022, 3, 6), TODAY) == "2022年3月6日（周日）"
    assert wording.day_table(date(2021, 8, 17)) == "2021-08-17"
    assert wording.day_table(None) == "—"
    assert wording.moment(datetime(2023, 3, 6, 17, 30), TODAY) == "3月6日17:30"


def test_ranges() -> None:
    assert wording.day_range(date(2023, 3, 8), date(2023, 4, 7), TODAY) == "3月8日至4月7日"
    assert wording.day_range(date(2023, 3, 8), date(2023, 3, 10), TODAY) == "3月8日至10日"
    assert wording.day_range(date(2023, 3, 8), date(2023, 3, 8), TODAY) == "3月8日"
    assert wording.day_range(date(2022, 12, 30), date(2023, 1, 2), TODAY) == "2022年12月30日至2023年1月2日"
    assert wording.clock_range(time(6), time(22)) == "06:00–22:00"


def test_deadline_words_and_tone() -> None:
    assert wording.deadline(3) == "剩3个工作日"
    assert wording.deadline(0, time(17, 30)) == "今天17:30前"
    assert wording.deadline(0) == "今天到期"
    assert wording.deadline(-1) == "逾期1个工作日"
    assert wording.deadline_sentence(3, date(2023, 3, 6), TODAY) == "剩3个工作日，3月6日到期"
    assert wording.deadline_sentence(-2, date(2023, 2, 27), TODAY) == "逾期2个工作日，2月27日已到期"
    tones = [wording.deadline_tone(n).value for n in (4, 3, 1, 0, -1)]
    assert tones == ["calm", "soon", "soon", "due", "due"]


def test_time_left_size_and_lists() -> None:
    assert [wording.time_left(s) for s in (0, 40, 180, 7200)] == [
        "约剩1秒",
        "约剩40秒",
        "约剩3分钟",
        "约剩2小时",
    ]
    assert [wording.size(n) for n in (900, 3_355_443, 2**31)] == ["900 字节", "3.2 MB", "2 GB"]
    assert wording.listed(["吉州区", "青原区"]) == "吉州区、青原区"
    assert wording.listed(["吉州区", "青原区", "吉安县", "吉水县"], 13) == "吉州区、青原区、吉安县等13家"


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "零"), (4, "四"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (110, "一百一十"),
     (1005, "一千零五"), (1010, "一千零一十"), (9999, "九千九百九十九")],
)  # fmt: skip
def test_hanzi_number(value: int, words: str) -> None:
    assert wording.hanzi_number(value) == words


@given(st.integers(0, 9999))
def test_hanzi_number_differs_for_every_number(value: int) -> None:
    if value:
        assert wording.hanzi_number(value) != wording.hanzi_number(value - 1)
    with pytest.raises(ValueError):
        wording.hanzi_number(value + 10_000)


@given(st.integers(-(10**15), 10**15))
def test_number_words_never_use_exponents(value: int) -> None:
    for words in (wording.wan(value), wording.thousands(value), wording.money_headline(value)):
        assert "e" not in words.lower()
