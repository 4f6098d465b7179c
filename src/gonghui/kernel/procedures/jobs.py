"""The deadline job: shortly after midnight, and again in the morning in case the machine was off."""

from __future__ import annotations

from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="5 0,7 * * *")
@app.task(name="procedures.tick", queue="default", lock="procedures.tick", queueing_lock="procedures.tick")
def tick(timestamp: int) -> None:
    """Warnings, breaches, escalations, silence as consent, the end of notices."""
    services.tick()
