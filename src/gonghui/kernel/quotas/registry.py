"""What apps know of people that a balanced draw may weigh, under a name: who the people are never leaves the draw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string


@lru_cache(maxsize=1)
def _weighers() -> dict[str, Callable[[date], list[int]]]:
    found: dict[str, Callable[[date], list[int]]] = import_string(settings.GONGHUI_WEIGHERS)()
    return found


def people_with(fact: str, on: date) -> list[int]:
    """Numbers of the persons for whom a fact holds on a day; nobody for a fact that no app knows."""
    weigher = _weighers().get(fact)
    return weigher(on) if weigher else []
