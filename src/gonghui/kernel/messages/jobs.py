"""The minute of messages."""

from __future__ import annotations

from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="* * * * *")
@app.task(name="messages.send", queue="default", lock="messages.send", queueing_lock="messages.send")
def send(timestamp: int) -> None:
    """Bring what is due to the phones."""
    services.send_due()
