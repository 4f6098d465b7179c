"""How often one person and one address may ask: counts over ten seconds, forgotten afterwards, never written down."""

from __future__ import annotations

import time
from collections.abc import Hashable

WINDOW = 10.0


class Tries:
    """At most `most` tries of each key in a window; memory is bounded by what comes in one window."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._counts: dict[Hashable, int] = {}
        self._began = time.monotonic()

    def wait(self, key: Hashable, now: float) -> float:
        """0 when the try at `now` (monotonic) is allowed, else the seconds until the next one is."""
        if now - self._began >= WINDOW:
            self._counts, self._began = {}, now
        count = self._counts.get(key, 0)
        if count >= self.most:
            return self._began + WINDOW - now
        self._counts[key] = count + 1
        return 0.0
