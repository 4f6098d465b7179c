"""Every morning: contracts on which the labour office was silent take effect, those whose days are over end."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from . import services


@app.periodic(cron="10 6 * * *")
@app.task(
    name="democracy.take_effect", queue="default", lock="democracy.take_effect", queueing_lock="democracy.take_effect"
)
def take_effect(timestamp: int) -> None:
    """Run twice it changes nothing twice."""
    with acting(SYSTEM):
        services.take_effect()
