"""What apps know beside the offers: facts that a balanced draw may weigh, rules of their own against a place, venues.

Who the people of a fact are never leaves the draw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from ..refusal import Refusal
from ..venues import Venue, Venues

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


@lru_cache(maxsize=1)
def _venues() -> list[Venues]:
    found: list[Venues] = import_string(settings.GONGHUI_VENUES)()
    return found


def venues_around(path: str) -> list[Venue]:
    """What staff of an organisation may name as the place of a session."""
    return [one for register in _venues() for one in register.around(path)]


def numbers_of_venues(path: str, texts: Collection[str]) -> dict[str, int]:
    """What was typed as a place → number of the registered one around that it names, or that it is a room of.

    A text names the longest name that it begins with ("安福县工人文化宫报告厅"); what two are called is nobody's.
    """
    asked = {one for one in texts if one}
    found = [one for register in _venues() for one in register.around(path, asked)] if asked else []
    several = Counter(one.name for one in found)
    numbers: dict[str, int] = {}
    for text in asked:
        named = max((one for one in found if text.startswith(one.name)), key=lambda one: len(one.name), default=None)
        if named and several[named.name] == 1:
            numbers[text] = named.pk
    return numbers


def venues(numbers: Collection[int]) -> dict[int, Venue]:
    """Number → the place as it is registered now; none for one that was closed."""
    return {one.pk: one for register in _venues() for one in register.numbered(numbers)} if numbers else {}


def barrier_of(offer: Any, person_id: int, now: datetime) -> Refusal | None:
    """The first rule of an app that keeps a person from an offer now."""
    return next((refusal for one in _barriers() if (refusal := one(offer, person_id, now))), None)
