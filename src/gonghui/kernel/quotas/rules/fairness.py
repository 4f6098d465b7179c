"""How evenly services fell on people, from how many had how many of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Of one group of members: how many there are, how many were served at all, how often together.

    `gini` is the coefficient of services over members: 0 when all had the same, 1 when one had everything, None when
    nobody had any.
    """

    members: int
    served: int
    services: int
    gini: float | None

    @property
    def never(self) -> int:
        return self.members - self.served

    @property
    def percent(self) -> float:
        """Of its members, how many were served, in hundredths with one place."""
        return round(self.served / self.members * 100, 1) if self.members else 0.0


def spread(times: Mapping[int, int]) -> Spread:
    """From so many members for each number of services."""
    members, services = sum(times.values()), sum(n * count for n, count in times.items())
    if not services:
        return Spread(members, 0, 0, None)
    below, weighted = 0, 0.0
    for n, count in sorted(times.items()):
        weighted += n * count * (below + (count + 1) / 2)  # the ranks of those who had n: below+1 … below+count
        below += count
    gini = 2 * weighted / (members * services) - (members + 1) / members
    return Spread(members, members - times.get(0, 0), services, gini)
