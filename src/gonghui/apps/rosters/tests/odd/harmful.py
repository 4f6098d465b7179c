"""Files made to hurt the reader: bombs, entities, paths, far cells, broken structures."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from functools import partial

from gonghui.apps.rosters.tests.builders import (
    HEADER,
    Raw,
    biff,
    compound,
    csv_text,
    id_card,
    member,
    million_entries,
    ods,
    ods_row,
    shared,
    sheet_xml,
    sst,
    stored_zip,
    swollen,
    xls,
    xlsx,
)
from gonghui.apps.rosters.tests.odd.base import bad


def _zip_with(name: str, content: bytes) -> bytes:
    return xlsx([HEADER, member()], extra={name: content})


def _nested() -> bytes:
    return xlsx([HEADER, member()], extra={"xl/embeddings/a.zip": stored_zip(["b.zip"])})


def _doctype(dtd: str, cell: str = "x") -> bytes:
    body = sheet_xml([HEADER, member()]).replace("?>\n", f"?>\n{dtd}\n", 1).replace("张三", cell)
    return xlsx(sheets={"Sheet1": body})


LAUGHS = (
    "<!DOCTYPE lolz ["
    + '<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + index)} "{f"&{chr(97 + index)};" * 10}">' for index in range(9))
    + "]>"
)
XXE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def _long_row(size: int) -> bytes:
    """Random attributes do not compress well enough to trip the ratio; the row itself is too long."""
    noise = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz", k=size))
    return xlsx(sheets={"Sheet1": sheet_xml([HEADER, [noise, id_card(1)]])})


def _string_bomb() -> bytes:
    """One long string, referred to from every cell of many rows."""
    rows: list[list[object]] = [[shared(0)] * 60 for _ in range(1500)]
    return xlsx(sheets={"S": sheet_xml([HEADER, *rows])}, strings=sst(["长" * 32_000]))


def _far(ref: str) -> bytes:
    return xlsx(
        sheets={
            "S": sheet_xml([HEADER, member(1)]).replace(
                "</sheetData>",
                f'<row r="{ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{ref}" t="str"><v>x</v></c></row></sheetData>',
            )
        }
    )


def _truncated(part: float) -> bytes:
    data = xlsx([HEADER, *[member(i) for i in range(1, 50, 2)]])
    return data[: int(len(data) * part)]


def _flipped() -> bytes:
    data = bytearray(xlsx([HEADER, *[member(i) for i in range(1, 900, 2)]]))
    at = data.find(b"xl/worksheets/sheet1.xml") + 300
    data[at : at + 40] = bytes(reversed(data[at : at + 40]))
    return bytes(data)


def _loop() -> bytes:
    data = bytearray(compound({"Workbook": b"x" * 8192}))
    struct.pack_into("<I", data, 512 + 4 * 4, 2)  # the chain of the stream comes back to its start
    return bytes(data)


def _without(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([HEADER, member()]))) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            if entry.filename != name:
                target.writestr(entry, source.read(entry))
    return out.getvalue()


def _two_of(name: str) -> bytes:
    out = io.BytesIO(xlsx([HEADER, member()]))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(name.upper(), "<a/>")
    return out.getvalue()


HARMFUL = [
    bad("zip bomb beside the sheet", lambda: swollen("xl/media/a.xml.bin", 60_000_000), "zip_bomb"),
    bad("300 MB of sheet", lambda: swollen("xl/worksheets/sheet9.xml", 312_000_000), "zip_bomb"),
    bad("a million entries", million_entries, "zip_entries"),
    bad("six thousand entries", lambda: stored_zip([f"xl/{i}" for i in range(6000)]), "zip_entries"),
    bad("nested zips", _nested, "nested"),
    bad("embedded workbook", lambda: _zip_with("xl/embeddings/Book1.xlsx", b"PK"), "nested"),
    bad("zip slip", lambda: _zip_with("../../etc/cron.d/x", b"x"), "zip_slip"),
    bad("zip slip in the middle", lambda: _zip_with("xl/../../x", b"x"), "zip_slip"),
    bad("absolute path", lambda: _zip_with("/etc/passwd", b"x"), "zip_slip"),
    bad("windows path", lambda: stored_zip(["xl/workbook.xml", "C:\\x"]), "zip_slip"),
    bad("backslash path", lambda: stored_zip(["xl/workbook.xml", "..\\x"]), "zip_slip"),
    bad("two parts of one name", lambda: _two_of("xl/workbook.xml"), "zip_names"),
    bad("odd compression", lambda: stored_zip(["xl/workbook.xml"], method=99), "damaged"),
    bad("xxe in a sheet", lambda: _doctype(XXE, "&x;"), "dtd"),
    bad("billion laughs", lambda: _doctype(LAUGHS, "&j;"), "dtd"),
    bad("external dtd", lambda: _doctype('<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd">'), "dtd"),
    bad("xxe in shared strings", lambda: xlsx([HEADER], strings=XXE + sst(["x"])), "dtd"),
    bad(
        "xxe in styles of another case",
        lambda: _zip_with("xl/theme.xml", b'<?xml version="1.0"?><!doctype a [<!entity b "c">]><a/>'),
        "dtd",
    ),
    bad("xxe in ods", lambda: ods(ods_row(HEADER), before=XXE), "dtd", "名册.ods"),
    bad(
        "utf-16 parts hide a dtd",
        lambda: xlsx(sheets={"S": _doctype(XXE)[:0].decode() or "﻿"}, extra={"xl/a.xml": XXE.encode("utf-16")}),
        "odd_xml",
    ),
    bad(
        "comment in rows",
        lambda: xlsx(sheets={"S": sheet_xml([HEADER, member()]).replace("<sheetData>", "<sheetData><!-- x -->")}),
        "odd_xml",
    ),
    bad(
        "cdata in a cell",
        lambda: xlsx(sheets={"S": sheet_xml([HEADER, member()]).replace("张三", "<![CDATA[张三]]>")}),
        "odd_xml",
    ),
    bad("external links", lambda: _zip_with("xl/externalLinks/externalLink1.xml", b"<a/>"), "external_links"),
    bad("data connection", lambda: _zip_with("xl/connections.xml", b"<a/>"), "external_links"),
    bad("query table", lambda: _zip_with("xl/queryTables/q1.xml", b"<a/>"), "external_links"),
    bad("far column", lambda: _far("XFD3"), "far_cell"),
    bad("far corner", lambda: _far("XFD1048576"), "far_cell"),
    bad("row beyond the sheet", lambda: _far("A1048577"), "damaged"),
    bad("one row of 9 MB", lambda: _long_row(9_000_000), "cell_too_long"),
    bad(
        "rows out of order",
        lambda: xlsx(sheets={"S": sheet_xml([HEADER, member()]).replace('<row r="2">', '<row r="1">')}),
        "damaged",
    ),
    bad("sheet without an end", lambda: xlsx(sheets={"S": sheet_xml([HEADER, member()])[:-40]}), "damaged"),
    bad("shared string missing", lambda: xlsx([HEADER, [shared(7)]], strings=sst(["x"])), "damaged"),
    bad("negative shared string", lambda: xlsx([HEADER, [shared(-1)]], strings=sst(["x"])), "damaged"),
    bad("workbook is no xml", lambda: _without("xl/workbook.xml"), "damaged"),
    bad("sheet missing", lambda: _without("xl/worksheets/sheet1.xml"), "damaged"),
    bad("no relations", lambda: _without("xl/_rels/workbook.xml.rels"), "damaged"),
    bad("no sheets", lambda: xlsx(sheets={}), "no_sheet"),
    bad("bytes flipped", _flipped, "damaged"),
    bad("truncated at 30 %", partial(_truncated, 0.3), "truncated"),
    bad("truncated at 95 %", partial(_truncated, 0.95), "truncated"),
    bad("only the zip signature", lambda: b"PK\x03\x04", "truncated"),
    bad("truncated xls", lambda: xls([HEADER, member()])[:1500], "damaged", "名册.xls"),
    bad("ole head only", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "damaged", "名册.xls"),
    bad("looping ole chain", _loop, "damaged", "名册.xls"),
    bad("xls with nonsense records", lambda: biff(b"\xff" * 300), "damaged", "名册.xls"),
    bad(
        "ods row repeated a million times",
        lambda: ods(ods_row(HEADER) + ods_row(member(), repeat=1_000_000)),
        "too_big",
        "名册.ods",
    ),
    bad(
        "ods cell repeated",
        lambda: ods(
            ods_row(
                [
                    *HEADER,
                    Raw(
                        '<table:table-cell table:number-columns-repeated="16000" office:value-type="string"><text:p>x</text:p></table:table-cell>'
                    ),
                ]
            )
        ),
        "far_cell",
        "名册.ods",
    ),
    bad("ods that is no xml", lambda: ods("<a>"), "damaged", "名册.ods"),
    bad("csv of 20,000 columns", lambda: (",".join(["列"] * 20_000) + "\n").encode(), "far_cell", "名册.csv"),
    bad(
        "one cell of 40 MB",
        lambda: (csv_text([HEADER])).encode() + b"a" * 40_000_000,
        "cell_too_long",
        "名册.csv",
    ),
    bad(
        "quoted cell of 3 MB",
        lambda: csv_text([HEADER]).encode() + b'"' + b"abc\n" * 750_000 + b'"',
        "cell_too_long",
        "名册.csv",
    ),
    bad("string used 90,000 times", _string_bomb, "too_big"),
]
