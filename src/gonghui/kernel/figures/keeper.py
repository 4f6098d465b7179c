"""The keeper: a thread of the worker that lets kept values follow their records within a second or two."""

from __future__ import annotations

import logging
from threading import Event, Thread

from django.db import Error, connection

from .services.keeping import drain, fill

log = logging.getLogger("gonghui.figures")
PAUSE = 1.0
"""Seconds between two looks at the marks; looking costs one statement on an empty table."""


def keep(stop: Event, pause: float = PAUSE) -> None:
    """Until told to stop. Whatever goes wrong is told and tried again: what was marked waits in its table."""
    while not stop.wait(pause):
        try:
            fill()
            drain()
        except Exception as error:  # a thread that ended would leave every number as it was, silently
            if isinstance(error, Error):
                log.warning("figures wait for the database", exc_info=True)
            else:
                log.exception("figures are not kept")
            connection.close()
            stop.wait(pause * 5)
    connection.close()


def start() -> Event:
    """Begins to keep; the answer stops it."""
    stop = Event()
    Thread(target=keep, args=[stop], name="figures", daemon=True).start()
    return stop
