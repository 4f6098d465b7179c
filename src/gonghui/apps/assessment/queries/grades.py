"""Grades of unions: the current ones as a list, the history of one, numbers of demonstration points."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from gonghui.kernel.viewer import Viewer

from ..models import GradeRecord


def current(viewer: Viewer, family: str = "") -> QuerySet[GradeRecord]:
    """Grades that stand, in the viewer's range."""
    rows = GradeRecord.objects.visible(viewer).filter(ended_on__isnull=True)
    rows = rows.filter(family=family) if family else rows
    return rows.select_related("organisation", "standard")


def grade(viewer: Viewer, pk: int) -> GradeRecord | None:
    return GradeRecord.objects.visible(viewer).filter(pk=pk).select_related("organisation", "standard").first()


def of_union(organisation_id: int, family: str) -> GradeRecord | None:
    return GradeRecord.objects.filter(organisation_id=organisation_id, family=family, ended_on__isnull=True).first()


def history(record: GradeRecord) -> QuerySet[GradeRecord]:
    """Every grade that a union has had in a family, the latest first."""
    return (
        GradeRecord.objects.filter(organisation_id=record.organisation_id, family=record.family)
        .select_related("standard", "application")
        .order_by("-pk")
    )


def numbers(viewer: Viewer, on: date) -> dict[str, int]:
    """Graded unions, demonstration points of each tier, and grades to be renewed."""
    return current(viewer).aggregate(
        graded=Count("pk"),
        province=Count("pk", filter=Q(point="province")),
        city=Count("pk", filter=Q(point="city")),
        due=Count("pk", filter=Q(valid_until__lt=on)),
    )
