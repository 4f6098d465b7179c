"""Files that no program should have written, and words that no file can hold: a clear refusal or a right result."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from gonghui.apps.filings import example, queries
from gonghui.apps.filings.books import receiving
from gonghui.apps.filings.books.reading import read
from gonghui.apps.filings.books.receiving import layout, received, written
from gonghui.apps.filings.books.writing import Percent
from gonghui.apps.filings.factories import example_form
from gonghui.apps.filings.queries import received as kept
from gonghui.apps.filings.rules.mapping import checked
from gonghui.kernel.factories import viewer_at
from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting

FORM = example.workbook(("安福县", "遂川县"))
SHEET = "xl/worksheets/sheet1.xml"


def changed(part: str, change: Callable[[str], str], data: bytes = FORM) -> bytes:
    """The form with one part of its package written otherwise."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in package.infolist():
            content = package.read(entry)
            made.writestr(entry.filename, change(content.decode()).encode() if entry.filename == part else content)
    return result.getvalue()


def sheet(data: bytes, name: str = example.BASE) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))[name]


def book_of(build: Callable[[Any], None]) -> bytes:
    book = openpyxl.Workbook()
    build(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_words_with_control_characters_are_written_without_them() -> None:
    after = written(FORM, {(example.BASE, "B2"): "一\x00二\x0b三\ud800\ufffe\n四", (example.BASE, "G2"): "_x0041_"}, {})
    assert sheet(after)["B2"].value == "一二三\n四"
    assert layout(after).sheets[0].words("G2") == "_x0041_"  # no escape of Excel's


def test_comments_and_instructions_in_the_workbook_are_no_matter() -> None:
    odd = changed("xl/workbook.xml", lambda xml: xml.replace("<calcPr", "<!-- 报表 --><?odd x?><calcPr"))
    odd = changed("xl/workbook.xml", lambda xml: xml.replace("<sheets>", "<!-- 表 --><sheets>"), odd)
    without = changed(
        "xl/workbook.xml", lambda xml: xml.replace('<calcPr calcId="124519" fullCalcOnLoad="1"/>', ""), odd
    )
    for data in (odd, without):
        after = written(data, {(example.BASE, "E7"): Decimal(3)}, {})
        assert sheet(after)["E7"].value == 3 and received(data, "表.xlsx").sheets[0].name == example.BASE


def test_comments_inside_a_number_do_not_cut_it() -> None:
    data = book_of(lambda one: one.append(["项目", 12]))
    odd = changed(SHEET, lambda xml: xml.replace("<v>12</v>", "<v>1<!-- x -->2</v>"), data)
    assert layout(odd).sheets[0].cells["B1"].number == 12


def test_a_package_that_is_broken_inside_is_refused() -> None:
    at = FORM.index(b"PK\x03\x04", FORM.index(b"sheet2.xml")) - 40
    broken = FORM[:at] + bytes(20) + FORM[at + 20 :]
    with pytest.raises(Refusal) as refused:
        received(broken, "表.xlsx")
    assert refused.value.code in ("GH-IMP-123", "GH-FLG-004", "GH-IMP-122")
    with pytest.raises(Refusal) as refused:
        written(broken, {(example.BASE, "E7"): Decimal(3)}, {})
    assert "坏" in refused.value.message or "不完整" in refused.value.message


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace('<row r="7"', '<row r="3"'),
        lambda xml: xml.replace('r="C7"', 'r="C8"'),
        lambda xml: xml.replace('r="C7"', 'r="XFE7"'),
        lambda xml: xml.replace('<row r="7"', '<row r="x"'),
        lambda xml: xml.replace("</sheetData>", "</sheetdata>"),
    ],
)
def test_cells_that_are_nowhere_are_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(Refusal) as refused:
        received(changed(SHEET, change), "表.xlsx")
    assert refused.value.code in ("GH-FLG-004", "GH-IMP-123") and refused.value.hint


def test_cells_without_addresses_count_on() -> None:
    bare = changed(SHEET, lambda xml: re.sub(r'<(row|c) r="[A-Z0-9]+"', r"<\1", xml), book_of(
        lambda one: [one.append(["项目", "数"]), one.append(["会员", None]), one.append(["合计", 7])]
    ))  # fmt: skip
    found = layout(bare).sheets[0]
    assert found.words("A3") == "合计" and found.cells["B3"].number == 7
    assert sheet(written(bare, {("Sheet", "C3"): Decimal(9)}, {}), "Sheet")["C3"].value == 9


def test_a_workbook_that_lies_elsewhere_is_found() -> None:
    moved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FORM)) as package, zipfile.ZipFile(moved, "w") as made:
        for entry in package.infolist():
            name = entry.filename.replace("xl/workbook.xml", "xl/book9.xml")
            name = name.replace("xl/_rels/workbook.xml.rels", "xl/_rels/book9.xml.rels")
            content = package.read(entry).replace(b"xl/workbook.xml", b"xl/book9.xml")
            made.writestr(name, content)
    after = written(moved.getvalue(), {(example.BASE, "E7"): Decimal(3)}, {})
    with zipfile.ZipFile(io.BytesIO(after)) as package:
        assert b"fullCalcOnLoad" in package.read("xl/book9.xml")


