"""Where the table in a sheet is: the header under the titles, and the rows that are not data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from gonghui.kernel.files.reading.cells import kind_of, letter, text_of
from gonghui.kernel.files.reading.sources import Merge, Row

_HEADER_WITHIN = 40
_DEPTH = 3
_LOOKS_LIKE_DATA = re.compile(r"\d{6,}[\dXx]?|\d{2,4}[-./年]\d{1,2}[-./月]\d{0,4}日?|1\d{10}|[男女]")
_FOOTER = re.compile(
    r"(?:制表|填表|填报|经办|审核|审批|复核|统计|负责|联系|上报|报送|录入|打印)(?:人|单位|日期|时间|部门|者|员|$|[:：（(])"
    r"|(?:合计|总计|小计|共计|累计|总人数|人数合计)|(?:单位|工会)?(?:\(|（)?(?:盖章|公章|签字|签章)"
    r"|(?:备注|注|说明|填表说明|填报说明|填写说明|填写提示|温馨提示|提示|附注)\s*[:：0-9一二三]|第\d+页|共\d+[页人条户]|此表|本表|—+|-{3,}|\*{3,}"
)
_EXAMPLE = re.compile(r"(?:示例|样例|例如|举例|范例)")
_HINT = re.compile(r"(?:填写说明|填写提示|填表说明|填写要求|必填|选填)")
_NOTE_START = re.compile(r"(?:\d{1,2}[、.．]|[一二三四五六七八九十][、.．]|[（(]\d{1,2}[）)])")

EXAMPLE, HINT, FOOTER, NOTE, REPEATED, NUMBERS = (
    "示例行",
    "填写提示",
    "表尾",
    "说明文字",
    "重复的表头",
    "列号",
)


@dataclass(frozen=True)
class Header:
    """The header rows of a sheet and one label a column, groups of merged headers written before a blank."""

    top: int
    bottom: int
    labels: tuple[str, ...]
    recognised: int

    def letter(self, column: int) -> str:
        """How the spreadsheet names the column."""
        return letter(column)


def find_header(rows: list[Row], merges: list[Merge], recognise: Callable[[list[str]], int]) -> Header | None:
    """The rows whose labels name the most known fields; the first and the shallowest among equals."""
    best: Header | None = None
    best_score = 0.0
    head = [(number, cells) for number, cells in rows if number <= _HEADER_WITHIN + (rows[0][0] if rows else 0)]
    spread = _spread(head, merges)
    for at, (top, _) in enumerate(head):
        for depth in range(1, _DEPTH + 1):
            part = spread[at : at + depth]
            if len(part) < depth or part[-1][0] - top != depth - 1:
                break
            if depth > 1 and _is_data(head[at + depth - 1][1]):
                break
            labels = compose([cells for _, cells in part])
            recognised = recognise(labels)
            score = recognised - 0.3 * (depth - 1)
            if score > best_score:
                best, best_score = Header(top, part[-1][0], tuple(labels), recognised), score
    return best


def header_at(rows: list[Row], merges: list[Merge], top: int, bottom: int) -> Header | None:
    """The header in the rows that a person pointed out."""
    part = [(number, cells) for number, cells in _spread(rows, merges) if top <= number <= bottom]
    return Header(top, bottom, tuple(compose([cells for _, cells in part])), 0) if part else None


def compose(rows: list[list[str]]) -> list[str]:
    """One label a column out of stacked header rows; equal texts (a cell merged downwards) are said once."""
    width = max((len(row) for row in rows), default=0)
    labels = []
    for column in range(width):
        said: list[str] = []
        for row in rows:
            text = text_of(row[column]).strip() if column < len(row) else ""
            if text and text not in said:
                said.append(text)
        labels.append(" ".join(said))
    return labels


def _spread(rows: list[Row], merges: list[Merge]) -> list[Row]:
    """Header rows with the text of a merged cell in every cell it covers."""
    by_number = {number: list(cells) for number, cells in rows}
    for top, left, bottom, right in merges:
        source = by_number.get(top)
        if source is None or left >= len(source) or not source[left] or bottom - top > 5:
            continue
        for number in range(top, bottom + 1):
            cells = by_number.get(number)
            if cells is None:
                continue
            cells.extend([""] * (min(right, 399) + 1 - len(cells)))
            for column in range(left, min(right, 399) + 1):
                cells[column] = cells[column] or source[left]
    return [(number, by_number[number]) for number, _ in rows]


def _is_data(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return any(kind_of(cell) or _LOOKS_LIKE_DATA.fullmatch(cell.strip()) for cell in filled)


def label_key(text: str) -> str:
    """A header text without blanks, as two spellings of it compare."""
    return "".join(text_of(text).split())


def not_data(cells: list[str], header_keys: frozenset[str], key_filled: bool) -> str:
    """Why a row is no data row (one of the words above), or nothing when it is one."""
    filled = [label_key(cell) for cell in cells if cell]
    if not filled:
        return NOTE
    first = filled[0]
    if _EXAMPLE.match(first) or (len(filled) > 1 and _EXAMPLE.match(filled[1])):
        return EXAMPLE
    if sum(text in header_keys for text in filled) * 2 > len(filled) and len(filled) > 1:
        return REPEATED
    if _HINT.match(first):
        return HINT
    if _is_numbering(filled):
        return NUMBERS
    if key_filled:
        return ""
    few = len(filled) <= max(3, len(cells) // 3)
    footer = _FOOTER.match(first) or (len(filled) <= 2 and any(_FOOTER.match(text) for text in filled))
    if footer and (few or all(_counts(text) for text in filled[1:])):
        return FOOTER
    if len(filled) == 1 and (len(first) > 15 or _NOTE_START.match(first)):
        return NOTE
    return ""


def _counts(text: str) -> bool:
    return bool(re.fullmatch(r"[\d.,，]+[人户个名元]?", text)) or bool(_FOOTER.match(text))


def _is_numbering(filled: list[str]) -> bool:
    """Some forms number their columns in a row under the header: 1 2 3 4 …"""
    if len(filled) < 3 or not filled[0].isdecimal() or len(filled[0]) > 2:
        return False
    start = int(filled[0])
    return filled == [str(number) for number in range(start, start + len(filled))]
