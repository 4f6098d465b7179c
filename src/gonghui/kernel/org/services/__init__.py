"""Writing organisations: every change is a recorded act with date, reason and document, and can be taken back."""

from ..effects import bind_membership_effects
from .endings import dissolve, merge, split
from .facts import VersionConflict, correct, elect, reclassify, rename
from .founding import found
from .links import add_to_group, create_group, end_twin, remove_from_group, save_employer, set_twin
from .locks import hold, hold_many, restructuring, writing
from .moves import move
from .undoing import undo, undoable

__all__ = [
    "VersionConflict",
    "add_to_group",
    "bind_membership_effects",
    "correct",
    "create_group",
    "dissolve",
    "elect",
    "end_twin",
    "found",
    "hold",
    "hold_many",
    "merge",
    "move",
    "reclassify",
    "remove_from_group",
    "rename",
    "restructuring",
    "save_employer",
    "set_twin",
    "split",
    "undo",
    "undoable",
    "writing",
]