def test_cells_that_the_file_does_not_have_take_the_look_of_their_row_or_column() -> None:
    def build(one: Any) -> None:
        one["A1"] = "项目"
        one["A3"] = "会员"

    data = changed(
        SHEET,
        lambda xml: xml.replace("<sheetData>", '<cols><col min="3" max="4" width="9" style="1"/></cols><sheetData>'),
        book_of(build),
    )
    data = changed("xl/styles.xml", lambda xml: xml.replace("</cellXfs>", '<xf numFmtId="10"/></cellXfs>'), data)
    after = sheet(written(data, {("Sheet", "C2"): Decimal(9), ("Sheet", "D3"): Percent(Decimal("92.3"))}, {}), "Sheet")
    assert (after["C2"].value, after["C2"].number_format, after["A3"].value) == (9, "0.00%", "会员")
    assert after["D3"].value == 0.923


def test_what_stood_in_a_cell_when_the_form_came_does_not_stay() -> None:
    data = book_of(lambda one: one.append(["会员", 345, "旧的话"]))
    after = sheet(written(data, {("Sheet", "B1"): None, ("Sheet", "C1"): None, ("Sheet", "D9"): None}, {}), "Sheet")
    assert (after["B1"].value, after["C1"].value, after.max_row) == (None, None, 1)


def test_a_number_is_not_put_under_a_link() -> None:
    def build(one: Any) -> None:
        one["A1"], one["B1"] = "会员", 1
        one["B1"].hyperlink = "https://example.org/"
        one["C1"] = '=HYPERLINK("https://example.org/",B1)'

    book = layout(book_of(build))
    for cell, code in (("B1", "GH-FLG-015"), ("C1", "GH-FLG-011")):
        with pytest.raises(Refusal) as refused:
            checked({"sheet": "Sheet", "cell": cell, "kind": "figure", "figure": "members"}, book, ["members"])
        assert refused.value.code == code and refused.value.hint


def test_sums_and_areas_without_end_are_refused() -> None:
    def sums(one: Any) -> None:
        for row in range(1, 200):
            one[f"A{row}"] = f"=SUM(B1:B9999,C{row}:C9999)"

    with pytest.raises(Refusal, match="GH-FLG-005"):
        received(book_of(sums), "表.xlsx")
    with pytest.raises(Refusal, match="GH-FLG-005"):
        received(changed(SHEET, lambda xml: xml.replace(
            "<mergeCells", "<mergeCells>" + '<mergeCell ref="A50:B60"/>' * 3_000 + "</mergeCells><mergeCells"
        )), "表.xlsx")  # fmt: skip


def test_a_form_is_read_and_written_by_a_bounded_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no time to read in, nothing is read: the parent parses nothing by itself."""
    monkeypatch.setattr(receiving, "LIMITS", Limits(total_seconds=0.0))
    for work in (lambda: received(FORM, "表.xlsx"), lambda: layout(FORM), lambda: written(FORM, {}, {})):
        with pytest.raises(Refusal) as refused:
            work()
        assert refused.value.code == "GH-IMP-139"


def test_the_layout_comes_back_from_the_child_as_it_was_read() -> None:
    assert layout(FORM) == read(FORM)


def test_a_formula_that_a_column_shares_is_read_in_every_cell() -> None:
    data = book_of(lambda one: [one.append([1, 2, None]) for _ in range(3)])

    def shared(xml: str) -> str:
        for row in (1, 2, 3):
            said = ' ref="C1:C3">A1+B1</f>' if row == 1 else "/>"
            cell = f'<c r="C{row}"><f t="shared" si="0"{said}<v>3</v></c>'
            xml = xml.replace(f'<c r="B{row}" t="n"><v>2</v></c>', f'<c r="B{row}"><v>2</v></c>{cell}')
        return re.sub(r'<c r="C\d" ?/>', "", xml)

    found = layout(changed(SHEET, shared, data)).sheets[0]
    assert [found.cells[f"C{row}"].formula for row in (1, 2, 3)] == ["A1+B1", "A2+B2", "A3+B3"]


@pytest.mark.django_db
def test_a_form_is_guessed_once(tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = viewer_at(tree.city, "organising")
    calls: list[int] = []
    monkeypatch.setattr(kept, "guesses", lambda *_: calls.append(1) or ())
    monkeypatch.setattr(kept, "_GUESSES", {})
    with acting(desk):
        form = example_form(desk, tree.city)
        for _ in range(3):
            queries.proposals(desk, form, tree.city)
    assert calls == [1]
