"""Clocks of places: late tickets go up, what was put off is asked again, what a stranger left behind is forgotten."""

from __future__ import annotations

from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="*/10 * * * *")
@app.task(name="places.late", queue="default", lock="places.late", queueing_lock="places.late")
def late(timestamp: int) -> None:
    """Every ten minutes; run twice it moves nothing twice."""
    services.raise_late()


@app.periodic(cron="20 1 * * *")
@app.task(name="places.night", queue="default", lock="places.night", queueing_lock="places.night")
def night(timestamp: int) -> None:
    """Every night."""
    services.ask_again()
    services.forget()
