"""Which definition holds where, and what a place may use, copy and edit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from ...org.models import Organisation, PublicOrganisation
from ...org.rules import ancestors
from ...viewer import Viewer
from ..choices import DefinitionState
from ..models import Procedure
from ..rules.definition import Definition, must_read

Place = Organisation | PublicOrganisation


def _at(path: str, on: date) -> QuerySet[Procedure]:
    """Every version that was ever published for a place and has begun."""
    rows = Procedure.objects.filter(path__in=["", *ancestors(path), path], valid_from__lte=on)
    return rows.exclude(state=DefinitionState.DRAFT)


def _nearest(rows: Iterable[Procedure]) -> Procedure | None:
    """Among the versions of one key: the nearest publisher's latest that is not retired."""
    best: dict[str, Procedure] = {}
    for row in sorted(rows, key=lambda one: (len(one.path), one.version)):
        best[row.path] = row
    nearest = [best[one] for one in sorted(best, key=len, reverse=True)]
    return next((row for row in nearest if row.state == DefinitionState.PUBLISHED), None)


def in_force(key: str, path: str, on: date) -> Procedure | None:
    """The version that a new application at a place runs by: the nearest publisher's latest, else the shipped one."""
    return _nearest(_at(path, on).filter(key=key))


def usable(path: str, on: date) -> list[Procedure]:
    """Everything that can be applied for at a place, one version of each, by category; one statement."""
    of: dict[str, list[Procedure]] = {}
    for row in _at(path, on):
        of.setdefault(row.key, []).append(row)
    found = [_nearest(rows) for rows in of.values()]
    return sorted((one for one in found if one is not None), key=lambda one: (one.category, one.key))


def definition_of(row: Procedure) -> Definition:
    return must_read(row.body)


def versions(key: str, path: str) -> QuerySet[Procedure]:
    """Every version at one place, the latest first."""
    return Procedure.objects.filter(key=key, path=path).order_by("-version")


def editable(viewer: Viewer) -> QuerySet[Procedure]:
    """Definitions of the viewer's own place: drafts and published versions."""
    return Procedure.objects.filter(organisation_id=viewer.organisation_id or 0).order_by("key", "-version")


def listed(viewer: Viewer) -> QuerySet[Procedure]:
    """Definitions published for the viewer's place or by bodies in its range, with its own drafts."""
    own = viewer.lo
    holding = Q(path__in=["", *ancestors(own), own]) & ~Q(state=DefinitionState.DRAFT)
    below = Q(path__gte=viewer.lo, path__lt=viewer.hi)
    return (
        Procedure.objects.filter(holding | below)
        .select_related("organisation")
        .order_by("category", "key", "path", "-version")
    )


def procedure(viewer: Viewer, pk: int) -> Procedure | None:
    return listed(viewer).filter(pk=pk).first()
