"""The minute of offers, and the nightly signs of life."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from . import services
from .services import telling
from .services.ticking import signs_of


@app.periodic(cron="* * * * *")
@app.task(name="quotas.tick", queue="default", lock="quotas.tick", queueing_lock="quotas.tick")
def tick(timestamp: int) -> None:
    """Waiting places that nobody answered for, lists to lock, draws to run, no-shows, the books."""
    services.tick()


@app.periodic(cron="20 1 * * *")
@app.task(name="quotas.signs", queue="default", lock="quotas.signs", queueing_lock="quotas.signs")
def signs(timestamp: int) -> None:
    """Yesterday's check-ins are signs of life."""
    signs_of(timezone.now() - timedelta(days=1))


@app.task(name=telling.DRAWN_JOB, queue="default")
def tell_drawn(offer: int) -> None:
    """Messages to everybody who was entered in a draw."""
    telling.tell_drawn(offer)


@app.task(name=telling.CALLED_OFF_JOB, queue="default")
def tell_called_off(offer: int, session: int) -> None:
    """Messages to everybody whose place was called off."""
    telling.tell_called_off(offer, session)
