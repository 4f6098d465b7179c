"""The clocks of collective bargaining: which day each step has to be done, and what its parties may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from gonghui.kernel.rules.calendar import add_days


def due(since: date, days: int) -> date:
    """The last day of a clock that runs from an event; one that ends on a day off ends on the next working day
    (民法典第二百零三条)."""
    return add_days(since, days)


def break_end(since: date, days: int) -> date:
    """The last day of a pause. It is a bound and no period in which something is due: days off do not lengthen it."""
    return since + timedelta(days=days)


def valid_from(filed: date, days: int) -> date:
    """A contract on which the labour office is silent holds from the day after the last one to object."""
    return due(filed, days) + timedelta(days=1)


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
