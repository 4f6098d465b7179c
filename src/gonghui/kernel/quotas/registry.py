"""What apps know beside the offers: facts that a balanced draw may weigh, and rules of their own against a place.

Who the people of a fact are never leaves the draw.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from ..refusal import Refusal

Barrier = Callable[[Any, int, datetime], Refusal | None]


@lru_cache(maxsize=1)
def _weighers() -> dict[str, Callable[[date], list[int]]]:
    found: dict[str, Callable[[date], list[int]]] = import_string(settings.GONGHUI_WEIGHERS)()
    return found


@lru_cache(maxsize=1)
def _barriers() -> list[Barrier]:
    found: list[Barrier] = import_string(settings.GONGHUI_BARRIERS)()
    return found


def people_with(fact: str, on: date) -> list[int]:
    """Numbers of the persons for whom a fact holds on a day; nobody for a fact that no app knows."""
    weigher = _weighers().get(fact)
    return weigher(on) if weigher else []


def barrier_of(offer: Any, person_id: int, now: datetime) -> Refusal | None:
    """The first rule of an app that keeps a person from an offer now."""
    return next((refusal for one in _barriers() if (refusal := one(offer, person_id, now))), None)
