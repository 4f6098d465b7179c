"""What second it is: the database's clock, carried on by this machine's steady one.

The machine's own date is never asked, so a gate whose clock is two hours wrong opens in the same second as the others.
"""

from __future__ import annotations

import time


class Clock:
    """Seconds since 1970 by the database; unknown until it was asked for the first time."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._spread = float("inf")

    @property
    def known(self) -> bool:
        return self._offset is not None

    def learn(self, database: float, asked: float, answered: float) -> None:
        """The database said `database` between two moments of `time.monotonic()`; short trips tell best."""
        spread = answered - asked
        self._spread *= 1.05  # old knowledge fades, so that a slow network cannot freeze it for ever
        if spread <= self._spread * 2 or self._offset is None:
            self._offset = database - (asked + answered) / 2
            self._spread = max(spread, 0.0005)

    def at(self, monotonic: float) -> float:
        """The database's time at a moment of `time.monotonic()`."""
        if self._offset is None:
            raise RuntimeError("the database was not asked yet")
        return monotonic + self._offset

    def now(self) -> float:
        return self.at(time.monotonic())
