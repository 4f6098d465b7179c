"""What the clock does: the sealed box is written in batches, late voices go up, words are counted, boxes are opened."""

from __future__ import annotations

from procrastinate.contrib.django import app

from .services import anonymous, evaluating, grouping, indexing, ticking, weighing


@app.periodic(cron="*/10 * * * *")
@app.task(name="voice.sort", queue="default", lock="voice.sort", queueing_lock="voice.sort")
def sort_box(timestamp: int) -> None:
    """All anonymous voices of ten minutes in one batch, in no order."""
    anonymous.sort(anonymous.BOX)


@app.periodic(cron="* * * * *")
@app.task(name="voice.urgent", queue="default", lock="voice.sort", queueing_lock="voice.urgent")
def sort_urgent(timestamp: int) -> None:
    """What may concern a life does not wait for a batch."""
    anonymous.sort(anonymous.URGENT)


@app.periodic(cron="30 0,7 * * *")
@app.task(name="voice.deadlines", queue="default", lock="voice.deadlines", queueing_lock="voice.deadlines")
def deadlines(timestamp: int) -> None:
    """Late ones go a tier higher; read ones that nobody spoke against end."""
    ticking.follow_moves()
    ticking.escalate()
    ticking.close_quiet()


@app.periodic(cron="10 2 * * *")
@app.task(name="voice.grouping", queue="default", lock="voice.grouping", queueing_lock="voice.grouping")
def group(timestamp: int) -> None:
    """Words are counted anew and the year's voices put beside those that say the same."""
    indexing.count_terms()
    grouping.group()


@app.periodic(cron="5 0 * * *")
@app.task(name="voice.close_boxes", queue="default", lock="voice.close_boxes", queueing_lock="voice.close_boxes")
def close_boxes(timestamp: int) -> None:
    """Weighings and evaluations whose last day is over are opened, counted and published; twice opens nothing twice."""
    weighing.close_due()
    evaluating.close_due()
