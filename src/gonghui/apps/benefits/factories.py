"""Makers of offers with their pages, for tests: plain inserts without services."""

from __future__ import annotations

from typing import Any

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.quotas.models import Offer

from .models import Clerk, OfferPage, Provider

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
