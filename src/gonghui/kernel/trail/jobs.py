"""The sealer: once a minute, and never twice at the same time."""

from __future__ import annotations

from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="* * * * *")
@app.task(name="trail.seal", queue="trail", lock="trail.seal", queueing_lock="trail.seal")
def seal_trail(timestamp: int) -> None:
    """Seal what has happened, several times when there is a backlog, and hand the heads outside."""
    while services.seal() is not None:
        pass
    services.hand_out()
