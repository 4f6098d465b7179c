"""Reading: the learnt expression and the plain way agree, limits hold, sheets and headers are found."""

from __future__ import annotations

import io
import os
import random
import re
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.apps.rosters.reading.roster import RosterFile, open_roster
from gonghui.apps.rosters.tests.builders import (
    HEADER,
    UNION,
    Raw,
    csv_text,
    dated,
    error,
    formula,
    id_card,
    member,
    ods,
    ods_row,
    shared,
    sheet_xml,
    xls,
    xlsx,
)
from gonghui.kernel.files.reading import cells
from gonghui.kernel.files.reading.codes import FILE_CODES
from gonghui.kernel.files.reading.limits import DEFAULT
from gonghui.kernel.files.reading.sources import MergeFiller
from gonghui.kernel.files.reading.xlsx_rows import SheetReader
from gonghui.kernel.refusal import Refusal


def rows_of(data: bytes | Path, filename: str = "名册.xlsx") -> list[tuple[int, list[str]]]:
    with open_roster(data, filename, kind="members") as roster:
        return [(row.number, row.cells) for row in roster.rows()]


def body(rows: list[list[object]]) -> str:
    return sheet_xml(rows, first=1).split("<sheetData>")[1].split("</sheetData>")[0]


def some_rows(seed: int, count: int) -> list[list[object]]:
    """Rows in which one in four is odd somewhere: a missing cell, a number, a date, a formula, rich text."""
    chance = random.Random(seed)
    odd: list[object] = [
        None,
        13800001111,
        3.5,
        dated(43952),
        formula("A1", "x"),
        error("#REF!"),
        True,
        shared(2),
        "a &amp; <b>",
        "_x0041_",
        "　空 格 ",
        Raw('<c r="{ref}" s="4"/>'),
        Raw('<c r="{ref}" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r></is></c>'),
    ]
    found = []
    for number in range(count):
        row = member(number % 900 + 1)
        if chance.random() < 0.25:
            row[chance.randrange(5)] = chance.choice(odd)
        found.append(row)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_learnt_expression_reads_what_the_plain_way_reads(seed: int):
    rows = some_rows(seed, 300)
    parts = [body(rows[:100]), *(sheet_xml(rows[at : at + 50], first=at + 1) for at in range(100, 300, 50))]
    chunks = [parts[0], *(part.split("<sheetData>")[1].split("</sheetData>")[0] for part in parts[1:])]
    dates = frozenset(["1"])
    plain = SheetReader(["零", "壹", "贰"], dates, frozenset(), False)
    wanted = [row for chunk in chunks for row in plain.rows(chunk)]

    learnt = SheetReader(["零", "壹", "贰"], dates, frozenset(), False)
    found: list[tuple[int, list[str]]] = []
    fast = 0
    for chunk in chunks:
        block = learnt.fast_block(chunk)
        if block is None:
            found += learnt.rows(chunk)
        elif isinstance(block, list):
            found += block
            fast += 1
        else:
            found += list(enumerate(cells.unpack(block[2]), block[0]))
            fast += 1
    assert fast >= 3, "the learnt expression was never used, so nothing was compared"
    assert [(number, _bare(row)) for number, row in found] == [(number, _bare(row)) for number, row in wanted]


def _bare(row: list[str]) -> list[str]:
    kept = list(row)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def test_clean_rows_take_the_packed_way():
    reader = SheetReader([], frozenset(), frozenset(), False)
    first = body([member(number) for number in range(1, 60)])
    reader.rows(first)
    more = sheet_xml([member(number) for number in range(60, 90)], first=60)
    block = reader.fast_block(more.split("<sheetData>")[1].split("</sheetData>")[0])
    assert isinstance(block, tuple)
    assert block[:2] == (60, 30)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_any_text_comes_back_clean_from_a_workbook_and_a_csv(texts: list[str]):
    writable = [
        "".join(
            char for char in text if char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"
        )
        for text in texts
    ]
    writable = [text.replace("_x", "_ x").replace('"', "") for text in writable]
    header = [f"列{number}" for number in range(len(writable))]
    header[:0] = ["姓名", "身份证号码"]
    row = ["张三", id_card(1), *writable]
    expected = [cells.clean(text) for text in row]
    (_, found), *_ = rows_of(xlsx([header, row]))
    assert _bare(found) == _bare(expected)
    quoted = [f'"{text}"' if not text.startswith(("=", "'")) else f'"x{text}"' for text in row]
    ((_, from_csv),) = rows_of(csv_text([header, quoted]).encode("utf-8"), "名册.csv")
    assert _bare(from_csv) == _bare([cells.clean(text.strip('"')) for text in quoted])


