"""The parts of an xlsx: which sheet lies where, and XML read without entities or the network."""

from __future__ import annotations

import posixpath
import zipfile
from typing import Any

from lxml import etree

from gonghui.kernel.refusal import Refusal

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DOC = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
WORKBOOK = "xl/workbook.xml"


def tree(data: bytes) -> Any:
    """The root of a part.

    :raises Refusal: GH-FLG-004 damaged, or the strict variant that hardly any program writes.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _damaged() from error
    if _STRICT in (root.tag or ""):
        raise Refusal("GH-FLG-004", "文件是“严格Open XML”格式", "file", "另存为普通的“Excel工作簿（.xlsx）”再上传")
    return root


def _damaged() -> Refusal:
    return Refusal("GH-FLG-004", "文件的内容坏了，有一部分读不出来", "file", "在Excel或WPS里打开，另存一份再上传")


def sheets(package: zipfile.ZipFile) -> list[tuple[str, bool, str]]:
    """(name, hidden, part) of every sheet with cells, in the order of the workbook."""
    try:
        root = tree(package.read(WORKBOOK))
        relations = tree(package.read("xl/_rels/workbook.xml.rels"))
    except KeyError as error:
        raise _damaged() from error
    where = {one.get("Id"): one for one in relations.iter(f"{_PACKAGE}Relationship")}
    found = []
    for one in root.iter(f"{MAIN}sheet"):
        relation = where.get(one.get(f"{_DOC}id"))
        if relation is None or not str(relation.get("Type", "")).endswith("/worksheet"):
            continue
        target = str(relation.get("Target", ""))
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if part not in package.NameToInfo:
            raise _damaged()
        found.append((str(one.get("name", "")), one.get("state", "visible") != "visible", part))
    return found
