"""Bodies for writes: values that would pass, chosen by the name and type of each field.

Form fields of pages are read from the page itself, operations of the API from their schema, so that a new form or
operation is asked in earnest without anybody writing a body for it.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gonghui.kernel.factories import id_number

from .objects import Objects

TEXTS: dict[str, str] = {
    "name": "甄别联合工会委员会", "reason": "按上级批复办理此事", "note": "电话核实在岗", "text": "我会正常开展活动", "answer": "已核实",
    "document_no": "安工发〔2026〕18号", "id_number": id_number(321), "phone": "19912345678", "title": "委员", "username": "zhenbie",
    "old": "Gonghui-2026", "new": "Gonghui-2027-xin", "again": "Gonghui-2027-xin", "password": "Gonghui-2026", "code": "000000",
    "tail": "0000", "wanted": "大专", "party_name": "中共甄别支部", "office": "committee_member", "act": "decline", "q": "甄", "kind": "",
    "level": "unit", "field": "education", "on": "", "accept": "1", "upheld": "1", "reached": "1", "confirm": "1", "choice": "file",
    "mode": "good_only", "status": "", "bulk": "keep", "query": "?kind=paper_union", "list": "filter", "value": "45", "cursor": "",
    "term_from": "2024-05-01", "term_to": "2029-05-01", "committee_size": "5", "valid_from": "2024-05-01", "expires_on": "2026-12-31",
}  # fmt: skip
"""What a field of this name is filled with when the page proposes nothing."""

IDS: dict[str, str] = {
    "organisation_id": "organisation", "parent_id": "organisation", "into_id": "organisation", "members_to_id": "organisation",
    "to_organisation_id": "organisation", "person_id": "person", "membership_id": "membership", "change_id": "change",
    "finding_id": "finding", "organisation": "organisation", "parent": "organisation", "into": "organisation",
    "members_to": "organisation", "receiver": "organisation_name", "to": "organisation", "union": "organisation",
    "held_by": "organisation", "person": "person", "kept": "person", "dropped": "double", "members": "membership",
    "pk": "correction", "post": "post", "post_id": "post", "group": "group", "document": "file", "picked": "finding", "pick": "finding",
    "row": "finding", "rows": "finding", "import": "import", "import_id": "import",
}  # fmt: skip
"""Fields that name an object: it is taken from the place under test."""


class _Form(HTMLParser):
    """Collects the fields of the forms on a page that are sent by POST."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            elsewhere = given.get("action", "").split("?")[0] in ("/desk/find", "/desk/post", "/logout/")
            self._inside = given.get("method", "get").lower() == "post" and not elsewhere
        if not self._inside or not given.get("name"):
            proposed = tag == "option" and self._select and given.get("value")
            if proposed and ("selected" in given or not self.fields.get(self._select)):
                self.fields[self._select] = given["value"] or ""
            return
        name = given["name"]
        if tag == "select":
            self._select = name
            self.fields.setdefault(name, "")
        elif tag == "textarea":
            self.fields.setdefault(name, "")
        elif tag == "input" and given.get("type") not in ("file", "submit", "button"):
            if given.get("type") in ("radio", "checkbox"):
                self.fields.setdefault(name, given.get("value") or "on")
            else:
                self.fields[name] = self.fields.get(name) or given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "select":
            self._select = ""


def fields_of(html: str) -> dict[str, str]:
    """Field → the value the page proposes."""
    form = _Form()
    form.feed(html)
    return form.fields


def page_body(fields: dict[str, str], objects: Objects) -> dict[str, str]:
    """What is sent to a page: its own proposals, the objects of the place, and plausible texts."""
    body = {name: str(objects[kind]) for name, kind in IDS.items() if kind in objects}
    body |= TEXTS | {"on": timezone.localdate().isoformat()}
    for name, value in fields.items():
        if value and IDS.get(name) is None:
            body[name] = value
    return body


def _value(name: str, schema: dict[str, Any], parts: dict[str, Any], objects: Objects) -> Any:
    for step in ("anyOf", "allOf"):
        if step in schema:
            real = [one for one in schema[step] if one.get("type") != "null"]
            return _value(name, real[0], parts, objects)
    if "$ref" in schema:
        return _value(name, parts[schema["$ref"].rsplit("/", 1)[1]], parts, objects)
    if name in IDS and schema.get("type") == "integer":
        return objects[IDS[name]]
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "integer":
        return int(schema.get("minimum", 1))
    if kind == "number":
        return 1.0
    if kind == "boolean":
        return True
    if kind == "array":
        return []
    if kind == "object":
        return {"address": "平都镇"} if schema.get("minProperties") else {}
    if schema.get("format") == "binary":
        return SimpleUploadedFile("名册.csv", f"姓名,身份证号码\n郭小安,{id_number(322)}\n".encode())
    if schema.get("format") == "date":
        return timezone.localdate().isoformat()
    return TEXTS.get(name) or "甄别"


def api_body(schema: dict[str, Any], objects: Objects) -> dict[str, Any]:
    """A body with every required field of the schema, naming the objects of the place."""
    parts = schema.get("parts", {})
    wanted = schema.get("required", [])
    body = {
        name: _value(name, one, parts, objects) for name, one in schema.get("properties", {}).items() if name in wanted
    }
    for name in schema.get("properties", {}):
        if name in IDS:
            body[name] = _value(name, schema["properties"][name], parts, objects)
    return body


def body_kinds(schema: dict[str, Any] | None) -> tuple[str, ...]:
    """Kinds of the objects that a body has to name."""
    if schema is None:
        return ()
    return tuple(IDS[name] for name in schema.get("required", []) if name in IDS)
