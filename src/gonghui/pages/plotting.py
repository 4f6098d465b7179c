"""Where the points of a chart stand: one geometry for pages, big screens and paper. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")


def depths(numbers: Sequence[Decimal | float | None]) -> list[float | None]:
    """How far below the top each number stands, 0 to 1: the top is the highest, the bottom nought or, where there is
    one below nought, the lowest. None where nothing is told."""
    told = [float(one) for one in numbers if one is not None]
    low, high = min([0.0, *told]), max([0.0, *told])
    spread = high - low or 1.0
    return [None if one is None else (high - float(one)) / spread for one in numbers]


def pieces(points: Sequence[T | None]) -> list[list[T]]:
    """The pieces of the line through a chart, broken where a point is not told: a line through a gap would tell it."""
    found: list[list[T]] = [[]]
    for one in points:
        if one is None:
            found.append([])
        else:
            found[-1].append(one)
    return [piece for piece in found if piece]
