"""Orders and files of the range, and the table that an order asks for."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.queries import Value
from gonghui.kernel.figures.rules.periods import Period
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.choices import OrganisationKind
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import subtree
from gonghui.kernel.viewer import Viewer

from .choices import Reach
from .models import Export, ExportFile

Pair = tuple[Value, PublicOrganisation]


def exports(viewer: Viewer) -> QuerySet[Export]:
    """Orders of the range, the latest first."""
    return Export.objects.visible(viewer).select_related("organisation").order_by("-pk")


def export(viewer: Viewer, pk: int) -> Export | None:
    return exports(viewer).filter(pk=pk).first()


def made(viewer: Viewer, row: Export) -> QuerySet[ExportFile]:
    """Files of an order, the latest first."""
    return ExportFile.objects.visible(viewer).filter(export=row).select_related("stored").order_by("-pk")


def file(viewer: Viewer, pk: int) -> ExportFile | None:
    row: ExportFile | None = ExportFile.objects.visible(viewer).filter(pk=pk).select_related("stored", "export").first()
    return row


def due(viewer: Viewer, today: date) -> list[int]:
    """Orders whose day has come."""
    rows = Export.objects.visible(viewer).filter(active=True, next_on__lte=today)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def table(viewer: Viewer, row: Export, period: Period, today: date) -> list[Pair]:
    """(value, place) of every figure of an order that still holds, place by place in the order of the tree."""
    place = org_queries.public(row.organisation_id)
    if place is None:
        return []
    known = figures.in_force(place.path)
    wanted = [known[key] for key in row.figures if key in known]
    if not wanted:
        return []
    here = figures.values(viewer, wanted, place, period, today)
    pairs: list[Pair] = [(here[one.key], place) for one in wanted]
    for below in _tables(row, place):
        found = figures.by_place(viewer, wanted, below, period, today)
        pairs += [(found[one.key][child.pk], child) for child in below for one in wanted]
    return pairs


def _tables(row: Export, place: PublicOrganisation) -> list[list[PublicOrganisation]]:
    """The places below, those of one parent together: small numbers are hidden among those that stand side by side."""
    if row.reach == Reach.OWN:
        return []
    children = figures.children_of(place)
    if row.reach == Reach.BELOW:
        return [children] if children else []
    lo, hi = subtree(place.path)
    rows = PublicOrganisation.objects.filter(
        path__gt=place.path, path__gte=lo, path__lt=hi, kind=OrganisationKind.FEDERATION, state="active"
    ).order_by("path")
    grouped: dict[int | None, list[PublicOrganisation]] = {}
    for one in rows:
        grouped.setdefault(one.parent_id, []).append(one)
    return list(grouped.values())
