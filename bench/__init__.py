"""`make bench`: every figure is a ratio against a named reference measured in the same run on the same machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from gonghui.machine.postgres import ADMIN, APP, OWNER, Cluster


@dataclass
class Context:
    """What a bench module may use: a durable private cluster, and a line for its progress.

    A module exposes `NAME` and `run(context) -> list[dict]` with name, value, unit, reference, reference_value, and
    optionally `better` ("lower" or "higher") and `goal` (a sentence).
    """

    cluster: Cluster
    progress: Callable[[str], None]
    made: list[str] = field(default_factory=list)

    def database(self, name: str) -> str:
        """A fresh, migrated database for this run; Django's connections point at it. Returns its name."""
        from .databases import fresh  # Django must be set up by the runner first

        self.made.append(name)
        return fresh(self.cluster, name)

    def connect(self, name: str, role: str = APP) -> psycopg.Connection[Any]:
        return psycopg.connect(self.cluster.url(role, name))


__all__ = ["ADMIN", "APP", "OWNER", "Context"]
