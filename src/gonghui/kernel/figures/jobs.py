"""Kept values anew every night; closed periods written down and counted again."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from .services import closing, keeping, opening


@app.periodic(cron="40 0 * * *")
@app.task(name="figures.rebuild", queue="default", lock="figures.rebuild", queueing_lock="figures.rebuild")
def rebuild(timestamp: int) -> None:
    """Everything anew: what follows the calendar, and whatever may have drifted."""
    keeping.rebuild_all()
    opening.open_all()


@app.periodic(cron="30 2 * * *")
@app.task(name="figures.close", queue="default", lock="figures.close", queueing_lock="figures.close")
def close(timestamp: int) -> None:
    """Periods that are over are closed some days after; what is counted differently later is written down."""
    closing.close(timezone.localdate())
    closing.check_closed(timezone.localdate())
