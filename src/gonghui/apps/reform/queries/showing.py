"""Rounds and findings, brand projects with the towns that have none, showcase cases."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import Viewer

from ..choices import BrandKind, BrandState, IssueState, ReminderKind
from ..models import Brand, Issue, Pilot, Reminder, Round, ShowcaseCase


def rounds(viewer: Viewer) -> QuerySet[Round]:
    """Rounds of the range with how many findings they have and how many are open."""
    rows: QuerySet[Round] = (
        Round.objects.visible(viewer)
        .select_related("organisation")
        .annotate(total=Count("issues"), left=Count("issues", filter=~Q(issues__state=IssueState.CLOSED)))
        .order_by("-starts_on", "-pk")
    )
    return rows


def round_of(viewer: Viewer, pk: int) -> Round | None:
    return rounds(viewer).filter(pk=pk).first()


def round_choices(viewer: Viewer) -> list[tuple[str, str]]:
    """Rounds of the range: (key, title)."""
    return [(str(pk), title) for pk, title in rounds(viewer).values_list("pk", "title")]


def issues(viewer: Viewer) -> QuerySet[Issue]:
    return Issue.objects.visible(viewer).select_related("organisation").order_by("due_on", "pk")


def issue(viewer: Viewer, pk: int) -> Issue | None:
    return issues(viewer).filter(pk=pk).first()


def urged(viewer: Viewer, rows: Iterable[Issue]) -> set[int]:
    """Keys of those findings that somebody was urged about."""
    found = Reminder.objects.visible(viewer).filter(issue__in=[one.pk for one in rows], kind=ReminderKind.URGED)
    return set(found.values_list("issue_id", flat=True))


def issue_reminders(viewer: Viewer, row: Issue) -> QuerySet[Reminder]:
    return Reminder.objects.visible(viewer).filter(issue=row).order_by("-on", "-pk")


def brands(viewer: Viewer) -> QuerySet[Brand]:
    return Brand.objects.visible(viewer).select_related("organisation").order_by("-proposed_on", "-pk")


def brand(viewer: Viewer, pk: int) -> Brand | None:
    return brands(viewer).filter(pk=pk).first()


def towns(viewer: Viewer) -> QuerySet[Organisation]:
    """Federations of towns and sub-districts in the range."""
    return org_queries.organisations(viewer).filter(kind="federation", level="township")


def towns_without(viewer: Viewer) -> QuerySet[Organisation]:
    """Towns that no registered project of 一镇一品 stands for."""
    has = Brand.objects.filter(state=BrandState.REGISTERED, kind=BrandKind.TOWN).values("organisation_id")
    return towns(viewer).exclude(pk__in=has)


def cases(viewer: Viewer) -> QuerySet[ShowcaseCase]:
    return ShowcaseCase.objects.visible(viewer).select_related("organisation", "pilot").order_by("-pk")


def case(viewer: Viewer, pk: int) -> ShowcaseCase | None:
    return cases(viewer).filter(pk=pk).first()


def pilots_to_show(viewer: Viewer) -> QuerySet[Pilot]:
    """Pilots of one's own organisation, which a case of it may be about."""
    rows: QuerySet[Pilot] = Pilot.objects.visible(viewer).filter(
        left_on__isnull=True, organisation_id=viewer.organisation_id or 0
    )  # fmt: skip
    return rows.select_related("organisation").order_by("pk")
