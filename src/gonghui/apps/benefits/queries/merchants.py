"""Reads of merchants: the union's list of them, and for a merchant's own post what it redeemed and is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from gonghui.kernel.access.queries import names_of
from gonghui.kernel.people.rules import mask_name
from gonghui.kernel.quotas.choices import OfferState
from gonghui.kernel.quotas.models import CheckIn, Offer
from gonghui.kernel.quotas.services import UNDO_WITHIN, moment
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import Viewer

from ..models import Clerk, OfferPage, Provider


def providers(viewer: Viewer) -> QuerySet[Provider]:
    """Merchants of the range."""
    rows = Provider.objects.visible(viewer).select_related("organisation")
    found: QuerySet[Provider] = rows.annotate(
        offers=Count("pages", distinct=True), accounts=Count("clerks", distinct=True)
    )
    return found


def provider(viewer: Viewer, pk: int) -> Provider | None:
    return providers(viewer).filter(pk=pk).first()


def clerks(viewer: Viewer, row: Provider) -> list[tuple[Clerk, str]]:
    rows = list(Clerk.objects.visible(viewer).filter(provider=row).order_by("pk"))
    names = names_of(one.account_id for one in rows)
    return [(one, names.get(one.account_id, "")) for one in rows]


def own(viewer: Viewer) -> Provider | None:
    """The merchant that the viewer's account redeems for: found by the account's own line and nothing else."""
    line = Clerk.objects.filter(account_id=viewer.account_id or 0).first()
    return Provider.objects.filter(pk=line.provider_id, active=True).first() if line else None


def offers_of(row: Provider, *, over: bool = False) -> list[Offer]:
    """Published offers that name a merchant; the viewer was found to be its clerk, or reaches it.

    :param over: those, too, that ended or were called off since: what was scanned before still counts.
    """
    states = [OfferState.PUBLISHED, OfferState.ALLOCATED]
    with widened():
        pages = OfferPage.objects.filter(provider=row).values("offer_id")
        rows = Offer.objects.filter(pk__in=pages)
        rows = rows.exclude(state=OfferState.DRAFT) if over else rows.filter(state__in=states)
        return list(rows.order_by("title", "pk"))


@dataclass(frozen=True, slots=True)
class Redemption:
    """One redemption as the merchant sees it: no name in full, no number."""

    pk: int
    at: datetime
    title: str
    session: str
    who: str
    part: int
    fen: int
    undoable: bool
    """The merchant may still take it back by itself."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a merchant is owed for an offer in a month: count, parts, and the subsidy times the parts."""

    month: date
    title: str
    count: int
    parts: int
    subsidy: int

    @property
    def fen(self) -> int:
        return self.subsidy * self.parts

    @property
    def yuan(self) -> str:
        return f"{self.fen / 100:,.2f}"

    @property
    def pk(self) -> str:
        return f"{self.month:%Y%m}-{self.title}"


def redemptions(row: Provider, limit: int = 50) -> list[Redemption]:
    """The latest of one merchant's own."""
    since = moment() - UNDO_WITHIN
    with widened():
        rows = CheckIn.objects.filter(provider_id=row.pk, undone_at__isnull=True)
        rows = rows.select_related("offer__page", "session", "person", "claim").order_by("-at", "-pk")[:limit]
        return [
            Redemption(
                one.pk, one.at, one.offer.title, one.session.title, mask_name(one.person.name), one.part,
                one.part * one.offer.page.subsidy, one.made_at >= since and not one.claim.ended,
            )
            for one in rows
        ]  # fmt: skip


def settlement(row: Provider, since: date | None = None) -> list[Settled]:
    """By month and offer, the latest month first."""
    since = since or timezone.localdate() - timedelta(days=731)
    begin = timezone.make_aware(datetime(since.year, since.month, 1))
    with widened():
        rows = CheckIn.objects.filter(provider_id=row.pk, undone_at__isnull=True, at__gte=begin)
        rows = rows.annotate(month=TruncMonth("at")).values("month", "offer__title", "offer__page__subsidy")
        found = list(rows.annotate(count=Count("pk"), parts=Sum("part")).order_by("-month", "offer__title"))
    return [
        Settled(
            timezone.localtime(one["month"]).date(), one["offer__title"], one["count"], one["parts"],
            one["offer__page__subsidy"],
        )
        for one in found
    ]  # fmt: skip
