"""Every write of casework."""

from .desk import (
    call_back,
    check_quality,
    dispatch,
    escalate,
    hand_back,
    note_progress,
    receive,
    reply,
    reveal_caller,
    take,
)
from .hardship import cancel_aid, exit_file, grant, open_file, pay
from .letters import answer_letter, close_letter, draft_letter, letters_due, refuse_letter, rewrite_letter, send_letter
from .rights import advance, close_case, open_arrears, open_dispute, open_legal_aid, record_recovery

__all__ = [
    "advance",
    "answer_letter",
    "call_back",
    "cancel_aid",
    "check_quality",
    "close_case",
    "close_letter",
    "dispatch",
    "draft_letter",
    "escalate",
    "exit_file",
    "grant",
    "hand_back",
    "letters_due",
    "note_progress",
    "open_arrears",
    "open_dispute",
    "open_file",
    "open_legal_aid",
    "pay",
    "receive",
    "record_recovery",
    "refuse_letter",
    "reply",
    "reveal_caller",
    "rewrite_letter",
    "send_letter",
    "take",
]
