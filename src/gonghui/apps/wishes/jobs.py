"""Every night claims that nobody kept are given back."""

from __future__ import annotations

from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="40 1 * * *")
@app.task(name="wishes.lapse", queue="default", lock="wishes.lapse", queueing_lock="wishes.lapse")
def lapse(timestamp: int) -> None:
    """Run twice it gives nothing back twice."""
    services.lapse()
