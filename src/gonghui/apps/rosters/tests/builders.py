"""Roster files made byte by byte: valid ones, odd ones, hostile ones. All people in them are invented."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

import xlwt

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"

HEADER = ["姓名", "身份证号码", "手机号码", "所在工会", "入会时间"]
UNION = "吉安市某某物流有限公司工会委员会"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_card(order: int = 1, *, region: str = "360802", birth: str = "19900307") -> str:
    """A valid number that belongs to nobody in particular."""
    body = f"{region}{birth}{order:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def member(order: int = 1, **changes: object) -> list[object]:
    """One row under HEADER."""
    values = {
        "name": "张三",
        "id": id_card(order),
        "phone": f"138{order:08d}",
        "union": UNION,
        "joined": "2020-05-01",
    }
    values.update(changes)  # type: ignore[arg-type]
    return list(values.values())


class Raw(str):
    """XML of one cell, inserted as it is; {ref} becomes its address."""


def letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_xml(ref: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Raw):
        return value.replace("{ref}", ref)
    if isinstance(value, bool):
        return f'<c r="{ref}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{ref}"><v>{value}</v></c>'
    return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def formula(text: str, cached: object = "") -> Raw:
    kind = ' t="str"' if isinstance(cached, str) else ""
    return Raw(f'<c r="{{ref}}"{kind}><f>{escape(text)}</f><v>{escape(str(cached))}</v></c>')


def error(text: str) -> Raw:
    return Raw(f'<c r="{{ref}}" t="e"><v>{text}</v></c>')


def dated(serial: float) -> Raw:
    return Raw(f'<c r="{{ref}}" s="1"><v>{serial}</v></c>')


def sheet_xml(rows: Sequence[Sequence[object]], *, first: int = 1, before: str = "", after: str = "") -> str:
    lines = []
    for number, row in enumerate(rows, first):
        inner = "".join(cell_xml(f"{letters(column)}{number}", value) for column, value in enumerate(row))
        lines.append(f'<row r="{number}">{inner}</row>' if inner else "")
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(lines)}</sheetData>{after}</worksheet>'


STYLES = (
    f'<?xml version="1.0" encoding="UTF-8"?><styleSheet xmlns="{MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/></cellXfs></styleSheet>'
)


def xlsx(
    rows: Sequence[Sequence[object]] = (),
    *,
    sheets: dict[str, str] | None = None,
    hidden: Iterable[str] = (),
    strings: str | None = None,
    extra: dict[str, bytes | str] | None = None,
    date1904: bool = False,
    before: str = "",
    after: str = "",
    compress: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A workbook out of rows, or out of the XML of its sheets."""
    parts = sheets if sheets is not None else {"Sheet1": sheet_xml(rows, before=before, after=after)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as package:
        package.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        package.writestr(
            "_rels/.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE_REL}"><Relationship Id="rId1" '
            f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        listed, related = [], []
        for index, (name, content) in enumerate(parts.items(), 1):
            state = ' state="hidden"' if name in set(hidden) else ""
            listed.append(f'<sheet name="{escape(name)}" sheetId="{index}"{state} r:id="rId{index}"/>')
            related.append(
                f'<Relationship Id="rId{index}" Type="{REL}/worksheet" Target="worksheets/sheet{index}.xml"/>'
            )
            package.writestr(f"xl/worksheets/sheet{index}.xml", content)
        properties = '<workbookPr date1904="1"/>' if date1904 else ""
        package.writestr(
            "xl/workbook.xml",
            f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{REL}">{properties}'
            f"<sheets>{''.join(listed)}</sheets></workbook>",
        )
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE_REL}">{"".join(related)}</Relationships>',
        )
        package.writestr("xl/styles.xml", STYLES)
        if strings is not None:
            package.writestr("xl/sharedStrings.xml", strings)
        for name, content in (extra or {}).items():
            package.writestr(name, content)
    return out.getvalue()


def sst(items: Sequence[str]) -> str:
    """A table of shared strings; items starting with < are XML already."""
    inner = "".join(f"<si>{item if item.startswith('<') else f'<t>{escape(item)}</t>'}</si>" for item in items)
    return f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{MAIN}">{inner}</sst>'


