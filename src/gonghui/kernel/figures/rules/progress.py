"""How far along a target is: reached, on the way, behind, far behind, by the part of the time that has passed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from gonghui.kernel.labelled import Labelled

from .periods import Period

NEAR: Final = Decimal("0.8")
"""A target is behind below what the time asks for, far behind below this part of it."""


class Progress(Labelled):
    REACHED = "reached", "已完成"
    ON = "on", "按进度"
    BEHIND = "behind", "落后"
    FAR = "far", "严重落后"
    NOT_YET = "not_yet", "未开始"
    UNTOLD = "untold", "不单列"


TONE: Final = {"reached": "ok", "on": "ok", "behind": "warn", "far": "bad", "not_yet": "info", "untold": "info"}


def elapsed(period: Period, today: date) -> Decimal:
    """The part of a period that has passed, from 0 to 1; today counts as passed."""
    whole = (period.last - period.first).days + 1
    passed = (today - period.first).days + 1
    return Decimal(max(0, min(whole, passed))) / whole


def progress(amount: Decimal, reached: Decimal, part: Decimal) -> Progress:
    """:param part: of the time that has passed, 0 to 1."""
    if reached >= amount:
        return Progress.REACHED
    if part == 0:
        return Progress.NOT_YET
    wanted = amount * part
    if reached >= wanted:
        return Progress.ON
    return Progress.BEHIND if reached >= wanted * NEAR else Progress.FAR


def difference(whole: Decimal, shares: list[Decimal]) -> Decimal:
    """How much more (or less, negative) is handed down than there is."""
    return sum(shares, Decimal(0)) - whole
