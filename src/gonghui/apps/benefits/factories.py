"""Makers of offers with their pages, for tests: plain inserts without services."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.quotas.models import Offer

from .choices import Kind
from .models import Base, Clerk, OfferPage, Provider, Trip

INTRO = "每周二、周四晚上两小时，零基础可学，十二次课，结业发证书。"


def make_benefit(
    organisation: Organisation, capacity: int = 10, *, page: dict[str, Any] | None = None, **facts: Any
) -> Offer:
    """A published course with its page."""
    offer = make_offer(organisation, capacity, **facts)
    given = {"kind": "course", "intro": INTRO, "contact": "宣教部 0796-8220000"} | (page or {})
    OfferPage.objects.create(path=offer.path, offer=offer, **given)
    Offer.objects.filter(pk=offer.pk).update(kind=given["kind"])
    return offer


def make_provider(organisation: Organisation, name: str = "吉安庐陵影城", account_id: int | None = None) -> Provider:
    row: Provider = Provider.objects.create(path=organisation.path, organisation=organisation, name=name)
    if account_id is not None:
        Clerk.objects.create(path=row.path, provider=row, account_id=account_id)
    return row


def make_base(organisation: Organisation, name: str = "井冈山基地", region: str = "360881") -> Base:
    row: Base = Base.objects.create(
        path=organisation.path, organisation=organisation, name=name, named_by="省总工会", named_on=date(2024, 4, 26),
        region_code=region,
    )  # fmt: skip
    return row


def make_trip(
    organisation: Organisation, capacity: int = 10, *, across: bool = False, companions: int = 1, **facts: Any
) -> Offer:
    """A published rest cure of five days at 400 yuan, of which the union pays 360; it begins in twenty days."""
    kind = Kind.RECUPERATION_ACROSS if across else Kind.RECUPERATION
    name, region = ("黄山基地", "341000") if across else ("井冈山基地", "360881")
    base = Base.objects.filter(organisation=organisation, name=name).first() or make_base(organisation, name, region)
    page = {"kind": kind, "price": 20_000, "subsidy": 180_000}
    facts.setdefault("again_after_months", 36 if across else 0)
    offer = make_benefit(organisation, capacity, page=page, title=f"{name}职工疗休养", **facts)
    begins = timezone.now() + timedelta(days=20)
    offer.sessions.update(starts_at=begins, ends_at=begins + timedelta(days=5), place=name)
    Trip.objects.create(
        path=offer.path, offer=offer, base=base, across=across, days=5, day_price=40_000, companions=companions,
        procurement="采购3号", insurer="人保财险",
    )  # fmt: skip
    offer.refresh_from_db()
    return offer