def test_clean_never_leaves_separators_marks_or_line_ends():
    every = "".join(chr(code) for code in range(0x3000))
    found = cells.clean(every)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", found)
    assert cells.clean("  甲 \n 乙\u3000") == "甲 乙"


@pytest.mark.parametrize(
    ("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_column_letters(column: int, name: str):
    assert cells.letter(column) == name
    assert cells.column_of(name) == column


def test_serial_dates_of_both_systems():
    assert cells.serial_date(1) == "1900-01-01"
    assert cells.serial_date(59) == "1900-02-28"
    assert cells.serial_date(61) == "1900-03-01"
    assert cells.serial_date(43952.99) == "2020-05-01"
    assert cells.serial_date(42490, from_1904=True) == "2020-05-01"
    assert cells.serial_date(float("nan")) is None
    assert cells.serial_date(1e300) is None


def test_merge_fills_only_the_column_that_was_merged_downwards():
    filler = MergeFiller([(2, 1, 4, 1), (6, 0, 7, 3)])
    filled = [
        filler.fill(number, list(row)) for number, row in [(2, ["a", "U"]), (3, ["b"]), (4, ["c", ""]), (5, ["d", ""])]
    ]
    assert filled == [["a", "U"], ["b", "U"], ["c", "U"], ["d", ""]]
    assert filler.fill(6, ["note", "", "", ""]) == ["note", "", "", ""]
    assert filler.fill(7, ["", "", "", ""]) == ["", "", "", ""]


def test_other_sheets_are_named_and_another_can_be_chosen():
    sheets = {
        "封面": sheet_xml([["某某工会"]]),
        "一季度": sheet_xml([HEADER, member(1)]),
        "二季度": sheet_xml([HEADER, member(1), member(3)]),
    }
    with open_roster(xlsx(sheets=sheets), "名册.xlsx") as roster:
        assert roster.chosen.name == "一季度"
        assert roster.other_sheets == ["封面", "二季度"]
        assert len(list(roster.rows())) == 1
        roster.choose(2)
        assert len(list(roster.rows())) == 2
    with open_roster(xlsx(sheets=sheets), "名册.xlsx", sheet=2) as roster:
        assert roster.chosen.name == "二季度"


def test_header_can_be_pointed_out():
    rows = [
        ["某某名册"],
        ["甲", "乙", "丙"],
        ["姓名", "身份证号码", "手机号码"],
        ["张三", id_card(1), "13800001111"],
    ]
    with open_roster(xlsx(rows), "名册.xlsx", sheet=0, header_rows=(2, 2)) as roster:
        assert roster.labels == ("甲", "乙", "丙")
        assert [row.number for row in roster.rows()] == [3, 4]


def test_skipped_rows_are_told_with_number_and_reason():
    rows = [
        HEADER,
        member(1),
        ["合计", None, None, "1人"],
        ["说明：退休会员保留会籍，不缴会费，不享有选举权"],
    ]
    with open_roster(xlsx(rows), "名册.xlsx") as roster:
        assert len(list(roster.rows((0, 1)))) == 1
        assert [(skipped.number, skipped.why) for skipped in roster.skipped] == [(3, "表尾"), (4, "表尾")]


def test_hidden_rows_are_announced():
    data = xlsx(
        sheets={"S": sheet_xml([HEADER, member(1), member(3)]).replace('<row r="3">', '<row r="3" hidden="1">')}
    )
    with open_roster(data, "名册.xlsx") as roster:
        list(roster.rows())
        assert any("1 行" in notice and "隐藏" in notice for notice in roster.notices)


@pytest.mark.parametrize(
    ("data", "filename", "expected"),
    [
        (lambda: xlsx([HEADER, member(1)]), "a.csv", "xlsx"),
        (lambda: xls([HEADER, member(1)]), "a.xlsx", "xls"),
        (lambda: ods(ods_row(HEADER) + ods_row(member(1))), "a.xls", "ods"),
        (lambda: csv_text([HEADER, member(1)]).encode("gb18030"), "a.xlsx", "csv"),
        (lambda: csv_text([HEADER, member(1)], "\t").encode(), "a.csv", "tsv"),
    ],
)
def test_format_is_told_by_content_not_by_name(data, filename: str, expected: str):
    with open_roster(data(), filename) as roster:
        assert roster.format == expected
        assert len(list(roster.rows())) == 1


def test_encoding_is_reported():
    with open_roster(csv_text([HEADER, member(1)]).encode("gb18030"), "a.csv") as roster:
        assert roster.details["encoding"] == "GB18030"


def test_a_path_is_read_like_bytes(tmp_path: Path):
    file = tmp_path / "名册.xlsx"
    file.write_bytes(xlsx([HEADER, member(1)]))
    assert len(rows_of(file)) == 1


def test_file_larger_than_the_limit_is_refused():
    with pytest.raises(Refusal) as caught:
        open_roster(xlsx([HEADER, member(1)]), "a.xlsx", limits=replace(DEFAULT, file_bytes=100))
    assert caught.value.code == FILE_CODES["too_big"]


def test_child_over_its_memory_is_refused_and_gone():
    text = csv_text([HEADER, member(1)]) + '"' + "x" * 30_000 + '"\n'
    with pytest.raises(Refusal) as caught:
        open_roster(text.encode(), "a.csv", limits=replace(DEFAULT, memory=10_000_000))
    assert caught.value.code in (FILE_CODES["crashed"], FILE_CODES["too_big"])


def test_child_over_its_processor_time_is_refused():
    rows = sheet_xml([HEADER, *[member(number % 900 + 1) for number in range(60_000)]])
    data = xlsx(sheets={"S": rows})
    began = time.monotonic()
    with (
        pytest.raises(Refusal) as caught,
        open_roster(data, "a.xlsx", limits=replace(DEFAULT, cpu_seconds=0, silence_seconds=20)) as roster,
    ):
        for _ in range(200):
            list(roster.rows())
    assert caught.value.code in (FILE_CODES["time"], FILE_CODES["crashed"])
    assert time.monotonic() - began < 30


def test_silent_child_is_refused():
    with pytest.raises(Refusal) as caught:
        open_roster(xlsx([HEADER, member(1)]), "a.xlsx", limits=replace(DEFAULT, silence_seconds=0.001))
    assert caught.value.code == FILE_CODES["time"]


def test_close_leaves_no_process():
    roster = open_roster(xlsx([HEADER, member(1)]), "a.xlsx")
    assert isinstance(roster, RosterFile)
    process = roster._process
    assert process is not None
    roster.close()
    roster.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process._child.pid, 0)


def test_leaving_the_rows_early_leaves_no_process():
    rows = [HEADER, *[member(number % 900 + 1) for number in range(30_000)]]
    with open_roster(csv_text(rows).encode(), "a.csv") as roster:
        next(iter(roster.rows()))
        process = roster._process
    assert process is not None
    with pytest.raises(ProcessLookupError):
        os.kill(process._child.pid, 0)


def test_progress_ends_at_one():
    rows = [HEADER, *[member(number % 900 + 1) for number in range(20_000)]]
    with open_roster(csv_text(rows).encode(), "a.csv") as roster:
        seen = []
        for number, _ in enumerate(roster.rows()):
            if number % 1000 == 0:
                seen.append(roster.progress)
        assert seen == sorted(seen)
        assert roster.progress == 1.0


def test_refusal_repeats_no_personal_data():
    number = id_card(7)
    with pytest.raises(Refusal) as caught:
        rows_of((csv_text([HEADER]) + f'"张三,{number}\n').encode(), "a.csv")
    assert number not in str(caught.value) and "张三" not in str(caught.value)


def test_zip_directory_that_lies_about_sizes_is_refused():
    data = bytearray(xlsx([HEADER, member(1)]))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
        entry = package.getinfo("xl/worksheets/sheet1.xml")
    at = data.rfind(b"xl/worksheets/sheet1.xml") - 46
    data[at + 24 : at + 28] = (entry.file_size - 50).to_bytes(4, "little")
    with pytest.raises(Refusal) as caught:
        rows_of(bytes(data))
    assert caught.value.code == FILE_CODES["damaged"]


def test_union_merged_over_many_rows_reaches_packed_blocks():
    rows: list[list[object]] = [
        HEADER,
        *[member(number, union=UNION if number == 1 else None) for number in range(1, 900)],
    ]
    data = xlsx(rows, after='<mergeCells count="1"><mergeCell ref="D2:D900"/></mergeCells>')
    assert {row[3] for _, row in rows_of(data)} == {UNION}
