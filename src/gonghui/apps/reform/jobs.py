"""Every morning: 三员 whose post is over are ended, who answers for what is near or late is reminded."""

from __future__ import annotations

from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="30 7 * * *")
@app.task(name="reform.remind", queue="default", lock="reform.remind", queueing_lock="reform.remind")
def remind(timestamp: int) -> None:
    """Reminders of the day; run twice it writes none twice."""
    services.end_with_posts()
    services.remind()
