"""What a draft comes to, before it is published: counted from the records, nothing is kept."""

from __future__ import annotations

from typing import Any

from ...sources import Source
from ...viewer import Viewer
from ..models import Figure
from ..rules.periods import Period
from .values import Value, children_of, value


def first_time(source: Source) -> str:
    """The usual time of a source: as of a day where rows hold, else its first moment."""
    return "as_of" if source.span is not None else f"during:{next(iter(source.moments))}"


def tried(viewer: Viewer, row: Figure, place: Any, period: Period, most: int = 5) -> list[tuple[Any, Value]]:
    """The value at the author's own place and at some below it."""
    return [(one, value(viewer, row, one, period)) for one in [place, *children_of(place)[:most]]]
