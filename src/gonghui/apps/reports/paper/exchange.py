"""Texts with marks go out to Word and come back: staff write in WPS, marks are words like any other."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import XMLSyntaxError

from gonghui.kernel.refusal import Refusal

from ..rules.content import Block, Content, Span
from ..rules.marks import MARK
from ..rules.text import _HEADS, LONGEST
from .words import word

_LEVELS: Final = (
    (re.compile(r"[一二三四五六七八九十]+、"), "## "),
    (re.compile(r"（[一二三四五六七八九十]+）"), "### "),
    (re.compile(r"\d+[.．]\s*\S{1,30}$"), "#### "),
)
LARGEST: Final = 8_000_000
UNPACKED: Final = 80_000_000
"""Bytes of a file as it is sent, and of all its parts."""
STAMP: Final = "gonghui-report-draft:"


def text_as_word(text: str, lock: int = 0) -> bytes:
    """The text laid out like a report, its marks as they are written, to be edited and read back.

    :param lock: of what it was taken from, so that one who comes back late does not overwrite what others wrote.
    """
    blocks, rows = [], []
    for number, raw in enumerate([*text.split("\n"), ""], 1):
        line = raw.strip()
        if line.startswith("|"):
            kept = MARK.sub(lambda one: one[0].replace("|", "\0"), line).strip("|").split("|")
            rows.append(tuple((Span(cell.replace("\0", "|").strip()),) for cell in kept))
            continue
        if rows:
            width = max(len(one) for one in rows)
            even = tuple(one + ((Span(""),),) * (width - len(one)) for one in rows)
            blocks.append(Block("table", number, rows=even))
            rows = []
        kind = next((name for sign, name in _HEADS if line.startswith(sign)), "paragraph")
        sign = next((sign for sign, name in _HEADS if name == kind), "")
        if line:
            blocks.append(Block(kind, number, (Span(line.removeprefix(sign)),)))
    return word(Content(tuple(blocks), ()), "", None, lambda chart: None, f"{STAMP}{lock}")


def text_of_word(data: bytes) -> tuple[str, list[str], int | None]:
    """(text with its marks, what was left out, the lock it was taken with) of a Word file.

    :raises Refusal: GH-REP-030 not a docx file, 031 too large, 032 revisions that nobody has accepted, 033 too long.
    """
    file = _opened(data)
    body = file.element.body
    if any(body.find(f".//{qn(name)}") is not None for name in ("w:ins", "w:del", "w:moveFrom", "w:moveTo")):
        raise Refusal("GH-REP-032", "文件里有没有接受的修订", "file", "在审阅里接受全部修订，保存后再上传")
    lines: list[str] = []
    titled, length = False, 0
    for part in file.iter_inner_content():
        if isinstance(part, Table):
            lines += _rows(part)
        elif isinstance(part, Paragraph) and part.text.strip():
            lines.append(_line(part, first=not titled and len(lines) < 3))
            titled = titled or lines[-1].startswith("# ")
        length += len(lines[-1]) if lines else 0
        if length > LONGEST:
            raise Refusal("GH-REP-033", f"正文超过{LONGEST:,}字", "file", "拆成几份")
    left_out = [
        f"{len(found)}{words}没有带进来"
        for name, words in (("w:drawing", "张图片"), ("w:sdt", "处内容控件"))
        if (found := body.findall(".//" + qn(name)))
    ]
    stamp = str(file.core_properties.keywords or "")
    lock = int(stamp.removeprefix(STAMP)) if stamp.startswith(STAMP) and stamp[len(STAMP) :].isdecimal() else None
    return "\n".join(lines) + "\n", left_out, lock


def _opened(data: bytes) -> Any:
    if len(data) > LARGEST:
        raise Refusal("GH-REP-031", "文件超过8MB", "file", "去掉图片再上传")
    try:
        with ZipFile(BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > UNPACKED:
                raise Refusal("GH-REP-031", "文件展开后过大", "file", "去掉图片再上传")
        return Document(BytesIO(data))
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError, XMLSyntaxError) as error:
        raise Refusal("GH-REP-030", "这不是docx文件", "file", "在Word或WPS里另存为docx再上传") from error


def _rows(table: Table) -> list[str]:
    """The rows of a table; a bar within a cell that no mark holds would part it, so it becomes a wide one."""
    found = []
    for row in table._tbl.tr_lst:
        cells = []
        for element in row.tc_lst:  # a cell that spans several is one
            words = " ".join("".join(one.text or "" for one in element.iter(qn("w:t"))).split())
            kept = MARK.sub(lambda one: one[0].replace("|", "\0"), words).replace("|", "｜").replace("\0", "|")
            cells.append(kept)
        found.append("| " + " | ".join(cells) + " |")
    return found


def _line(paragraph: Paragraph, first: bool) -> str:
    words = " ".join(paragraph.text.split())
    name = (paragraph.style.name or "").lower() if paragraph.style is not None else ""
    level = paragraph._element.find(f".//{qn('w:outlineLvl')}")
    if found := re.match(r"(?:heading|标题) ?(\d)", name):
        return "#" * min(int(found[1]) + 1, 4) + f" {words}"
    if level is not None and (level.get(qn("w:val")) or "9") in "012":
        return "#" * (int(level.get(qn("w:val")) or 0) + 2) + f" {words}"
    if name in ("title", "标题") or (first and _is_title(paragraph, words)):
        return f"# {words}"
    if len(words) < 40 and "。" not in words and not MARK.search(words):
        for shape, sign in _LEVELS:
            if shape.match(words):
                return sign + words
    return words


def _is_title(paragraph: Paragraph, words: str) -> bool:
    """A short line in the middle without a full stop."""
    centred = paragraph.alignment is not None and int(paragraph.alignment) == 1
    return centred and len(words) < 80 and not words.endswith("。")
