"""A form is read as it was received and comes back with nothing changed but the cells that were filled."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlwt
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from gonghui.apps.filings import example
from gonghui.apps.filings.books.reading import read
from gonghui.apps.filings.books.receiving import LARGEST, received
from gonghui.apps.filings.books.writing import filled
from gonghui.apps.filings.rules.formulas import totals
from gonghui.apps.rosters.tests.builders import compound
from gonghui.kernel.refusal import Refusal

PLACES = ("安福县", "遂川县", "吉安市物流行业工会联合会")


def odd() -> bytes:
    """A form with what people put into forms: comments, lists to choose from, hidden sheets, colours, numbers as text."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表一"
    sheet.merge_cells("A1:D1")
    sheet["A1"] = "统计表"
    sheet["A2"], sheet["B2"], sheet["C2"] = "项目", "数", "合计"
    sheet["A3"], sheet["B3"], sheet["C3"] = "会员总数", "0", "=SUM(B3:B4)"
    sheet["B3"].number_format = "@"
    sheet["B4"].number_format = "#,##0.00"
    sheet["B4"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFEE88")
    sheet["D3"] = "=ROUND(C3/3,1)"
    sheet["B3"].comment = Comment("按季度末填", "上级")
    sheet.column_dimensions["B"].width = 31.5
    sheet.row_dimensions[3].height = 44
    choice = DataValidation(type="list", formula1='"有,无"')
    sheet.add_data_validation(choice)
    choice.add("E3")
    sheet.conditional_formatting.add(
        "B3:B4",
        openpyxl.formatting.rule.CellIsRule(
            operator="lessThan", formula=["0"], font=openpyxl.styles.Font(color="FF0000")
        ),
    )
    sheet.print_area = "A1:D9"
    hidden = book.create_sheet("代码")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "不要改"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def style(cell: Any) -> list[str]:
    return [
        repr(getattr(cell, part)) for part in ("font", "border", "fill", "number_format", "alignment", "protection")
    ]


def same_but(before: bytes, after: bytes, changed: set[tuple[str, str]]) -> None:
    """Everything else is as it was: cell by cell, style by style, and byte by byte in the parts that are no sheet."""
    one, other = openpyxl.load_workbook(io.BytesIO(before)), openpyxl.load_workbook(io.BytesIO(after))
    assert one.sheetnames == other.sheetnames
    for name in one.sheetnames:
        mine, theirs = one[name], other[name]
        assert mine.dimensions == theirs.dimensions or changed
        assert mine.merged_cells.ranges == theirs.merged_cells.ranges
        assert mine.sheet_state == theirs.sheet_state and mine.freeze_panes == theirs.freeze_panes
        widths = {key: (one_.width, one_.hidden) for key, one_ in mine.column_dimensions.items()}
        assert widths == {key: (one_.width, one_.hidden) for key, one_ in theirs.column_dimensions.items()}
        heights = {key: one_.height for key, one_ in mine.row_dimensions.items()}
        assert heights.items() <= {key: one_.height for key, one_ in theirs.row_dimensions.items()}.items()
        for row in mine.iter_rows():
            for cell in row:
                twin = theirs[cell.coordinate]
                assert style(cell) == style(twin), (name, cell.coordinate)
                if (name, cell.coordinate) not in changed:
                    assert (cell.value, cell.data_type) == (twin.value, twin.data_type), (name, cell.coordinate)
    with zipfile.ZipFile(io.BytesIO(before)) as a, zipfile.ZipFile(io.BytesIO(after)) as b:
        assert a.namelist() == b.namelist()
        for part in a.namelist():
            if not part.startswith("xl/worksheets/sheet") and part != "xl/workbook.xml":
                assert a.read(part) == b.read(part), part


def test_only_the_filled_cells_change() -> None:
    data = example.workbook(PLACES)
    values = {(example.BASE, "C7"): Decimal(12), (example.BASE, "B2"): "吉安市总工会", (example.BASE, "E9"): "少于5"}
    sums = totals(read(data), {(example.BASE, "C7"): Decimal(12)})
    after = filled(data, values, sums)
    same_but(data, after, set(values))
    cells = openpyxl.load_workbook(io.BytesIO(after), data_only=True)[example.BASE]
    assert (cells["C7"].value, cells["B2"].value, cells["E9"].value, cells["C6"].value) == (
        12,
        "吉安市总工会",
        "少于5",
        12,
    )
    formulas = openpyxl.load_workbook(io.BytesIO(after))
    assert formulas[example.BASE]["C6"].value == "=SUM(C7:C9)"
    assert formulas[example.MEANS]["E3"].value == '=IF(D3=0,"",C3/D3-1)'
    assert formulas.calculation.fullCalcOnLoad
    stale = openpyxl.load_workbook(io.BytesIO(after), data_only=True)
    assert stale[example.MEANS]["E3"].value is None


def test_an_odd_form_keeps_all_it_has() -> None:
    data = odd()
    values = {("表一", "B3"): Decimal("1234.50"), ("表一", "B4"): Decimal(3), ("表一", "F12"): "新的格"}
    after = filled(
        data, values, totals(read(data), {key: one for key, one in values.items() if isinstance(one, Decimal)})
    )
    same_but(data, after, set(values))
    sheet = openpyxl.load_workbook(io.BytesIO(after), data_only=True)["表一"]
    assert sheet["B3"].value == 1234.5 and sheet["B3"].data_type == "n" and sheet["B3"].number_format == "@"
    assert sheet["C3"].value == 1237.5 and sheet["D3"].value is None and sheet["F12"].value == "新的格"
    assert sheet["B3"].comment.text == "按季度末填" and len(sheet.data_validations.dataValidation) == 1
    assert len(sheet.conditional_formatting) == 1 and sheet.print_area == "'表一'!$A$1:$D$9"


def test_words_that_look_like_a_formula_stay_words() -> None:
    after = filled(example.workbook(PLACES), {(example.BASE, "B2"): "=1+1"}, {})
    cell = openpyxl.load_workbook(io.BytesIO(after))[example.BASE]["B2"]
    assert cell.data_type != "f" and cell.value == "=1+1"


def test_the_layout_is_read() -> None:
    book = read(example.workbook(PLACES))
    sheet = book.sheets[0]
    assert [one.name for one in book.sheets] == [example.BASE, example.AID, example.MEANS]
    assert sheet.row_label("C7") == "安福县" and sheet.label_cell("H7") == "B7"
    assert sheet.column_label("F7") == "会员（名）·其中·女会员" and sheet.column_label("D8") == "组织（家）·基层工会"
    assert sheet.covered("C2") and not sheet.covered("B2")
    assert sheet.cells["C6"].formula == "SUM(C7:C9)"


def xls() -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("表").write(0, 0, "会员")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_macros() -> bytes:
    stream = io.BytesIO(example.workbook(PLACES))
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr("xl/vbaProject.bin", b"macro")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "code", "words"),
    [
        (b"", "空.xlsx", "GH-IMP-101", "空的"),
        (b"%PDF-1.7 x", "表.xlsx", "GH-IMP-103", "PDF"),
        (xls(), "表.xls", "GH-FLG-002", "旧格式"),
        ("单位,会员\n安福县,3\n".encode(), "表.csv", "GH-FLG-002", "csv"),
        (compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "密.xlsx", "GH-IMP-118", "密码"),
        (with_macros(), "表.xlsm", "GH-IMP-119", "宏"),
        (example.workbook(PLACES)[:2000], "半.xlsx", "GH-IMP-122", "不完整"),
        (b"0" * (LARGEST + 1), "大.xlsx", "GH-FLG-001", "10MB"),
    ],
)
def test_odd_files_are_refused_with_a_sentence(data: bytes, name: str, code: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        received(data, name)
    assert refused.value.code == code and words in refused.value.message and refused.value.hint
