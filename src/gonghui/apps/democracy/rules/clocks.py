"""The clocks of collective bargaining: which day each step has to be done, and what its parties may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from .congress import years_after


def due(since: date, days: int) -> date:
    """The last day of a clock that runs from an event."""
    return since + timedelta(days=days)


def valid_from(filed: date, days: int) -> date:
    """A contract on which the labour office is silent holds from the day after the last one to object."""
    return filed + timedelta(days=days + 1)


@dataclass(frozen=True, slots=True)
class Party:
    """One side at the table."""

    size: int
    outside: int


def sides_wrong(workers: Party, firm: Party, least: int, experts: Fraction) -> str:
    """What is wrong with the two sides, as a sentence; empty when they may begin."""
    for name, one in (("职工方", workers), ("企业方", firm)):
        if one.size < least:
            return f"{name}代表{one.size}名，每方至少{least}名"
        if one.outside * experts.denominator > one.size * experts.numerator:
            return f"{name}{one.size}名代表里外聘{one.outside}名，不能超过{experts.numerator}/{experts.denominator}"
    if workers.size != firm.size:
        return f"职工方{workers.size}名、企业方{firm.size}名，双方人数应当对等"
    return ""


def term_fits(starts: date, ends: date, least: int, most: int) -> bool:
    """Whole years from the first day to the last one."""
    return years_after(starts, least) - timedelta(days=1) <= ends <= years_after(starts, most)


def left(ends: date, today: date) -> int:
    """Days a contract still runs; negative when it is over."""
    return (ends - today).days


def said(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"逾期{-days}天"
    return "今天到期" if days == 0 else f"剩{days}天"


def tone(due_on: date, today: date, near: int = 3) -> str:
    days = (due_on - today).days
    return "bad" if days <= 0 else "wait" if days <= near else ""
