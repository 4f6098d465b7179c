"""Files of figures on their days, and whenever somebody asks for one."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="15 5 * * *")
@app.task(name="exports.due", queue="default", lock="exports.due", queueing_lock="exports.due")
def due(timestamp: int) -> None:
    """Every morning: the orders whose day has come, or had come while the machine was off."""
    services.make_due(timezone.localdate())


@app.task(name=services.MAKE, queue="default")
def make(pk: int) -> None:
    """One order, now."""
    services.make(pk)
