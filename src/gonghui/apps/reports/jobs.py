"""Issued reports are counted again every night."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from .services import corrections


@app.periodic(cron="20 3 * * *")
@app.task(name="reports.recheck", queue="default", lock="reports.recheck", queueing_lock="reports.recheck")
def recheck(timestamp: int) -> None:
    """What is counted differently since is written beside the report."""
    corrections.recheck_all(timezone.localdate())
