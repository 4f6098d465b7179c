"""Writing reports and their templates."""

from .corrections import recheck, recheck_all
from .drafting import begin, comment, filled, recount, save, settle
from .issuing import frozen_text, give_back, hand_in, issue, paper_of_draft, sign, withdraw
from .templates import put, write

__all__ = [
    "begin",
    "comment",
    "filled",
    "frozen_text",
    "give_back",
    "hand_in",
    "issue",
    "paper_of_draft",
    "put",
    "recheck",
    "recheck_all",
    "recount",
    "save",
    "settle",
    "sign",
    "withdraw",
    "write",
]
