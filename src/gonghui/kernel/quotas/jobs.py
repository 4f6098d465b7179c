"""The minute of offers, and the nightly signs of life."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from . import services
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
