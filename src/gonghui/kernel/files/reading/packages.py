"""A zip is looked over before anything in it is parsed: size, ratio, names, macros, entities, passwords."""

from __future__ import annotations

import re
import struct
import zipfile
from typing import IO
from xml.parsers import expat

from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.unreadable import SAVE_AS_XLSX, Unreadable

_CLEAN_COPY = "在 Excel 或 WPS 里新建一个工作簿，只把表格的内容复制进去（选择性粘贴 → 数值），保存为 xlsx 再上传"
_MACRO_HINT = "另存为“Excel 工作簿（.xlsx）”，不带宏的那一种，再上传"
_OFFICE: tuple[tuple[str, str], ...] = (
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "PowerPoint 演示文稿"),
    ("visio/document.xml", "Visio 图"),
    ("OFD.xml", "OFD 版式文件"),
    ("Index/Document.iwa", "苹果 Numbers 表格"),
    ("AndroidManifest.xml", "安卓安装包"),
)
_BAD_NAME = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:|[\x00-\x1f]")
_NESTED = re.compile(r"\.(?:zip|rar|7z|gz|tgz|bz2|xz|xlsx|xlsm|xlsb|xls|docx|pptx|jar|iso)$", re.I)
_ROOT = re.compile(rb"<[A-Za-z_]")
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.I)


def open_package(file: IO[bytes], size: int, limits: Limits) -> zipfile.ZipFile:
    """The zip, once its directory and the head of every XML part have been found harmless."""
    _check_directory_size(file, size, limits)
    try:
        package = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error) as error:
        raise Unreadable(
            "truncated",
            "文件不完整，多半是没有传完或没有下载完",
            "重新下载或复制一份完整的，能在 Excel 或 WPS 里打开再上传",
        ) from error
    entries = package.infolist()
    _check_entries(entries, limits)
    _check_kind({entry.filename for entry in entries})
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            _check_prolog(package, entry)
    return package


def _check_directory_size(file: IO[bytes], size: int, limits: Limits) -> None:
    """The end record is read by hand: a million entries would cost seconds and memory inside zipfile."""
    tail_size = min(size, 65_557)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise Unreadable(
            "truncated",
            "文件不完整，缺了结尾，多半是没有传完或没有下载完",
            "重新下载或复制一份完整的，能在 Excel 或 WPS 里打开再上传",
        )
    count, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    zip64 = tail.rfind(b"PK\x06\x06", 0, at)
    if zip64 >= 0 and len(tail) >= zip64 + 56:
        count64, directory64 = struct.unpack("<QQ", tail[zip64 + 32 : zip64 + 48])
        count, directory = max(count, count64), max(directory if directory != 0xFFFFFFFF else 0, directory64)
    if count > limits.entries or directory > limits.entries * 400:
        raise Unreadable("zip_entries", f"文件里装着 {count} 个以上的小文件，不是正常的表格", _CLEAN_COPY)


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise Unreadable("zip_entries", f"文件里装着 {len(entries)} 个小文件，不是正常的表格", _CLEAN_COPY)
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise Unreadable("zip_names", "文件里有两个同名的部分，可能被人改动过", _CLEAN_COPY)
    total = 0
    for entry in entries:
        if _BAD_NAME.search(entry.orig_filename) or "\\" in entry.orig_filename:
            raise Unreadable("zip_slip", "文件里有指向外部位置的路径，可能被人改动过", _CLEAN_COPY)
        if entry.flag_bits & 1:
            raise Unreadable(
                "password", "文件加了密码，读不了", "打开后去掉密码（文件 → 信息 → 保护工作簿），保存再上传"
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("damaged", "文件用了表格不会用的压缩方法", SAVE_AS_XLSX)
        total += entry.file_size
        swollen = entry.file_size > limits.ratio_from
        if swollen and entry.file_size > limits.ratio * max(entry.compress_size, 1):
            times = entry.file_size // max(entry.compress_size, 1)
            raise Unreadable("zip_bomb", f"文件解开后膨胀到 {times} 倍，不是正常的表格", _CLEAN_COPY)
    if total > limits.unpacked_bytes:
        raise Unreadable("too_big", f"文件解开后有 {total // 1_000_000} MB，太大了", "按单位拆成几份上传")


def _check_kind(names: set[str]) -> None:
    lower = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in lower):
        raise Unreadable("macros", "文件带有宏（xlsm），为安全起见不读", _MACRO_HINT)
    if "xl/workbook.bin" in lower:
        raise Unreadable("xlsb", "这是二进制工作簿（xlsb）", SAVE_AS_XLSX)
    spreadsheet = "content.xml" in names or any(name.startswith("xl/") for name in names)
    for part, called in _OFFICE:
        if part in names and not spreadsheet:
            raise Unreadable(
                "other_office", f"这是{called}，不是表格", "把名单放进 Excel 或 WPS 表格，保存为 xlsx 再上传"
            )
    if any(_NESTED.search(name) for name in lower):
        if spreadsheet:
            raise Unreadable("nested", "表格里嵌着别的文件或压缩包", _CLEAN_COPY)
        raise Unreadable("archive", "这是压缩包，不是表格", "先解压，再把里面的表格一个一个上传")
    if not spreadsheet:
        raise Unreadable("archive", "这是压缩包，里面没有表格的内容", "先解压，再把里面的表格一个一个上传")
    if any(name.startswith("xl/externallinks/") for name in lower):
        raise Unreadable("external_links", "表格引用了别的文件里的内容", "在“数据 → 编辑链接”里断开链接，再保存上传")
    if "xl/connections.xml" in lower or any(name.startswith("xl/querytables/") for name in lower):
        raise Unreadable("external_links", "表格连着外部数据源", "在“数据 → 查询和连接”里删掉连接，再保存上传")
    if any(name.startswith(("basic/", "scripts/")) for name in lower):
        raise Unreadable("macros", "文件带有宏，为安全起见不读", _MACRO_HINT)


