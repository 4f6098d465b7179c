"""A report as a Word file laid out by GB/T 9704-2012: A4, 22 lines of 28 characters, its fonts, sizes and page numbers.

It has no red head: this is the text of a report, which its office may put under one. The clauses are named beside the
numbers; where the standard leaves tables and charts open they stand centred with a caption of size 小四.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from ..rules.content import Block, Cell, Chart, Content

BODY, TITLE, HEAD, KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
SIZE, BIG, SMALL = 16.0, 22.0, 12.0
"""三号, 二号 (7.3.1), 小四 for tables and captions."""
LINE: Final = 29.0
"""Points: 22 lines on the 225 mm of a page's text (5.2.3)."""
FONTS: Final = {"title": (TITLE, BIG), "h1": (HEAD, SIZE), "h2": (KAI, SIZE), "h3": (BODY, SIZE)}
"""First-level headings in 黑体, second in 楷体, third and fourth in 仿宋 (7.3.3)."""
Picture = Callable[[Chart], bytes | None]


def word(content: Content, foot: str, code: bytes | None, picture: Picture, keywords: str = "") -> bytes:
    """The file.

    :param foot: what stands at the end about how to verify it, with `code`, a PNG of the QR.
    :param picture: a chart as PNG; None where none can be drawn, then its numbers stand in a table.
    :param keywords: kept with the file's properties.
    """
    file: Any = Document()
    file.core_properties.author, file.core_properties.keywords = "", keywords
    file.core_properties.title = content.title
    _page(file)
    for block in content.blocks:
        if block.kind == "table":
            _caption(file, block.caption)
            _table(file, block.rows)
        elif block.kind == "chart" and block.chart is not None:
            _chart(file, block.chart, block.caption, picture)
        else:
            _paragraph(file.add_paragraph(), block)
    if code is not None or foot:
        _foot(file, foot, code)
    stream = BytesIO()
    file.save(stream)
    return stream.getvalue()


def _page(file: Any) -> None:
    """5.2.1: top margin 37 mm, binding margin 28 mm, text 156 × 225 mm; pages numbered outside in 四号 (7.5)."""
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37), Mm(35), Mm(28), Mm(26),
    )  # fmt: skip
    section.footer_distance = Mm(25)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(int(LINE * 20)))
    grid.set(qn("w:charSpace"), "-849")  # 28 characters of 三号 on 156 mm
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)
    file.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(SIZE)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)


def _page_number(footer: Any, align: WD_ALIGN_PARAGRAPH) -> None:
    """一字线 on both sides of an Arabic number, one character in from the edge (7.5)."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = align
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    _run(paragraph, "— ", "宋体", 14)
    run = paragraph.add_run()
    _font(run, "宋体", 14)
    for kind, words in (("begin", ""), ("instr", "PAGE"), ("end", "")):
        element = OxmlElement("w:instrText" if kind == "instr" else "w:fldChar")
        if kind == "instr":
            element.text = words
        else:
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)
    _run(paragraph, " —", "宋体", 14)


def _font(run: Any, font: str, size: float) -> None:
    run.font.size, run.font.name = Pt(size), "Times New Roman" if font == BODY else font
    run.font.color.rgb = RGBColor(0, 0, 0)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _run(paragraph: Paragraph, words: str, font: str, size: float) -> None:
    _font(paragraph.add_run(words), font, size)


def _spacing(paragraph: Paragraph, line: float = LINE) -> None:
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = Pt(line)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)


def _paragraph(paragraph: Paragraph, block: Block) -> None:
    font, size = FONTS.get(block.kind, (BODY, SIZE))
    _spacing(paragraph, 35.0 if block.kind == "title" else LINE)
    if block.kind == "title":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(LINE)
    else:
        paragraph.paragraph_format.first_line_indent = Pt(SIZE * 2)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if block.kind in ("h1", "h2", "h3"):
        _outline(paragraph, int(block.kind[1]))
    _run(paragraph, words(block.spans), font, size)


def _outline(paragraph: Paragraph, level: int) -> None:
    """Headings show in the navigation of Word without its heading styles' looks."""
    element = OxmlElement("w:outlineLvl")
    element.set(qn("w:val"), str(level - 1))
    paragraph._element.get_or_add_pPr().append(element)


def words(cell: Cell) -> str:
    return "".join(one.words for one in cell)


def _caption(file: Any, caption: str) -> None:
    if caption:
        paragraph = file.add_paragraph()
        _spacing(paragraph)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, caption, HEAD, SMALL)


def _table(file: Any, rows: tuple[tuple[Cell, ...], ...]) -> None:
    table = file.add_table(len(rows), len(rows[0]), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for n, (row, line) in enumerate(zip(rows, table.rows, strict=True)):
        for k, (cell, box) in enumerate(zip(row, line.cells, strict=True)):
            paragraph = box.paragraphs[0]
            _spacing(paragraph, 20.0)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if not n or not k else WD_ALIGN_PARAGRAPH.RIGHT
            _run(paragraph, words(cell), HEAD if not n else BODY, SMALL)
    head = table.rows[0]._tr.get_or_add_trPr()
    again = OxmlElement("w:tblHeader")  # repeated where the table goes on
    again.set(qn("w:val"), "true")
    head.append(again)
    _spacing(file.add_paragraph(), 12.0)


def _chart(file: Any, chart: Chart, caption: str, picture: Picture) -> None:
    drawn = picture(chart)
    if drawn is None:
        from ..rules.content import Span

        _caption(file, caption)
        pairs = zip(chart.labels, chart.values, strict=True)
        _table(file, tuple((((Span(one),), (Span("—" if value is None else f"{value:g}"),)) for one, value in pairs)))
        return
    paragraph = file.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run().add_picture(BytesIO(drawn), width=Mm(150))
    _caption(file, caption)


def _foot(file: Any, foot: str, code: bytes | None) -> None:
    paragraph = file.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(LINE)
    if code is not None:
        paragraph.add_run().add_picture(BytesIO(code), width=Mm(22))
    after = file.add_paragraph()
    _spacing(after, 16.0)
    _run(after, foot, BODY, 10.5)