def shared(index: int) -> Raw:
    return Raw(f'<c r="{{ref}}" t="s"><v>{index}</v></c>')


def csv_text(rows: Sequence[Sequence[object]], delimiter: str = ",", end: str = "\r\n") -> str:
    return end.join(delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows) + end


def ods(rows_xml: str, *, extra: dict[str, str] | None = None, before: str = "") -> bytes:
    """An OpenDocument spreadsheet out of the XML of its rows."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content xmlns:office="{names}:office:1.0" '
        f'xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0" xmlns:style="{names}:style:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="名册">{rows_xml}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        for name, text in (extra or {}).items():
            package.writestr(name, text)
    return out.getvalue()


def ods_row(cells: Sequence[object], *, repeat: int = 1) -> str:
    inner = []
    for cell in cells:
        if isinstance(cell, Raw):
            inner.append(str(cell))
        elif cell is None:
            inner.append("<table:table-cell/>")
        elif isinstance(cell, int | float):
            inner.append(
                f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
            )
        else:
            inner.append(
                f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'
            )
    repeated = f' table:number-rows-repeated="{repeat}"' if repeat > 1 else ""
    return f"<table:table-row{repeated}>{''.join(inner)}</table:table-row>"


def compound(streams: dict[str, bytes]) -> bytes:
    """A minimal OLE container; streams are padded past the size at which they would go to the mini stream."""
    sector = 512
    chains: list[tuple[int, bytes]] = []
    body = b""
    place = 2  # sector 0 is the FAT, sector 1 the directory
    for content in streams.values():
        padded = content + b"\x00" * max(0, 4096 - len(content))
        padded += b"\x00" * (-len(padded) % sector)
        chains.append((place, padded))
        body += padded
        place += len(padded) // sector
    fat = [0xFFFFFFFD, 0xFFFFFFFE]
    for start, padded in chains:
        count = len(padded) // sector
        fat += [start + index + 1 for index in range(count - 1)] + [0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))
    assert len(fat) == 128, "one FAT sector is enough for a test"
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0)
    for name, (start, padded) in zip(streams, chains, strict=True):
        directory += _entry(name, 2, start, len(padded))
    directory = directory[: sector * 4].ljust(sector, b"\x00")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head = head.ljust(44, b"\x00") + struct.pack("<IIIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    head = head.ljust(512, b"\xff")
    return head + struct.pack("<128I", *fat) + directory[:sector] + body


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\x00\x00"
    entry = raw.ljust(64, b"\x00") + struct.pack("<HB", len(raw), kind)
    return entry.ljust(116, b"\x00") + struct.pack("<II", start, size) + b"\x00" * 4


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def stored_zip(names: Sequence[str], *, flags: int = 0, method: int = 0, content: bytes = b"x") -> bytes:
    """A zip whose entries are written by hand, for names and flags that zipfile would correct."""
    body, directory = b"", b""
    for name in names:
        raw = name.encode()
        crc = zlib.crc32(content)
        fields = struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 33, crc, len(content), len(content), len(raw), 0)
        offset = len(body)
        body += b"PK\x03\x04" + fields + raw + content
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, offset) + raw
    end = struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def million_entries() -> bytes:
    """A zip that claims, and has, a million entries in its directory."""
    one = b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = one * 1_000_000
    zip64 = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1_000_000, 1_000_000, len(directory), 4)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, 4 + len(directory), 1)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return b"PK\x03\x04" + directory + zip64 + locator + end


def swollen(name: str, size: int) -> bytes:
    """A workbook with one part of `size` blanks, compressed a thousand times."""
    out = io.BytesIO(xlsx([HEADER, member()]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package, package.open(name, "w") as part:
        block = b" " * 1_000_000
        for _ in range(size // 1_000_000):
            part.write(block)
    return out.getvalue()


def xls(rows: list[list[object]], **options: Any) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名册")
    day = xlwt.XFStyle()
    day.num_format_str = "YYYY-MM-DD"
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, date):
                sheet.write(number, column, value, day)
            else:
                sheet.write(number, column, value)
    for merge in options.get("merges", ()):
        sheet.merge(*merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def biff(*records: bytes) -> bytes:
    """An old workbook out of nothing but these records."""
    bof = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    return compound({"Workbook": bof + b"".join(records) + record(0x0A)})