def _check_prolog(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """A DTD can only stand before the root element; external entities and entity bombs both need one."""
    if entry.file_size == 0:
        return
    head = part_head(package, entry, 4_096)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head[:64]:
        raise Unreadable("odd_xml", "文件内部的编码不是 UTF-8，不是 Excel 或 WPS 存出来的", _CLEAN_COPY)
    root = _ROOT.search(head)
    if _DTD.search(head, 0, root.start() if root else len(head)) or root is None:
        if root is None and not _DTD.search(head):
            raise Unreadable("odd_xml", "文件内部的内容不像表格", _CLEAN_COPY)
        raise Unreadable("dtd", "文件内部有实体声明（DTD），正常的表格里没有它", _CLEAN_COPY)


def part_head(package: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int) -> bytes:
    """The first bytes of one part."""
    with damaged_is_refused(), package.open(entry) as part:
        return part.read(size)


class damaged_is_refused:
    """Turns what zipfile, zlib and expat raise on damaged parts into one sentence."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (zipfile.BadZipFile, EOFError, expat.ExpatError, UnicodeDecodeError, NotImplementedError)):
            raise Unreadable("damaged", "文件的内容坏了，有一部分读不出来") from error
        if error is not None and type(error).__module__ == "zlib":
            raise Unreadable("damaged", "文件的内容坏了，有一部分解不开") from error


def small_part(package: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    """A whole part that has no business being large (workbook, styles, relations)."""
    try:
        entry = package.getinfo(name)
    except KeyError as error:
        raise Unreadable("damaged", f"文件缺了应有的部分（{name[:60]}）") from error
    if entry.file_size > limits.small_part:
        raise Unreadable("too_big", f"文件里的 {name[:60]} 大得不正常", _CLEAN_COPY)
    with damaged_is_refused():
        return package.read(entry)


def elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """(local name, attributes by local name) of every element of a small part, in document order."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()}))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = _no_entities
    with damaged_is_refused():
        parser.Parse(xml, True)
    return found


def _no_entities(*_: object) -> None:
    raise Unreadable("dtd", "文件内部有实体声明（DTD），正常的表格里没有它", _CLEAN_COPY)
