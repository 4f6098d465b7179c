"""Every night: what was kept of people who came along goes when it has served its purpose."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from . import services


@app.periodic(cron="40 2 * * *")
@app.task(name="benefits.forget", queue="default", lock="benefits.forget", queueing_lock="benefits.forget")
def forget(timestamp: int) -> None:
    """Companions of rest cures whose place came to nothing, or whose group has been back for some weeks."""
    services.forget_companions(timezone.now())
