"""Reads of rest cures: the list of bases, what an offer's trip is, and whether it keeps the rules of its place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from gonghui.kernel.org import regions
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.quotas.choices import ClaimState
from gonghui.kernel.quotas.models import Claim, Offer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.rules.rules import definition
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import Viewer

from ..choices import RECUPERATION, Kind
from ..models import Base, Trip
from ..rules import recuperation
from ..rules.pages import in_yuan


def rules_at(keys: Iterable[str], path: str, on: date) -> dict[str, recuperation.Said]:
    """The rules of a place on a day, each with its title and where it comes from."""
    return {
        key: recuperation.Said(one.value, definition(key).title, one.source)
        for key, one in rule_queries.values(keys, path, on).items()
    }


def region_of(path: str) -> str:
    """The region of an organisation, or of the nearest above it that has one."""
    rows = PublicOrganisation.objects.filter(path__in=[*ancestors(path), path]).exclude(region_code="")
    return max(rows.values_list("path", "region_code"), default=("", ""), key=lambda row: len(row[0]))[1]


def bases(viewer: Viewer) -> QuerySet[Base]:
    """Bases that a place may use: those that it, somebody above or somebody below it keeps on a list."""
    rows = Base.objects.filter(
        Q(path__in=[*ancestors(viewer.lo), viewer.lo]) | Q(path__gte=viewer.lo, path__lt=viewer.hi)
    )
    keeper = PublicOrganisation.objects.filter(pk=OuterRef("organisation_id")).values("name")[:1]
    found: QuerySet[Base] = rows.annotate(used=Count("trips", distinct=True), kept_by=Subquery(keeper))
    return found


def base(viewer: Viewer, pk: int) -> Base | None:
    return bases(viewer).filter(pk=pk).first()


def where(row: Base) -> str:
    """江西省吉安市."""
    return regions.full_name(row.region_code) or row.region_code


def trip(row: Offer) -> Trip | None:
    return Trip.objects.select_related("base").filter(offer=row).first()


def is_trip(row: Offer) -> bool:
    return row.kind in RECUPERATION


def _begins(row: Offer) -> date:
    first = (
        row.sessions.filter(starts_at__isnull=False).order_by("starts_at").values_list("starts_at", flat=True).first()
    )
    return timezone.localtime(first).date() if first else timezone.localdate()


def _longest(row: Offer) -> int:
    times = row.sessions.filter(starts_at__isnull=False, ends_at__isnull=False).values_list("starts_at", "ends_at")
    spans = [timezone.localtime(ends).date() - timezone.localtime(starts).date() for starts, ends in times]
    return max((one.days + 1 for one in spans), default=0)


def breaches(row: Offer) -> list[tuple[str, str]]:
    """What of a rest cure is against the rules that hold where it is offered on the day it begins."""
    if not is_trip(row):
        return []
    found, page = trip(row) or Trip(offer=row), row.page
    plan = recuperation.Plan(
        base=found.base.name if found.base else "", base_active=found.base is not None and found.base.active,
        across=found.across, days=found.days, day_price=found.day_price, price=page.price, subsidy=page.subsidy,
        insurer=found.insurer, procurement=found.procurement, again_months=row.again_after_months,
        longest=_longest(row),
    )  # fmt: skip
    return recuperation.breaches(plan, rules_at(recuperation.KEYS, row.path, _begins(row)))


def over_year_cap(offer: Any, person_id: int, now: datetime) -> Refusal | None:
    """A union pays for a person only so much in a year: what keeps somebody from another trip."""
    if offer.kind not in RECUPERATION:
        return None
    begins = _begins(offer)
    key = "recuperation.year_cap"
    cap = rules_at([key], offer.path, begins)[key]
    if not cap.value:
        return None
    with widened():
        rows = Claim.objects.filter(person_id=person_id, ended=0, offer__kind__in=RECUPERATION).exclude(offer=offer)
        rows = rows.exclude(state=ClaimState.NO_SHOW).annotate(on=Coalesce(F("session__starts_at"), F("made_at")))
        earlier = rows.filter(on__year=begins.year).aggregate(sum=Sum("offer__page__subsidy"))["sum"] or 0
        words = recuperation.over_year_cap(cap, earlier, offer.page.subsidy)
    return Refusal("GH-BEN-070", words, "offer") if words else None


def rules_for_members(row: Offer) -> list[str]:
    """The rule that a member reads: how often, how much, with its source."""
    on, found = _begins(row), []
    keys = ("recuperation.across_months", "recuperation.year_cap", "recuperation.insured")
    said = rules_at(keys, row.path, on)
    if row.again_after_months:
        what = "跨省疗休养" if row.kind == Kind.RECUPERATION_ACROSS else "疗休养"
        source = said["recuperation.across_months"].cited if row.kind == Kind.RECUPERATION_ACROSS else ""
        found.append(f"{what}{row.again_after_months}个月内只参加一次{source}")
    if said["recuperation.year_cap"].value:
        found.append(
            f"工会每人每年最多承担{in_yuan(said['recuperation.year_cap'].value)}{said['recuperation.year_cap'].cited}"
        )
    if said["recuperation.insured"].value:
        found.append("参加的会员和家属都由主办单位统一投保")
    return found


def ready_made(path: str, on: date) -> dict[str, dict[str, Any]]:
    """Rules of tickets for the groups that come first, with the words of the place."""
    found = rule_queries.values(recuperation.PRIORITIES, path, on)
    return recuperation.ready_made({key: one.value for key, one in found.items()})
