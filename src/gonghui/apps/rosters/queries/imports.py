"""Reads of imports: the list, one import with its progress, sample rows before and after, problems by reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Min, QuerySet
from django.utils import timezone

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Membership
from gonghui.kernel.viewer import Viewer

from ..choices import WAITING, Action, Kind, State
from ..models import ColumnMapping, ImportedChange, RosterImport, RosterProblem, RosterProgress

_LOST_AFTER = timedelta(seconds=60)


def imports(viewer: Viewer) -> QuerySet[RosterImport]:
    """Imports filed in the viewer's range, newest first."""
    return RosterImport.objects.visible(viewer).select_related("organisation").order_by("-created_at", "-pk")


def roster(viewer: Viewer, pk: int) -> RosterImport:
    """
    :raises RosterImport.DoesNotExist: not there, or not in the viewer's range.
    """
    found: RosterImport = imports(viewer).select_related("organisation", "source").get(pk=pk)
    return found


def waiting(viewer: Viewer) -> QuerySet[RosterImport]:
    """Imports of the viewer's own that wait for a person."""
    return imports(viewer).filter(state__in=WAITING, post_id=viewer.post_id)


@dataclass(frozen=True)
class Progress:
    """What the page shows while the worker is busy."""

    phase: str
    done: int
    total: int
    seconds_left: int | None
    stopping: bool
    quiet: bool

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


def progress(viewer: Viewer, roster: RosterImport) -> Progress:
    """Done, total and time left of the running phase; `quiet` when no worker has reported for a minute."""
    row = RosterProgress.objects.filter(roster=roster).first()
    if row is None:
        return Progress("", 0, 0, None, False, False)
    spent = (row.updated_at - row.phase_began_at).total_seconds()
    left = int(spent * (row.total - row.done) / row.done) if row.done and row.total and spent > 1 else None
    quiet = timezone.now() - row.updated_at > _LOST_AFTER
    return Progress(row.phase, row.done, row.total, left, row.cancel_requested, quiet)


def problems(viewer: Viewer, roster: RosterImport, code: str = "") -> QuerySet[RosterProblem]:
    """Problems in the order of the file, one reason only when `code` is given."""
    found = RosterProblem.objects.filter(roster=roster).order_by("row_no", "pk")
    return found.filter(code=code) if code else found


def problem_groups(viewer: Viewer, roster: RosterImport) -> list[dict[str, Any]]:
    """Reasons with the number of rows and the first few of them, most frequent first."""
    groups = (
        RosterProblem.objects.filter(roster=roster)
        .values("code", "serious", "field")
        .annotate(rows=Count("row_no", distinct=True), first=Min("row_no"), message=Min("message"), hint=Min("hint"))
        .order_by("-serious", "-rows")
    )
    return [dict(group) for group in groups[:60]]


def remembered(viewer: Viewer, organisation: Organisation, kind: str, signature: str) -> dict[str, str]:
    """Which header meant which field the last time; the organisation's own memory, else that of one above it."""
    found = (
        ColumnMapping.objects.visible(viewer)
        .filter(kind=kind, header_signature=signature)
        .order_by(F("path").desc(), "-used_at")
    )
    for row in found:
        if organisation.path.startswith(row.path):
            return {str(header): str(field) for header, field in row.mapping.items()}
    return {}


def imported_before(viewer: Viewer, sha256: str, kind: str) -> RosterImport | None:
    """An import of the very same file."""
    return imports(viewer).filter(sha256=sha256, kind=kind, state=State.DONE).first()


def changes(viewer: Viewer, roster: RosterImport) -> QuerySet[ImportedChange]:
    """What the import made or changed."""
    return ImportedChange.objects.filter(roster=roster).order_by("row_no")


def unstarted_members(viewer: Viewer, roster: RosterImport) -> QuerySet[Membership]:
    """Memberships that this import opened, as the member list shows them."""
    made = ImportedChange.objects.filter(roster=roster, action__in=(Action.NEW, Action.REJOIN)).values("record_id")
    if roster.kind != Kind.MEMBERS:
        return Membership.objects.none()
    return Membership.objects.visible(viewer).filter(pk__in=made).select_related("person", "organisation")
