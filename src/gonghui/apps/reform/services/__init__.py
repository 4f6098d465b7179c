"""Every write of plans, pilots, supervision and what the reform is known by."""

from .following import accept, ask_for_another_day, confirm, explain, hand_down, report, send_back, settle, urge
from .items import Wanted, add_item, change_item, finish_step, reopen_step, set_steps, withdraw_item
from .pilots import appoint, change_programme, enrol, leave, open_programme, record_visit, relieve
from .plans import change_plan, check_sync, close_plan, discard_plan, draft_plan, publish_plan
from .reminding import remind
from .showing import (
    decide_case,
    mend_brand,
    propose_brand,
    register_brand,
    retire_brand,
    return_brand,
    submit_case,
    write_case,
)
from .supervision import answer_issue, close_issue, close_round, open_round, raise_issue, return_issue

__all__ = [
    "Wanted",
    "accept",
    "add_item",
    "answer_issue",
    "appoint",
    "ask_for_another_day",
    "change_item",
    "change_plan",
    "change_programme",
    "check_sync",
    "close_issue",
    "close_plan",
    "close_round",
    "confirm",
    "decide_case",
    "discard_plan",
    "draft_plan",
    "enrol",
    "explain",
    "finish_step",
    "hand_down",
    "leave",
    "mend_brand",
    "open_programme",
    "open_round",
    "propose_brand",
    "publish_plan",
    "raise_issue",
    "record_visit",
    "register_brand",
    "relieve",
    "remind",
    "reopen_step",
    "report",
    "retire_brand",
    "return_brand",
    "return_issue",
    "send_back",
    "set_steps",
    "settle",
    "submit_case",
    "urge",
    "withdraw_item",
    "write_case",
]
