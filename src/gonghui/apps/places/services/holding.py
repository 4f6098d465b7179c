"""What every act on places begins and ends with: the row, locked; words that have to be there; the record of it."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, TypeVar

from django.utils import timezone

from gonghui.kernel import codes
from gonghui.kernel.access.choices import Role
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.people.rules import mask_phone
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import Scoped
from gonghui.kernel.sealing import lookup_hash, seal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

Row = TypeVar("Row", bound=Scoped)
MANAGE, FIX = "place.manage", "place.fix"
CONTACT = "place.contact"


def held(actor: Viewer, kind: type[Row], pk: int, what: str) -> Row:
    """The row, locked.

    :raises Refusal: GH-PLC-001 not there, or out of range: the answer is the same.
    """
    row: Row | None = kind.objects.visible(actor).select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refusal("GH-PLC-001", f"没有这个{what}，或它不在当前岗位的范围内", None, "刷新页面后再办理")
    return row


def said(text: str, field: str, what: str, limit: int = 300, least: int = 4) -> str:
    """A sentence that has to be there.

    :raises Refusal: GH-PLC-002 nothing, or hardly anything, was written.
    """
    words = text.strip()
    if len(words) < least:
        raise Refusal("GH-PLC-002", f"写明{what}，至少{least}个字", field)
    return words[:limit]


def not_ahead(on: date | None, field: str) -> date:
    """:raises Refusal: GH-PLC-003 a day that has not come."""
    if on is not None and on > timezone.localdate():
        raise Refusal("GH-PLC-003", "日期不能晚于今天", field)
    return on or timezone.localdate()


def post_words(actor: Viewer) -> str:
    """The post as pages name it; never a person."""
    role = Role(actor.role).label if actor.role in Role.values else ""
    name = PublicOrganisation.objects.filter(pk=actor.organisation_id or 0).values_list("name", flat=True).first()
    return f"{name or ''}{'·' if name and role else ''}{role}"[:80]


def new_code() -> str:
    """What whoever reported holds in their hands."""
    return codes.code_of(secrets.token_bytes(10))


def digest(code: str) -> bytes:
    """Of a code as it was typed."""
    return lookup_hash("place.code", codes.plain(code))


def mark(sender: str, on: date) -> bytes | None:
    """A sign to count by for one day; the network itself is not kept."""
    return lookup_hash("place.sender", f"{on:%Y%m%d}|{sender}") if sender else None


def contact(text: str) -> dict[str, Any]:
    """A telephone number, sealed, with its mask.

    :raises Refusal: GH-PLC-004 no number.
    """
    number = "".join(text.split()).replace("-", "")
    if not number:
        return {}
    if not number.isascii() or not number.isdigit() or not 7 <= len(number) <= 12:
        raise Refusal("GH-PLC-004", "联系电话应为7至12位数字", "contact", "不留也可以，凭反映码看结果")
    return {"contact_sealed": seal(number, CONTACT), "contact_mask": mask_phone(number)}


def note(actor: Viewer, verb: str, row: Any, name: str, *, reason: str = "", **detail: Any) -> None:
    """One record on the trail. Names and numbers of people never go in."""
    record(
        actor, f"places.{verb}", path=row.path, object_type=row._meta.db_table, object_id=row.pk, object_name=name,
        reason=reason, detail=detail or None,
    )  # fmt: skip
