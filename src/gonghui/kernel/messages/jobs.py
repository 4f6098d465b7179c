"""The minute of messages, and the night on which the old ones go."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="* * * * *")
@app.task(name="messages.send", queue="default", lock="messages.send", queueing_lock="messages.send")
def send(timestamp: int) -> None:
    """Bring what is due to the phones."""
    services.send_due()


@app.periodic(cron="50 2 * * *")
@app.task(name="messages.forget", queue="default", lock="messages.forget", queueing_lock="messages.forget")
def forget(timestamp: int) -> None:
    """What is long over is no longer kept."""
    services.forget_old(timezone.now())
