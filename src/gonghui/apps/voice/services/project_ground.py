"""What every act on selections and projects begins and ends with: whose row it is, that it still stands, the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Max, Model

from gonghui.kernel.access.models import Post
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.scope import Scoped
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..models import Project, ProjectNote
from .days import today

MANAGE = "project.manage"
Row = TypeVar("Row", bound=Scoped)


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it was handed in, with what it shows in words."""

    content: bytes
    alt: str
    name: str = "照片.jpg"


def past(on: date | None, field: str = "on") -> date:
    """The day an act happened on: today unless it is told.

    :raises Refusal: GH-PRJ-005 a day that has not come.
    """
    if on is not None and on > today():
        raise Refusal("GH-PRJ-005", "日期不能晚于今天", field)
    return on or today()


def held(actor: Viewer, kind: type[Row], pk: int, what: str) -> Row:
    """The row, locked.

    :raises Refusal: GH-PRJ-002 not there, or out of range: the answer is the same.
    """
    row: Row | None = kind.objects.visible(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Refusal("GH-PRJ-002", f"没有这个{what}，或它不在当前岗位的范围内", None, "刷新页面后再办理")
    return row


def own(actor: Viewer, organisation_id: int, what: str) -> None:
    """:raises Refusal: GH-PRJ-001 another body's, though it may lie in the actor's range."""
    if actor.role != "system" and actor.organisation_id != organisation_id:
        raise Refusal("GH-PRJ-001", f"{what}由它自己的单位办理", None, "换到该单位的岗位再办理")


def in_state(row: Any, what: str, *states: str) -> None:
    """:raises Refusal: GH-PRJ-003 it has gone on meanwhile."""
    if row.state not in states:
        raise Refusal("GH-PRJ-003", f"这个{what}{row.get_state_display()}，不能这样办理", None, "刷新页面看最新状态")


def said(text: str, field: str, what: str, limit: int = 300, least: int = 4) -> str:
    """A sentence that has to be there.

    :raises Refusal: GH-PRJ-004 nothing, or hardly anything, was written; or too much.
    """
    words = text.strip()
    if len(words) < least:
        raise Refusal("GH-PRJ-004", f"写明{what}，至少{least}个字", field)
    if len(words) > limit:
        raise Refusal("GH-PRJ-004", f"{what}现在{len(words)}字，最多{limit}字", field)
    return words


def own_project(actor: Viewer, project_id: int, *states: str) -> Project:
    """:raises Refusal: GH-PRJ-001, 002, 003."""
    row = held(actor, Project, project_id, "项目")
    own(actor, row.organisation_id, "项目")
    if states:
        in_state(row, "项目", *states)
    return row


def office_of(post: Post | None, organisation: Organisation) -> dict[str, Any]:
    """The columns of an owner.

    :raises Refusal: GH-PRJ-006 the post is another organisation's, or over.
    """
    if post is None:
        return {"post": None, "owner_title": "", "owner_name": ""}
    if post.organisation_id != organisation.pk or post.valid_to is not None or post.granted_by is None:
        raise Refusal("GH-PRJ-006", f"责任岗位不是{organisation.name}现有的岗位", "post", "从列出的岗位里选")
    title = "".join(part for part in (post.department, post.title or post.get_role_display()) if part)
    return {"post": post, "owner_title": title, "owner_name": post.account.name}


def next_number(organisation: Organisation, year: int) -> int:
    """The next number of a project in a body's year; the body is locked, so that two do not take the same."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).filter(pk=organisation.pk).first()
    rows = Project.objects.filter(organisation=organisation, year=year)
    return int(rows.aggregate(last=Max("number"))["last"] or 0) + 1


def told(
    actor: Viewer, project: Project, kind: str, text: str, on: date, *, changes: Sequence[dict[str, str]] = (),
    amount: int | None = None, voucher: str = "", shown: bool = True,
) -> ProjectNote:  # fmt: skip
    """One entry of the project's course."""
    return ProjectNote.objects.create(
        path=project.path, project=project, kind=kind, on=on, text=text[:1000], changes=list(changes), amount=amount,
        voucher=voucher, shown=shown, actor_name=actor.name,
    )  # fmt: skip


def number_rule(key: str, path: str, on: date) -> int:
    return int(rules.value(key, path, on).value)


def note(actor: Viewer, verb: str, row: Model, name: str, *, reason: str = "", **detail: Any) -> None:
    """One record on the trail. Names of people never go in."""
    record(
        actor, f"voice.{verb}", path=str(getattr(row, "path", "")), object_type=row._meta.db_table,
        object_id=row.pk, object_name=name, reason=reason, detail=detail or None,
    )  # fmt: skip
