"""Sending codes over the network, and clearing away what has had its time."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .services import clearing, codes


@app.task(name=codes.BRING, queue="default", retry=RetryStrategy(max_attempts=2, wait=5))
def bring_code(sealed_phone: str, sealed_code: str) -> None:
    """Bring one code to its phone; both arrive sealed, because job arguments lie in a table."""
    codes.bring(sealed_phone, sealed_code)


@app.periodic(cron="17 3 * * *")
@app.task(name="access.clear", queue="default", queueing_lock="access.clear")
def clear(timestamp: int) -> None:
    """Remove codes older than two days and sessions that are over."""
    clearing.clear()
