"""Receiving forms, filling, asking, deciding."""

from .asking import answer, ask, close, extend, hand_down, redirect
from .deciding import give_back, hand_in, name_of, reopen, send, sign, workbook
from .filling import begin, recount, remark
from .templates import map_cells, put, receive, unmap

__all__ = [
    "answer",
    "ask",
    "begin",
    "close",
    "extend",
    "give_back",
    "hand_down",
    "hand_in",
    "map_cells",
    "name_of",
    "put",
    "receive",
    "recount",
    "redirect",
    "remark",
    "reopen",
    "send",
    "sign",
    "unmap",
    "workbook",
]
