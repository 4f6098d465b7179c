"""Reads of what is to be looked at: scans of offline lists that wait for a decision, redemptions that look unusual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import ExtractHour, TruncDate, TruncMinute
from django.utils import timezone

from gonghui.kernel.access.queries import names_of
from gonghui.kernel.people.models import Person
from gonghui.kernel.quotas.choices import DisputeState
from gonghui.kernel.quotas.models import CheckIn, DisputedScan
from gonghui.kernel.viewer import Viewer

from ..models import Provider
from ..rules import unusual as rule

MOST = 100


def waiting(viewer: Viewer) -> QuerySet[DisputedScan]:
    """Disputed scans of the range that nobody has decided on yet."""
    return DisputedScan.objects.visible(viewer).filter(state=DisputeState.OPEN)


def dispute(viewer: Viewer, pk: int) -> DisputedScan | None:
    return DisputedScan.objects.visible(viewer).filter(pk=pk).first()


def disputes(viewer: Viewer) -> list[tuple[DisputedScan, str]]:
    """Those that wait, the oldest first, each with who scanned it: the merchant, or the account of the door."""
    people = Prefetch("person", Person.objects.visible(viewer), to_attr="who")
    rows = waiting(viewer).select_related("claim", "offer", "session").prefetch_related(people)
    found = list(rows.order_by("at", "pk")[:MOST])
    shops = _shops(viewer, {row.provider_id for row in found if row.provider_id})
    names = names_of(row.account_id for row in found if row.account_id)
    return [
        (row, shops.get(row.provider_id, "") if row.provider_id else names.get(row.account_id or 0, ""))
        for row in found
    ]


def _shops(viewer: Viewer, pks: set[int | None]) -> dict[int | None, str]:
    return dict(Provider.objects.visible(viewer).filter(pk__in=pks).values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Unusual:
    """Redemptions of one merchant that look unusual together; counted from the records, nobody is named."""

    provider_id: int
    provider: str
    at: datetime
    """The minute, or the hour of the night."""
    count: int
    parts: int
    why: str


def unusual(viewer: Viewer, now: datetime) -> list[Unusual]:
    """What the rule of `rules.unusual` finds in the range, the latest first."""
    rows = CheckIn.objects.visible(viewer).filter(
        provider_id__isnull=False, undone_at__isnull=True, at__gte=now - timedelta(days=rule.DAYS)
    )
    sums = {"count": Count("pk"), "parts": Sum("part")}
    dense = rows.annotate(when=TruncMinute("at")).values("provider_id", "when").annotate(**sums)
    dense = dense.filter(count__gte=rule.MANY).order_by("-when")[:MOST]
    hours = rows.annotate(hour=ExtractHour("at"), when=TruncDate("at"))
    night = hours.filter(Q(hour__gte=rule.NIGHT[0]) | Q(hour__lt=rule.NIGHT[1]))
    night = night.values("provider_id", "when", "hour").annotate(**sums).order_by("-when", "-hour")[:MOST]
    found = [(row, row["when"], "同一分钟核销很多张") for row in dense]
    found += [(row, _hour(row["when"], row["hour"]), "夜里核销") for row in night]
    shops = _shops(viewer, {row["provider_id"] for row, _, _ in found})
    lines = [
        Unusual(row["provider_id"], shops.get(row["provider_id"], ""), at, row["count"], row["parts"], why)
        for row, at, why in found
    ]
    return sorted(lines, key=lambda line: (line.at, line.provider), reverse=True)[:MOST]


def _hour(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour))
