"""What every act begins and ends with: whose row it is, that it is still there, the law's numbers, the record of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as ruling
from gonghui.kernel.rules.rules import definition
from gonghui.kernel.scope import Scoped, widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..models import Attendance, Congress, Delegate, Session
from ..rules.congress import fraction

Row = TypeVar("Row", bound=Scoped)
MANAGE, BARGAIN = "congress.manage", "bargain.manage"


def held(actor: Viewer, kind: type[Row], pk: int, what: str) -> Row:
    """The row of the actor's own organisation, locked against other acts and not against rows that point to it.

    :raises Refusal: GH-DEM-001 not there or out of range, 002 another organisation's.
    """
    row: Row | None = kind.objects.visible(actor).select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise Refusal("GH-DEM-001", f"没有这个{what}，或它不在当前岗位的范围内", None, "刷新页面后再办理")
    own(actor, str(row.path), what)
    return row


def own(actor: Viewer, path: str, what: str) -> None:
    """Only the body whose congress or contract it is acts; those above look.

    :raises Refusal: GH-DEM-002.
    """
    if path != actor.lo:
        raise Refusal("GH-DEM-002", f"{what}由本工会自己办理", None, "换到该工会的岗位再办理")


def in_state(row: Any, what: str, *states: str) -> None:
    """:raises Refusal: GH-DEM-003 it has gone on meanwhile."""
    if row.state not in states:
        raise Refusal("GH-DEM-003", f"这个{what}{row.get_state_display()}，不能这样办理", None, "刷新页面看最新状态")


def said(text: str, field: str, what: str, limit: int = 300) -> str:
    """:raises Refusal: GH-DEM-004 nothing, or hardly anything, was written."""
    words = text.strip()
    if len(words) < 2:
        raise Refusal("GH-DEM-004", f"没有写{what}", field, "至少写2个字")
    return words[:limit]


def not_ahead(on: date | None, field: str = "on") -> date:
    """The day of something that has happened: today unless it is told.

    :raises Refusal: GH-DEM-005 a day that has not come.
    """
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise Refusal("GH-DEM-005", "日期不能晚于今天", field)
    return day


def number(key: str, path: str, on: date | None = None) -> int:
    return int(ruling.value(f"democracy.{key}", path, on or timezone.localdate()).value)


def share(key: str, path: str, on: date | None = None) -> Fraction:
    return fraction(str(ruling.value(f"democracy.{key}", path, on or timezone.localdate()).value))


def basis(key: str) -> str:
    """The article that a refusal names."""
    return definition(key if key.startswith("democracy.") else f"democracy.{key}").basis


def note(actor: Viewer, verb: str, row: Model, name: str, *, reason: str = "", **detail: Any) -> None:
    """One record on the trail. Names of people never go in."""
    record(
        actor, f"democracy.{verb}", path=str(getattr(row, "path", "")), object_type=row._meta.db_table,
        object_id=row.pk, object_name=name, reason=reason, detail=detail or None,
    )  # fmt: skip


def seat_of(viewer: Viewer, congress_id: int, *, former: bool = False) -> Delegate:
    """The reader's seat in a congress; members read their own union's by the policies.

    :param former: a seat that has ended counts too: what somebody asked for is still theirs to judge.
    :raises Refusal: GH-DEM-006 no delegate of it.
    """
    rows: QuerySet[Delegate] = Delegate.objects.filter(congress_id=congress_id, person_id=viewer.person_id or 0)
    rows = rows if former else rows.filter(ended_on__isnull=True)
    found = rows.order_by("-pk").first()
    if found is None:
        raise Refusal("GH-DEM-006", "您不是本届职工代表", None, "有意见可以请您选举单位的职工代表反映")
    return found


@contextmanager
def seated(viewer: Viewer, congress_id: int, *, former: bool = False) -> Iterator[Delegate]:
    """A delegate acts: found by the reader's own person first, then the union's rows may be written.

    :raises Refusal: GH-DEM-006.
    """
    seat = seat_of(viewer, congress_id, former=former)
    with widened():
        yield seat


def there(session: Session) -> QuerySet[Attendance]:
    """Who is in the hall: those who checked in and are delegates still."""
    return Attendance.objects.filter(session=session, delegate__ended_on__isnull=True)


def serving(congress: Congress) -> int:
    return Delegate.objects.filter(congress=congress, ended_on__isnull=True).count()
