"""The small parts of an xlsx: its sheets, which number formats are dates, and the table of shared strings."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from html import unescape
from posixpath import join, normpath

from gonghui.kernel.files.reading.cells import MAX_CELL, UNCLEAN, clean, unescape_ooxml
from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.packages import damaged_is_refused, elements, small_part
from gonghui.kernel.files.reading.unreadable import Unreadable

_DATE_FORMATS = frozenset([*range(14, 18), 22, *range(27, 37), *range(50, 59)])
_TIME_FORMATS = frozenset([18, 19, 20, 21, 45, 46, 47])
_PERCENT_FORMATS = frozenset([9, 10])
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', re.I)
_MAX_STRINGS = 20_000_000
_MAX_STRING_CHARACTERS = 400_000_000
_STEP = 1 << 20


@dataclass(frozen=True)
class SheetPart:
    """One worksheet: its name, whether the author hid it, and where it lies in the package."""

    name: str
    hidden: bool
    part: str


@dataclass(frozen=True)
class Styles:
    """Cell style numbers whose numbers are dates, times of day, or shares shown as per cent (0.923 as 92.3%)."""

    dates: frozenset[str]
    times: frozenset[str]
    percents: frozenset[str] = frozenset()


def workbook(package: zipfile.ZipFile, limits: Limits) -> tuple[list[SheetPart], bool, str]:
    """The worksheets in order, whether day numbers count from 1904, and the folder of the workbook part."""
    name = workbook_name(package, limits)
    folder, _, file = name.rpartition("/")
    targets = {
        attributes.get("Id", ""): (attributes.get("Target", ""), attributes.get("Type", ""))
        for tag, attributes in elements(small_part(package, f"{folder}/_rels/{file}.rels", limits))
        if tag == "Relationship"
    }
    sheets: list[SheetPart] = []
    from_1904 = False
    for tag, attributes in elements(small_part(package, name, limits)):
        if tag == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in ("1", "true")
        if tag == "sheet":
            target, kind = targets.get(attributes.get("id", ""), ("", ""))
            if kind.endswith("/worksheet"):
                part = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(SheetPart(clean(attributes.get("name", ""))[:60], hidden, part))
    if not sheets:
        raise Unreadable("no_sheet", "文件里没有一张工作表")
    return sheets[:255], from_1904, folder


def workbook_name(package: zipfile.ZipFile, limits: Limits) -> str:
    """The part that names the sheets, wherever the program that wrote the file put it."""
    if "_rels/.rels" in package.NameToInfo:
        for tag, attributes in elements(small_part(package, "_rels/.rels", limits)):
            if tag == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
                return attributes.get("Target", "").lstrip("/")
    return "xl/workbook.xml"


def styles(package: zipfile.ZipFile, folder: str, limits: Limits) -> Styles:
    """Which cell styles show a number as a date or as per cent."""
    name = f"{folder}/styles.xml"
    if name not in package.NameToInfo:
        return Styles(frozenset(), frozenset())
    custom: dict[int, str] = {}
    dates: set[str] = set()
    times: set[str] = set()
    percents: set[str] = set()
    inside = False
    index = 0
    for tag, attributes in elements(small_part(package, name, limits)):
        if tag == "numFmt":
            custom[_int(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            number = _int(attributes.get("numFmtId", "0"))
            kind = _format_kind(number, custom.get(number, ""))
            if kind == "date":
                dates.add(str(index))
            elif kind == "time":
                times.add(str(index))
            elif number in _PERCENT_FORMATS or "%" in _QUOTED.sub("", custom.get(number, "")):
                percents.add(str(index))
            index += 1
    return Styles(frozenset(dates), frozenset(times), frozenset(percents))


def _format_kind(number: int, code: str) -> str:
    if number in _DATE_FORMATS and not code:
        return "date"
    if number in _TIME_FORMATS and not code:
        return "time"
    if "年" in code or "月" in code:
        return "date"
    shown = _QUOTED.sub("", code.split(";")[0]).lower()
    if "general" in shown or not shown:
        return ""
    if "y" in shown or "d" in shown or re.search(r"\be\b", shown):
        return "date"
    if "h" in shown or "s" in shown:
        return "time"
    return "date" if re.search(r"m", shown) and not re.search(r"[0#?]", shown) else ""


def _int(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def shared_strings(package: zipfile.ZipFile, folder: str) -> list[str]:
    """Every shared string, clean; read in steps so that a bomb is noticed while it swells."""
    name = f"{folder}/sharedStrings.xml"
    if name not in package.NameToInfo:
        return []
    strings: list[str] = []
    characters = 0
    simple: re.Pattern[str] | None = None
    prefix = ""
    rest = b""
    with damaged_is_refused(), package.open(name) as part:
        while data := part.read(_STEP):
            rest += data
            if simple is None:
                prefix = _prefix(rest, b"sst")
                simple = re.compile(f"<{prefix}si><{prefix}t(?: [^>]*)?>([^<]*)</{prefix}t></{prefix}si>")
                rest = rest[rest.find(b"sst") :]
                rest = rest[rest.find(b">") + 1 :]
            end = f"</{prefix}si>".encode()
            cut = rest.rfind(end)
            if cut < 0:
                if len(rest) > 8 * _STEP:
                    raise Unreadable("cell_too_long", "有一个单元格的文字超过 800 万个字节，不是正常的名册")
                continue
            cut += len(end)
            found = _strings(rest[:cut].decode("utf-8"), prefix, simple)
            rest = rest[cut:]
            strings += found
            characters += sum(map(len, found))
            if len(strings) > _MAX_STRINGS or characters > _MAX_STRING_CHARACTERS:
                raise Unreadable("too_big", "表格里的文字太多", "按单位拆成几份上传")
    if b"<" in rest and b"/" not in rest:
        raise Unreadable("damaged", "文件的文字部分不完整")
    return strings


def _prefix(head: bytes, root: bytes) -> str:
    """The namespace prefix that this file writes before its element names, usually none."""
    found = re.search(rb"<(?!\?|!)([A-Za-z_][\w.-]*:)?" + root + rb"[\s>/]", head)
    if not found:
        raise Unreadable("damaged", "文件内部的内容不像表格")
    return (found[1] or b"").decode("ascii")


prefix_of = _prefix


def _strings(text: str, prefix: str, simple: re.Pattern[str]) -> list[str]:
    if "<!" in text:
        raise Unreadable("odd_xml", "文件内部有 Excel 和 WPS 都不会写的内容（注释或 CDATA）")
    found = simple.findall(text)
    if len(found) != text.count(f"<{prefix}si>") + text.count(f"<{prefix}si/") + text.count(f"<{prefix}si "):
        found = [
            rich_text(item, prefix) for item in re.findall(f"<{prefix}si(?:/>|[^>]*?>(.*?)</{prefix}si>)", text, re.S)
        ]
    if UNCLEAN.search("".join(found)) or "&" in text or "_x" in text or "\x1e" in text or "\x1f" in text:
        found = [plain(item) for item in found]
    return [item if len(item) <= MAX_CELL else item[: MAX_CELL + 1] for item in found]


def rich_text(inner: str, prefix: str) -> str:
    """The text of a string made of runs, its phonetic guide left out."""
    if f"<{prefix}rPh" in inner:
        inner = re.sub(f"<{prefix}rPh.*?</{prefix}rPh>", "", inner, flags=re.S)
    return "".join(re.findall(f"<{prefix}t(?: [^>]*)?>([^<]*)</{prefix}t>", inner))


def plain(text: str) -> str:
    """XML and OOXML escapes resolved, then clean."""
    return clean(unescape_ooxml(unescape(text) if "&" in text else text))
