"""Papers whose time ran out, and the day's signs of life."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="*/5 * * * *")
@app.task(name="learning.run_out", queue="default", lock="learning.run_out", queueing_lock="learning.run_out")
def run_out(timestamp: int) -> None:
    """Whoever never looks again still gets the score of what was answered."""
    services.close_run_out()


@app.periodic(cron="50 2 * * *")
@app.task(name="learning.signs", queue="default", lock="learning.signs", queueing_lock="learning.signs")
def signs(timestamp: int) -> None:
    """Yesterday's members who answered or read."""
    services.note_signs(timezone.localdate() - timedelta(days=1))
