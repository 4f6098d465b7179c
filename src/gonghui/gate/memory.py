"""What the gate knows without asking: which counters are open, which are full, and who already has a place there.

Only refusals that cannot hurt are given from here. A place is given by the database alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Known:
    """One counter as it was last heard of."""

    offer: int
    opens_at: float
    closes_at: float
    free: int
    freed: int
    full: bool = False
    holders: dict[int, tuple[str, int, float]] | None = None
    """Once full: person → (key, claim, time), so that a repeated request still hears that it was granted."""


@dataclass(slots=True)
class Memory:
    """Counters by number."""

    counters: dict[int, Known] = field(default_factory=dict)

    def refresh(self, rows: list[tuple[int, int, float, float, int, int]]) -> None:
        """Take over what the database says is open; what it no longer names is closed."""
        seen = {}
        for counter, offer, opens_at, closes_at, free, freed in rows:
            known = self.counters.get(counter)
            if known is None:
                known = Known(offer, opens_at, closes_at, free, freed)
            else:
                known.opens_at, known.closes_at, known.free = opens_at, closes_at, free
                if freed != known.freed or free > 0:
                    known.freed = freed
                    self._clear(known)
            seen[counter] = known
        self.counters = seen

    def forget(self, counter: int) -> None:
        """A place came back there: ask the database again."""
        if known := self.counters.get(counter):
            self._clear(known)

    def forget_all(self) -> None:
        """The line to the database was lost, and with it what it may have said."""
        for known in self.counters.values():
            self._clear(known)

    @staticmethod
    def _clear(known: Known) -> None:
        known.full, known.holders = False, None

    def fill(self, counter: int, freed: int, rows: list[tuple[Any, ...]]) -> None:
        """Who holds the places of a full counter, unless one came back meanwhile."""
        known = self.counters.get(counter)
        if known is not None and known.freed == freed:
            known.holders = {person: (key, claim, made) for person, key, claim, made in rows}
            known.full = True
