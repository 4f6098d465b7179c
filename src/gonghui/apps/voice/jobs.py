"""Every night: weighings and evaluations whose last day is over are opened, counted and published."""

from __future__ import annotations

from procrastinate.contrib.django import app

from .services import evaluating, weighing


@app.periodic(cron="5 0 * * *")
@app.task(name="voice.close_boxes", queue="default", lock="voice.close_boxes", queueing_lock="voice.close_boxes")
def close_boxes(timestamp: int) -> None:
    """Run twice it opens nothing twice."""
    weighing.close_due()
    evaluating.close_due()
