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
    "answer",
    "at",
    "call_off",
    "call_off_session",
    "change",
    "check_in",
    "code_key",
    "commit",
    "copy",
    "create",
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
    "tick",
    "tick_off",
    "tickets",
    "undo_check_in",
    "wait",
    "withdraw",
]
