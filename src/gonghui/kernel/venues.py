"""Registered places where something may be held, as an app that keeps a register of them tells others. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Venue:
    """A registered place where something may be held, as everybody may read it."""

    pk: int
    name: str
    address: str
    url: str
    point: tuple[float, float] | None
    """Longitude and latitude."""


class Venues(Protocol):
    """The register of places, as an app keeps it."""

    def around(self, path: str, texts: Collection[str] = ()) -> list[Venue]:
        """Open places of the county (or city) that a path lies in; with texts those whose name one begins with."""

    def numbered(self, numbers: Collection[int]) -> list[Venue]:
        """Places that are still open, wherever they are."""
