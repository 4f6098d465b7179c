"""What a file is by its content, whatever its name says; and what it is called when it cannot be a roster."""

from __future__ import annotations

import re
from typing import IO

from gonghui.kernel.files.reading.unreadable import SAVE_AS_XLSX, Unreadable

ZIP = "zip"
OLE = "ole"
TEXT = "text"

_TAKE_DATA_OUT = "把名单放进 Excel 或 WPS 表格，保存为 xlsx 再上传"
_SIGNATURES: tuple[tuple[bytes, str, str, str], ...] = (
    (b"\x89PNG", "image", "这是一张图片（PNG），不是表格", _TAKE_DATA_OUT),
    (b"\xff\xd8\xff", "image", "这是一张照片（JPEG），不是表格", _TAKE_DATA_OUT),
    (b"GIF8", "image", "这是一张图片（GIF），不是表格", _TAKE_DATA_OUT),
    (b"BM", "image", "这是一张图片（BMP），不是表格", _TAKE_DATA_OUT),
    (b"II*\x00", "image", "这是一张图片（TIFF），不是表格", _TAKE_DATA_OUT),
    (b"MM\x00*", "image", "这是一张图片（TIFF），不是表格", _TAKE_DATA_OUT),
    (
        b"%PDF",
        "pdf",
        "这是 PDF 文件，不是表格",
        "找到生成它的原表格，或在 WPS 里用“PDF 转 Excel”得到 xlsx 再上传",
    ),
    (b"Rar!", "archive", "这是压缩包（RAR），不是表格", "先解压，再把里面的表格一个一个上传"),
    (b"7z\xbc\xaf", "archive", "这是压缩包（7z），不是表格", "先解压，再把里面的表格一个一个上传"),
    (b"\x1f\x8b", "archive", "这是压缩包（gzip），不是表格", "先解压，再把里面的表格一个一个上传"),
    (b"BZh", "archive", "这是压缩包（bzip2），不是表格", "先解压，再把里面的表格一个一个上传"),
    (b"\xfd7zXZ", "archive", "这是压缩包（xz），不是表格", "先解压，再把里面的表格一个一个上传"),
    (b"{\\rtf", "rtf", "这是写字板文档（RTF），不是表格", _TAKE_DATA_OUT),
    (b"MZ", "program", "这是一个程序，不是表格", "核对选的是不是名册文件"),
    (b"\x7fELF", "program", "这是一个程序，不是表格", "核对选的是不是名册文件"),
    (b"SQLite format 3", "database", "这是数据库文件，不是表格", "从原来的软件里导出 xlsx 或 csv 再上传"),
    (
        b"\x00\x01\x00\x00Standard",
        "database",
        "这是 Access 数据库，不是表格",
        "在 Access 里导出为 Excel 工作簿再上传",
    ),
    (b"ID;P", "sylk", "这是 SYLK 旧格式的表格", SAVE_AS_XLSX),
    (b"\x09\x08", "old_excel", "这是 Excel 4 及更早版本的表格", SAVE_AS_XLSX),
    (b"\x09\x04", "old_excel", "这是 Excel 4 及更早版本的表格", SAVE_AS_XLSX),
    (b"\x09\x02", "old_excel", "这是 Excel 4 及更早版本的表格", SAVE_AS_XLSX),
)
_HTML = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|style)\b", re.I | re.S)
_MHTML = re.compile(rb"^\s*(?:MIME-Version:|Content-Type:\s*multipart|From:\s)", re.I)
_WEB_HINT = "它是从网页或旧软件导出的，" + SAVE_AS_XLSX


def sniff(file: IO[bytes], size: int) -> str:
    """zip, ole or text; anything else is refused by its name."""
    if size == 0:
        raise Unreadable("empty", "文件是空的，一个字节也没有", "核对选的是不是名册文件，打开看一眼再上传")
    head = file.read(65_536)
    file.seek(0)
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return ZIP
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return OLE
    for signature, code, message, hint in _SIGNATURES:
        if head.startswith(signature) and not (len(signature) == 2 and _is_text(head)):
            raise Unreadable(code, message, hint)
    if (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:8] == b"ftyp":
        raise Unreadable("image", "这是图片或视频，不是表格", _TAKE_DATA_OUT)
    _refuse_markup(_plain(head))
    return TEXT


def _is_text(head: bytes) -> bool:
    return not any(byte < 9 for byte in head[:512])


def _plain(head: bytes) -> bytes:
    """The head without a byte-order mark and as single bytes, so that markup is seen in UTF-16 too."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.replace(b"\x00", b"")[2:]
    return head[3:] if head[:3] == b"\xef\xbb\xbf" else head


def _refuse_markup(head: bytes) -> None:
    if _HTML.search(head):
        raise Unreadable("html", "这是网页（HTML）改了后缀名的文件，不是真正的表格", _WEB_HINT)
    if _MHTML.search(head):
        raise Unreadable("html", "这是单个网页文件（MHTML），不是真正的表格", _WEB_HINT)
    start = head.lstrip()
    if start[:5] == b"<?xml":
        if b'progid="Excel.Sheet"' in head or b"urn:schemas-microsoft-com:office:spreadsheet" in head:
            raise Unreadable("xml_2003", "这是“XML 表格 2003”，不是 xlsx", SAVE_AS_XLSX)
        raise Unreadable("xml", "这是一个 XML 文件，不是表格", "从原来的软件里导出 xlsx 或 csv 再上传")
    if start[:1] in (b"{", b"[") and re.match(rb'^\s*[\[{]\s*["\[{]', head):
        raise Unreadable("json", "这是 JSON 数据，不是表格", "从原来的软件里导出 xlsx 或 csv 再上传")
