"""Small cells: numbers of fewer than five people are not told, nor are those from which one could be reckoned."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

FEW: Final = 5
Key = TypeVar("Key", bound=Hashable)


def small(number: int) -> bool:
    """Below five. Nobody at all is few too: where none became one, somebody in a small union would know of a case."""
    return number < FEW


def hidden(cells: Mapping[Key, int], whole_is_told: bool = True) -> set[Key]:
    """Which cells of one table are not told.

    Where the sum of all is told, a single hidden cell could be subtracted from it; then the smallest of the others
    is hidden with it. The same where the hidden ones together are few.
    """
    found = {key for key, number in cells.items() if small(number)}
    if not found or not whole_is_told:
        return found
    others = sorted((key for key in cells if key not in found), key=lambda key: cells[key])
    while others and (len(found) < 2 or small(sum(cells[key] for key in found))):
        found.add(others.pop(0))
    return found
