"""Writing people: one natural person once, memberships and offices with both ends, everything on the trail."""

from .appointments import appoint, end_appointment
from .endings import end, end_many, expel, leave, record_death, undo_end
from .memberships import admit, correct_membership, restore, retain
from .merges import merge_people, undo_merge
from .persons import correct_person, register, reveal
from .signs import Sign, record_sign, record_signs
from .transfers import (
    answer_transfer,
    ask_transfer,
    ask_transfer_in,
    transfer_within,
    withdraw_transfer,
)

__all__ = [
    "Sign",
    "admit",
    "answer_transfer",
    "appoint",
    "ask_transfer",
    "ask_transfer_in",
    "correct_membership",
    "correct_person",
    "end",
    "end_appointment",
    "end_many",
    "expel",
    "leave",
    "merge_people",
    "record_death",
    "record_sign",
    "record_signs",
    "register",
    "restore",
    "retain",
    "reveal",
    "transfer_within",
    "undo_end",
    "undo_merge",
    "withdraw_transfer",
]
