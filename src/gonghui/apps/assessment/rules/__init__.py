"""What a standard says, how a union is scored by it, and what two versions differ in. Pure."""

from .checking import check
from .comparing import differences
from .scoring import Answer, Line, Score, explain, needs_evidence, score
from .standard import Grade, Group, Item, Mistake, Standard, must_read, read

__all__ = [
    "Answer",
    "Grade",
    "Group",
    "Item",
    "Line",
    "Mistake",
    "Score",
    "Standard",
    "check",
    "differences",
    "explain",
    "must_read",
    "needs_evidence",
    "read",
    "score",
]
