"""A letter as a Word file set like an official document: number, title, recipient, text, signature, date."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

BODY, TITLE, HEAD = "仿宋", "方正小标宋简体", "黑体"


def day_in_words(day: date) -> str:
    """2026年3月6日: Arabic digits, as the standard of official documents has them."""
    return f"{day.year}年{day.month}月{day.day}日"


def _set(paragraph: Paragraph, text: str, font: str, size: float, align: WD_ALIGN_PARAGRAPH | None = None) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run.font.color.rgb = RGBColor(0, 0, 0)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if align is not None:
        paragraph.alignment = align
    paragraph.paragraph_format.line_spacing = Pt(28)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)


def letter(
    *,
    issuer: str,
    title: str,
    number: str,
    recipient: str,
    copied_to: str,
    body: str,
    on: date | None,
    days: int | None,
) -> bytes:
    """The file, on A4 with the margins of GB/T 9704."""
    file = Document()
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    _set(file.add_paragraph(), issuer, TITLE, 26, WD_ALIGN_PARAGRAPH.CENTER)
    _set(file.add_paragraph(), number or "（发出时编号）", BODY, 16, WD_ALIGN_PARAGRAPH.CENTER)
    file.add_paragraph()
    _set(file.add_paragraph(), title, TITLE, 22, WD_ALIGN_PARAGRAPH.CENTER)
    file.add_paragraph()
    _set(file.add_paragraph(), f"{recipient}：", BODY, 16)
    for part in body.split("\n"):
        if part.strip():
            paragraph = file.add_paragraph()
            _set(paragraph, part.strip(), HEAD if part.startswith(("一、", "二、", "三、")) else BODY, 16)
            paragraph.paragraph_format.first_line_indent = Pt(32)
    if days:
        paragraph = file.add_paragraph()
        _set(paragraph, f"收到本件后{days}个工作日内，将办理情况书面答复我会。", BODY, 16)
        paragraph.paragraph_format.first_line_indent = Pt(32)
    file.add_paragraph()
    _set(file.add_paragraph(), issuer, BODY, 16, WD_ALIGN_PARAGRAPH.RIGHT)
    _set(file.add_paragraph(), day_in_words(on) if on else "年  月  日", BODY, 16, WD_ALIGN_PARAGRAPH.RIGHT)
    if copied_to:
        file.add_paragraph()
        _set(file.add_paragraph(), f"抄送：{copied_to}", BODY, 14)
    stream = BytesIO()
    file.save(stream)
    return stream.getvalue()
