"""Files that are no roster at all: pictures, web pages, other programs' documents, locked and macro files."""

from __future__ import annotations

from gonghui.apps.rosters.tests.builders import HEADER, biff, compound, member, ods, record, stored_zip, xlsx
from gonghui.apps.rosters.tests.odd.base import bad


def _docx() -> bytes:
    return stored_zip(["[Content_Types].xml", "word/document.xml"])


HTML = "<html><head><meta charset='utf-8'></head><body><table><tr><td>姓名</td><td>身份证号码</td></tr></table></body></html>"
XML_2003 = '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'

NOT_ROSTERS = [
    bad("empty", lambda: b"", "empty"),
    bad("empty csv", lambda: b"", "empty", "名册.csv"),
    bad("only a byte-order mark", lambda: b"\xef\xbb\xbf", "no_rows", "名册.csv"),
    bad("only blanks", lambda: b"  \r\n \r\n", "no_rows", "名册.csv"),
    bad("png named xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "image"),
    bad("jpeg named xls", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 200, "image", "名册.xls"),
    bad("gif", lambda: b"GIF89a" + b"\x00" * 60, "image"),
    bad("bmp", lambda: b"BM\x36\x00\x00\x00\x00\x00" + b"\x00" * 60, "image"),
    bad("tiff", lambda: b"II*\x00" + b"\x00" * 60, "image"),
    bad("webp", lambda: b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\x00" * 60, "image"),
    bad("heic photo", lambda: b"\x00\x00\x00\x18ftypheic" + b"\x00" * 60, "image"),
    bad("pdf", lambda: b"%PDF-1.7\n", "pdf"),
    bad("rar", lambda: b"Rar!\x1a\x07\x00" + b"\x00" * 60, "archive"),
    bad("7z", lambda: b"7z\xbc\xaf\x27\x1c" + b"\x00" * 60, "archive"),
    bad("gzip", lambda: b"\x1f\x8b\x08" + b"\x00" * 60, "archive"),
    bad("zip of workbooks", lambda: stored_zip(["一.xlsx", "二.xlsx"]), "archive", "名册.zip"),
    bad("zip of pictures", lambda: stored_zip(["a.jpg"]), "archive"),
    bad("empty zip", lambda: stored_zip([]), "archive"),
    bad("rtf", lambda: b"{\\rtf1\\ansi}", "rtf"),
    bad("program", lambda: b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 60, "program", "名册.exe"),
    bad("elf program", lambda: b"\x7fELF\x02\x01\x01" + b"\x00" * 60, "program"),
    bad("sqlite", lambda: b"SQLite format 3\x00" + b"\x00" * 60, "database"),
    bad("access", lambda: b"\x00\x01\x00\x00Standard Jet DB\x00" + b"\x00" * 60, "database"),
    bad("sylk", lambda: b"ID;PWXL;N;E\r\nP;PGeneral", "sylk", "名册.slk"),
    bad("excel 4", lambda: b"\x09\x04\x06\x00\x00\x04\x10\x00" + b"\x00" * 60, "old_excel", "名册.xls"),
    bad("html named xls", lambda: HTML.encode(), "html", "名册.xls"),
    bad("html in gbk", lambda: ("\r\n " + HTML).encode("gb18030"), "html", "名册.xls"),
    bad("html in utf-16", lambda: HTML.encode("utf-16"), "html", "名册.xls"),
    bad("doctype html", lambda: b"<!DOCTYPE html>\n<html></html>", "html", "名册.xls"),
    bad("mhtml", lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "html", "名册.xls"),
    bad("xml spreadsheet 2003", lambda: XML_2003.encode(), "xml_2003", "名册.xls"),
    bad("other xml", lambda: b'<?xml version="1.0"?><a/>', "xml"),
    bad("json", lambda: b'[{"name": "x"}]', "json", "名册.csv"),
    bad("random bytes", lambda: bytes(range(256)) * 40, "binary", "名册.csv"),
    bad("zeros", lambda: b"\x00" * 5000, "binary", "名册.csv"),
    bad("docx", _docx, "other_office", "名册.xlsx"),
    bad("pptx", lambda: stored_zip(["ppt/presentation.xml"]), "other_office"),
    bad("ofd", lambda: stored_zip(["OFD.xml"]), "other_office"),
    bad("numbers", lambda: stored_zip(["Index/Document.iwa"]), "other_office"),
    bad("doc", lambda: compound({"WordDocument": b"x"}), "other_office", "名册.doc"),
    bad("ppt", lambda: compound({"PowerPoint Document": b"x"}), "other_office", "名册.xls"),
    bad("ole of something else", lambda: compound({"Contents": b"x"}), "other_office", "名册.xls"),
    bad("old wps et", lambda: compound({"Workbook": b"x"}), "wps_et", "名册.et"),
    bad("xlsb", lambda: stored_zip(["xl/workbook.bin", "xl/worksheets/sheet1.bin"]), "xlsb"),
    bad("encrypted xlsx", lambda: compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "password"),
    bad("encrypted xls", lambda: biff(record(0x2F, b"\x01\x00" * 8)), "password", "名册.xls"),
    bad("encrypted zip entries", lambda: stored_zip(["xl/workbook.xml"], flags=1), "password"),
    bad(
        "encrypted ods",
        lambda: ods("", extra={"META-INF/manifest.xml": "<a><manifest:encryption-data/></a>"}),
        "password",
    ),
    bad("xlsm", lambda: xlsx([HEADER, member()], extra={"xl/vbaProject.bin": b"x"}), "macros", "名册.xlsm"),
    bad(
        "macros under another name",
        lambda: xlsx([HEADER, member()], extra={"xl/VBAPROJECT.BIN": b"x"}),
        "macros",
    ),
    bad("excel 4 macro sheet", lambda: xlsx([HEADER], extra={"xl/macrosheets/sheet1.xml": "<a/>"}), "macros"),
    bad("xls with macros", lambda: compound({"Workbook": b"x", "_VBA_PROJECT": b"x"}), "macros", "名册.xls"),
    bad("ods with macros", lambda: ods("", extra={"Basic/Standard/Module1.xml": "<a/>"}), "macros", "名册.ods"),
]
