"""Small cells: numbers of fewer than five people are not told, nor are those from which one could be reckoned."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Final, TypeVar

from .periods import Period

FEW: Final = 5
Key = TypeVar("Key", bound=Hashable)


def small(number: int) -> bool:
    """Below five. Nobody at all is few too: where none became one, somebody in a small union would know of a case."""
    return number < FEW


def hidden(cells: Mapping[Key, int], whole_is_told: bool = True, withheld: Collection[Key] = ()) -> set[Key]:
    """Which cells of one table are not told.

    :param withheld: cells that another table does not tell; from them nothing can be subtracted either.

    Where the sum of all is told, a single hidden cell could be subtracted from it; then the smallest of the others
    is hidden with it. The same where the hidden ones together are few.
    """
    found = {key for key, number in cells.items() if small(number) or key in withheld}
    if not found or not whole_is_told:
        return found
    others = sorted((key for key in cells if key not in found), key=lambda key: cells[key])
    while others and (len(found) < 2 or small(sum(cells[key] for key in found))):
        found.add(others.pop(0))
    return found


def hidden_periods(numbers: Mapping[Period, int]) -> set[Period]:
    """Which periods of one calendar year are not told, of a year with its halves, quarters and months that have begun.

    Each is one table with its parts: of what is told one part alone is never missing, and nothing is told of the parts
    of what is not.
    """
    away: set[Period] = set()
    for kind, shorter in _PARTS.items():
        for whole in [one for one in numbers if one.kind == kind]:
            parts = {
                one: number for one, number in numbers.items()
                if one.kind == shorter and whole.first <= one.first and one.last <= whole.last
            }  # fmt: skip
            away |= set(parts) if whole in away or small(numbers[whole]) else hidden(parts)
    return away


_PARTS: Final = {"year": "half", "half": "quarter", "quarter": "month"}
