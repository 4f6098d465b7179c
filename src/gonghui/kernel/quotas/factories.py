"""Makers of offers for tests and benches: plain inserts without services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from ..org.models import Organisation
from . import recompute
from .models import Counter, Draw, DrawParty, Offer, Session

SECRETS = ("吉安 2026-11-29 春", "见证人带来的一句话")


def make_offer(
    organisation: Organisation,
    capacity: int = 10,
    *,
    title: str = "职工夜校·八段锦",
    allocation: str = "first_come",
    state: str = "published",
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    sessions: int = 1,
    **facts: Any,
) -> Offer:
    """A published offer that opened an hour ago, with its sessions and one counter each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('offer', 'id'))")
        pk = cursor.fetchone()[0]
    now = timezone.now()
    offer: Offer = Offer.objects.create(
        pk=pk, path=organisation.path, number=f"PH{pk:014d}", organisation=organisation, kind="course", title=title,
        allocation=allocation, state=state, opens_at=opens_at or now - timedelta(hours=1),
        closes_at=closes_at or now + timedelta(days=7), **facts,
    )  # fmt: skip
    for order in range(sessions):
        session = Session.objects.create(path=offer.path, offer=offer, title=f"第{order + 1}场", order=order)
        Counter.objects.create(path=offer.path, offer=offer, session=session, capacity=capacity)
    Draw.objects.create(path=offer.path, offer=offer)
    return offer


def make_witnesses(offer: Offer, *secrets: str) -> list[DrawParty]:
    """Witnesses of a draw who have committed to their secrets; two where none are named."""
    return [
        DrawParty.objects.create(
            path=offer.path, draw=offer.draw, order=order, title=f"见证方{order + 1}",
            commitment=recompute.commitment(secret), committed_at=timezone.now(),
        )
        for order, secret in enumerate(secrets or SECRETS)
    ]  # fmt: skip
