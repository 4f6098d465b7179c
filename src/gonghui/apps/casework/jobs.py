"""The deadlines of the desk and of letters: shortly after midnight, and again in the morning."""

from __future__ import annotations

from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="20 0,7 * * *")
@app.task(name="casework.deadlines", queue="default", lock="casework.deadlines", queueing_lock="casework.deadlines")
def deadlines(timestamp: int) -> None:
    """Late tickets go up, unanswered letters are followed by the next."""
    services.escalate()
    services.letters_due()
