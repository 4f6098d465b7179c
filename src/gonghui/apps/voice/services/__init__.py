"""Every write of voices, visits and notices."""

from . import anonymous, by_code, own
from .acts import add_act
from .handling import (
    answer,
    ask,
    classify,
    close_told,
    hand_down,
    hand_up,
    keep_promise,
    may_be_told,
    note,
    reveal_contact,
    send_back,
    take,
    tell,
    to_right_desk,
)
from .indexing import count_terms
from .merging import join, merge, part, publish, withhold
from .raising import Said, import_paper, raise_by_poster, raise_own, register, sensitive_of
from .ticking import close_quiet, escalate
from .visits import drop_template, issue, log_visit, save_template, sign

__all__ = [
    "Said",
    "add_act",
    "anonymous",
    "answer",
    "ask",
    "by_code",
    "classify",
    "close_quiet",
    "close_told",
    "count_terms",
    "drop_template",
    "escalate",
    "hand_down",
    "hand_up",
    "import_paper",
    "issue",
    "join",
    "keep_promise",
    "log_visit",
    "may_be_told",
    "merge",
    "note",
    "own",
    "part",
    "publish",
    "raise_by_poster",
    "raise_own",
    "register",
    "reveal_contact",
    "save_template",
    "send_back",
    "sensitive_of",
    "sign",
    "take",
    "tell",
    "to_right_desk",
    "withhold",
]
