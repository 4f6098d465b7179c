"""What every act on plans begins and ends with: whose row it is, that it is still there, the record of it."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import Scoped
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

Row = TypeVar("Row", bound=Scoped)


def day(on: date | None) -> date:
    """The day an act happened on: today unless it is told."""
    return on or timezone.localdate()


def own(actor: Viewer, organisation_id: int | None, what: str) -> None:
    """:raises Refusal: GH-REF-001 the row is another organisation's, though it may lie in the actor's range."""
    if actor.organisation_id != organisation_id:
        raise Refusal("GH-REF-001", f"{what}由它自己的单位办理", None, "换到该单位的岗位再办理")


def held(actor: Viewer, kind: type[Row], pk: int, what: str) -> Row:
    """The row, locked.

    :raises Refusal: GH-REF-002 not there, or out of range: the answer is the same.
    """
    row: Row | None = kind.objects.visible(actor).select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refusal("GH-REF-002", f"没有这个{what}，或它不在当前岗位的范围内", None, "刷新页面后再办理")
    return row


def in_state(row: Any, what: str, *states: str) -> None:
    """:raises Refusal: GH-REF-003 it has gone on meanwhile."""
    if row.state not in states:
        raise Refusal("GH-REF-003", f"这个{what}{row.get_state_display()}，不能这样办理", None, "刷新页面看最新状态")


def said(text: str, field: str, what: str, limit: int = 300) -> str:
    """A sentence that has to be there.

    :raises Refusal: GH-REF-004 nothing, or hardly anything, was written.
    """
    words = text.strip()
    if len(words) < 4:
        raise Refusal("GH-REF-004", f"写明{what}，至少4个字", field)
    return words[:limit]


def keep(row: Any, what: str, old: str, new: str, reason: str, on: date) -> None:
    """Write a change on the row itself, with what it was before and why, for its page; saving is the caller's."""
    row.changes = [*row.changes, {"on": on.isoformat(), "what": what, "old": old, "new": new, "reason": reason}]


def not_ahead(on: date, field: str) -> date:
    """:raises Refusal: GH-REF-005 a day that has not come."""
    if on > timezone.localdate():
        raise Refusal("GH-REF-005", "日期不能晚于今天", field)
    return on


def reached(actor: Viewer, organisation: Organisation) -> None:
    """:raises Refusal: GH-REF-006 outside the range, or ended."""
    if not actor.reaches(organisation.path):
        raise Refusal("GH-REF-006", "这个组织不在当前岗位的范围内", "organisation", "写本级范围内的组织")
    if organisation.ended_on is not None:
        raise Refusal("GH-REF-006", f"{organisation.name}已撤销或并转", "organisation", "写现有的组织")


def note(actor: Viewer, verb: str, row: Model, name: str, *, reason: str = "", **detail: Any) -> None:
    """One record on the trail. Names of people never go in."""
    record(
        actor, f"reform.{verb}", path=str(getattr(row, "path", "")), object_type=row._meta.db_table,
        object_id=row.pk, object_name=name, reason=reason, detail=detail or None,
    )  # fmt: skip
