"""Every write of places: the register, what is broken, who said so, rounds, guide stations."""

from .guidance import answer_question, answer_read, ask, publish_policy, take_question, withdraw_policy
from .importing import Imported, import_places
from .register import add_photo, change, drop_photo, lift, move, register, star, suspend
from .reporting import Reported, open_ticket, report, seen, thank, unsolved
from .revealing import reveal_asker, reveal_contact
from .rounds import record_round
from .tickets import answer, answers_for, ask_again, forget, raise_late, take

__all__ = [
    "Imported",
    "Reported",
    "add_photo",
    "answer",
    "answer_question",
    "answer_read",
    "answers_for",
    "ask",
    "ask_again",
    "change",
    "drop_photo",
    "forget",
    "import_places",
    "lift",
    "move",
    "open_ticket",
    "publish_policy",
    "raise_late",
    "record_round",
    "register",
    "report",
    "reveal_asker",
    "reveal_contact",
    "seen",
    "star",
    "suspend",
    "take",
    "take_question",
    "thank",
    "unsolved",
    "withdraw_policy",
]
