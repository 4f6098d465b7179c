"""Reading figures: what is defined where, what it comes to, and the records behind it."""

from .definitions import by_area, figure, figures, free_key, in_force, others, parts
from .lineage import Fingerprint, Lineage, fingerprint, lineage
from .naming import named_below, short
from .said import corrections, said
from .values import (
    Value,
    at_hand,
    before,
    by_dimension,
    by_place,
    changed,
    children_of,
    series,
    told_then,
    trends,
    value,
    values,
    ways,
)

__all__ = [
    "Fingerprint",
    "Lineage",
    "Value",
    "at_hand",
    "before",
    "by_area",
    "by_dimension",
    "by_place",
    "changed",
    "children_of",
    "corrections",
    "figure",
    "figures",
    "fingerprint",
    "free_key",
    "in_force",
    "lineage",
    "named_below",
    "others",
    "parts",
    "said",
    "series",
    "short",
    "told_then",
    "trends",
    "value",
    "values",
    "ways",
]
