"""What a running import tells the page and hears from it, over a connection of its own.

The work happens in one long transaction whose progress nobody could see; a second connection writes it every second,
reads whether somebody pressed 停止, and holds the lock that keeps two workers off one import. Both connections die
with the process, so a killed worker holds nothing.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Self

import psycopg
from django.db import connection

from gonghui.kernel.viewer import Viewer

_EVERY = 0.7
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('roster_import:' || %s, 0))"
_SCOPE = "SELECT set_config('gonghui.lo', %s, false), set_config('gonghui.hi', %s, false)"
_REPORT = """
UPDATE roster_progress SET phase = %s, done = %s, total = %s, updated_at = clock_timestamp(),
  phase_began_at = CASE WHEN phase = %s THEN phase_began_at ELSE clock_timestamp() END
WHERE roster_id = %s RETURNING cancel_requested
"""


class Stopped(Exception):
    """Somebody pressed 停止."""


class Busy(Exception):
    """Another worker has this import."""


class Pulse:
    """Progress out, cancellation in. Used by one thread at a time; the beat runs in its own."""

    def __init__(self, roster_id: int, viewer: Viewer) -> None:
        self._roster_id = roster_id
        self._viewer = viewer
        self._state = ("", 0, 0)
        self._ended = threading.Event()
        self._stopped = threading.Event()
        self._work: psycopg.Connection[Any] | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._line = psycopg.connect(**_parameters(), autocommit=True)
        self._line.execute(_SCOPE, [self._viewer.lo, self._viewer.hi])
        row = self._line.execute(_LOCK, [str(self._roster_id)]).fetchone()
        if not row or not row[0]:
            self._line.close()
            raise Busy(self._roster_id)
        asked = self._line.execute(
            "SELECT cancel_requested FROM roster_progress WHERE roster_id = %s", [self._roster_id]
        ).fetchone()
        if asked and asked[0]:
            self._stopped.set()
        connection.ensure_connection()
        self._work = connection.connection
        # A backend whose worker was killed in the middle of a long statement gives up instead of finishing it.
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('client_connection_check_interval', '2s', false)")
        self._thread = threading.Thread(target=self._beat, name=f"roster-{self._roster_id}", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread:
            self._thread.join()
        self._line.close()

    def phase(self, name: str, total: int = 0) -> None:
        """A new kind of work begins; `total` is what `advance` counts towards."""
        self._state = (name, 0, total)
        self.check()

    def advance(self, done: int, total: int | None = None) -> None:
        """So much of the phase is done."""
        name, _, known = self._state
        self._state = (name, done, known if total is None else total)
        self.check()

    def check(self) -> None:
        """
        :raises Stopped: somebody pressed 停止.
        """
        if self._stopped.is_set():
            raise Stopped

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def _beat(self) -> None:
        while True:
            ended = self._ended.wait(_EVERY if self._state[0] else 0.05)
            name, done, total = self._state
            try:
                row = self._line.execute(_REPORT, [name, done, total, name, self._roster_id]).fetchone()
            except psycopg.OperationalError:
                return  # the database went away; the work itself will say so
            if row and row[0] and not ended and not self._stopped.is_set():
                self._stopped.set()
                if self._work is not None:
                    self._work.cancel_safe(timeout=5)
            if ended:
                return


def _parameters() -> dict[str, Any]:
    given = connection.get_connection_params()
    return {
        name: value for name, value in given.items() if name not in ("cursor_factory", "context", "server_side_binding")
    }
