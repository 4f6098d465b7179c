"""Every write of offers, claims, entries, draws and check-ins."""

from .check_ins import Scan, check_in, code_key, merge_offline, tick_off, undo_check_in
from .claiming import SignedTicket, Taken, grant, take, take_back, tickets
from .clock import at, moment
from .draws import (
    commit,
    lock_list,
    outside_value,
    publication,
    ready,
    reveal,
    run_draw,
    source_of_verifier,
)
from .entering import answer, enter, enter_many, give_back, wait, withdraw
from .handing_on import accept_handover, ask_to_take_over, decline_handover, take_back_offer, why_not_hand_on
from .households import join_household, leave_household, start_household
from .offers import (
    SessionPlan,
    Share,
    call_off,
    call_off_session,
    change,
    copy,
    create,
    make_limit,
    publish,
    set_capacity,
    set_sessions,
)
from .ticking import tick

__all__ = [
    "Scan",
    "SessionPlan",
    "Share",
    "SignedTicket",
    "Taken",
    "accept_handover",
    "answer",
    "ask_to_take_over",
    "at",
    "call_off",
    "call_off_session",
    "change",
    "check_in",
    "code_key",
    "commit",
    "copy",
    "create",
    "decline_handover",
    "enter",
    "enter_many",
    "give_back",
    "grant",
    "join_household",
    "leave_household",
    "lock_list",
    "make_limit",
    "merge_offline",
    "moment",
    "outside_value",
    "publication",
    "publish",
    "ready",
    "reveal",
    "run_draw",
    "set_capacity",
    "set_sessions",
    "source_of_verifier",
    "start_household",
    "take",
    "take_back",
    "take_back_offer",
    "tick",
    "tick_off",
    "tickets",
    "undo_check_in",
    "wait",
    "why_not_hand_on",
    "withdraw",
]
