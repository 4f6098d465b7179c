"""Marks and texts: what is understood, what is told to be wrong, how official texts write numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from gonghui.apps.reports.paper import charts
from gonghui.apps.reports.paper.exchange import text_as_word, text_of_word
from gonghui.apps.reports.rules import wording
from gonghui.apps.reports.rules.content import Chart
from gonghui.apps.reports.rules.marks import Mark, Said, WrongMark, period_of, read
from gonghui.apps.reports.rules.text import Choice, clean, parse, typed_numbers
from gonghui.apps.reports.shipped import shipped
from gonghui.kernel.refusal import Refusal


def test_the_line_of_a_chart_does_not_run_through_what_is_not_told() -> None:
    labels = tuple(f"2026年{n}月" for n in range(1, 6))
    drawn = charts.svg(Chart("走势", "line", "家", labels, (4.0, 2.0, None, 6.0, 8.0), (0, 1, None, 2, 3)))
    lines = re.findall(r'<polyline points="([^"]+)"', drawn)
    assert [len(one.split()) for one in lines] == [2, 2] and drawn.count("<circle") == 4 and "不单列" in drawn


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("会员总数", ("number", ("会员总数",), "", "", "", "")),
        ("会员总数|吉水县|2025年上半年", ("number", ("会员总数",), "吉水县", "2025H1", "", "")),
        ("会员总数｜上年同期", ("number", ("会员总数",), "", "year_before", "", "")),
        ("会员总数|截至2025年6月30日|数", ("number", ("会员总数",), "", "until:2025-06-30", "数", "")),
        ("表|会员总数、建会数|各下级|同比", ("table", ("会员总数", "建会数"), "", "", "同比", "below")),
        ("图|会员总数|按行业", ("chart", ("会员总数",), "", "", "", "行业")),
        ("图|会员总数|各期", ("chart", ("会员总数",), "", "", "", "time")),
    ],
)
def test_a_mark_says_what_where_when_and_how(inside: str, expected: tuple[object, ...]) -> None:
    mark = read(inside)
    assert isinstance(mark, Mark)
    assert (mark.kind, mark.names, mark.place, mark.period, mark.show, mark.by) == expected


def test_the_report_itself_can_be_said() -> None:
    assert read("单位") == Said("单位")


@pytest.mark.parametrize("inside", ["", "会员|吉水县|新干县", "表", "图|甲、乙", "排名|会员|各期|前3", "如果"])
def test_a_wrong_mark_is_told(inside: str) -> None:
    if inside == "如果":
        assert parse("{{如果 会员}}甲{{结束}}").mistakes
        return
    with pytest.raises(WrongMark):
        read(inside)


@pytest.mark.parametrize(
    "line",
    [
        "{{会员",
        "甲}}",
        "{{如果 会员 > 0}}甲",
        "甲{{结束}}",
        "{{如果 会员 > 0}}甲{{否则}}乙{{否则}}丙{{结束}}",
        "甲{{表|会员}}",
    ],
)
def test_what_does_not_close_is_told_with_its_line(line: str) -> None:
    assert [one.line for one in parse(f"# 题\n\n{line}\n好").mistakes] == [3]


def test_a_choice_holds_its_wordings() -> None:
    (block,) = parse("年内{{如果 撤销工会 ≥ 1}}撤销{{撤销工会}}{{否则}}没有撤销{{结束}}。").blocks
    choice = block.pieces[1]
    assert isinstance(choice, Choice)
    assert (choice.condition.operator, choice.condition.amount, choice.otherwise) == (">=", "1", ("没有撤销",))


def test_tables_keep_the_bars_of_marks() -> None:
    (table,) = parse("| 单位 | 会员 |\n| 吉水县 | {{会员总数|吉水县}} |").blocks
    assert [len(row) for row in table.rows] == [2, 2]
    assert isinstance(table.rows[1][1][0], Mark)


@given(st.text(alphabet="{}|如果否则结束会员 #>0\n、表", max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    parse(text)


def test_typed_numbers_are_found_and_years_are_not() -> None:
    text = parse(
        "# 2026年报告\n2026年3月建站12家，服务1,200余人次，占92.3%，第3次会议，{{会员总数}}。"
        "全年30名{{如果 会员总数 > 0}}，又有5场{{结束}}。\n| 站 | 8家 |\n"
    )
    found = [one.sentence for one in typed_numbers(text)]
    assert found == ["12家", "1,200余人次", "92.3%", "30名", "5场", "8家"]


def test_what_is_nested_or_wide_beyond_reason_is_told() -> None:
    deep = "{{如果 会员总数 > 0}}" * 1_500
    assert "最多再套" in parse(deep).mistakes[0].sentence
    assert "最多20列" in parse("|" + "甲|" * 400).mistakes[0].sentence


def test_control_characters_never_reach_paper() -> None:
    assert clean("会员\x08多\x0b了\r\n好") == "会员多了\n好"


@pytest.mark.parametrize(
    ("number", "said"),
    [("76000", "7.6万"), ("208494", "208494"), ("12360000", "1236万"), ("9999", "9999"), ("92.30", "92.3"), ("0", "0"),
     ("100000000", "1亿"), ("-76000", "-7.6万")],
)  # fmt: skip
def test_official_numbers_use_wan_only_where_it_is_exact(number: str, said: str) -> None:
    assert wording.official(Decimal(number)) == said


@given(st.integers(-(10**12), 10**12))
def test_an_official_number_reads_back(number: int) -> None:
    said = wording.official(Decimal(number))
    unit = {"万": 10_000, "亿": 10**8}.get(said[-1], 1)
    assert Decimal(said.rstrip("万亿")) * unit == number


def test_changes_are_worded() -> None:
    d = Decimal
    assert wording.change(d(105), d(100)) == "同比增长5%"
    assert wording.change(d(97), d(100), "环比") == "环比下降3%"
    assert wording.change(d(100), d(100)) == "与上年同期持平"
    assert wording.change(d(5), d(0)) == "上年同期为0"
    assert wording.difference(d("92.3"), d("90"), "%", percent=True) == "比上年同期提高2.3个百分点"
    assert wording.change(d("92.3"), d("90"), percent=True) == "同比提高2.3个百分点"
    assert wording.difference(d(94), d(77), "家") == "比上年同期增加17家"


def test_periods_as_people_write_them() -> None:
    assert [period_of(one) for one in ("2025年", "2025年度", "2025年第三季度", "2025年3月", "2025Q3", "吉水县")] == [
        "2025", "2025", "2025Q3", "2025-03", "2025Q3", "",
    ]  # fmt: skip


def test_shipped_templates_are_right_and_survive_word() -> None:
    assert len(shipped()) >= 5
    for one in shipped().values():
        assert parse(one.text).mistakes == [], one.key
        assert text_of_word(text_as_word(one.text, 7)) == (one.text, [], 7), one.key


def test_a_file_that_is_no_word_file_is_refused() -> None:
    with pytest.raises(Refusal, match="GH-REP-030"):
        text_of_word(b"PK not really")


def _changed(change: Callable[[Any], None]) -> bytes:
    file = Document(BytesIO(text_as_word("# 题\n一段话。\n| 单位 | 会员 |\n")))
    change(file)
    stream = BytesIO()
    file.save(stream)
    return stream.getvalue()


def test_revisions_nobody_accepted_are_refused_rather_than_lost() -> None:
    def revise(file: Any) -> None:
        paragraph = file.paragraphs[1]._element
        inserted = OxmlElement("w:ins")
        inserted.append(paragraph.findall(qn("w:r"))[0])
        paragraph.append(inserted)

    with pytest.raises(Refusal, match="GH-REP-032"):
        text_of_word(_changed(revise))


def test_a_cell_that_spans_several_comes_back_once() -> None:
    def span(file: Any) -> None:
        first, second = file.tables[0].rows[0].cells
        first.merge(second)

    text, _, _ = text_of_word(_changed(span))
    assert text.endswith("| 单位会员 |\n") or text.endswith("| 单位 会员 |\n")
