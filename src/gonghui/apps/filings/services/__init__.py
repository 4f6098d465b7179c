"""Receiving forms, filling, asking, deciding."""

from .asking import answer, ask, hand_down
from .deciding import give_back, hand_in, name_of, send, sign, workbook
from .filling import begin, recount, remark
from .templates import map_cells, put, receive, unmap

__all__ = [
    "answer",
    "ask",
    "begin",
    "give_back",
    "hand_down",
    "hand_in",
    "map_cells",
    "name_of",
    "put",
    "receive",
    "recount",
    "remark",
    "send",
    "sign",
    "unmap",
    "workbook",
]
