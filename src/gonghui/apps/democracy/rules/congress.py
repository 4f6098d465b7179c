"""What makes a congress lawful: who its delegates may be, how long it sits, when it may meet and decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from gonghui.kernel.rules.calendar import add_months

from .recount import enough, more_than


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the delegates: `bad` keeps the congress from being constituted, otherwise it is pointed out."""

    bad: bool
    message: str
    source: str


@dataclass(frozen=True, slots=True)
class Make:
    """Whom a congress consists of, and the workers it stands for."""

    delegates: int
    managers: int
    line_workers: int
    women: int
    workers: int
    women_workers: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """Shares in percent, numbers in persons; from the rules of the place."""

    managers: int
    least: int
    share: int
    enough: int
    small: int
    area_least: int
    area_managers: int
    area_workers: int
    women: int = 1
    """Whether women have to be as many among the delegates as their share among the workers; 0 where not."""


def at_most(part: int, whole: int, percent: int) -> bool:
    return part * 100 <= whole * percent


def at_least(part: int, whole: int, percent: int) -> bool:
    return part * 100 >= whole * percent


def women_enough(make: Make) -> bool:
    """The share of women among the delegates is not below their share among the workers."""
    return make.women >= women_wanted(make)


def women_wanted(make: Make) -> int:
    """The least number of women whose share is not below; a part of a person is a person."""
    return -(-make.delegates * make.women_workers // make.workers) if make.workers else 0


def delegates_wanted(workers: int, bounds: Bounds) -> int:
    """How many delegates a firm's congress has at least: 5 percent, not under 30, and no more asked beyond 100."""
    share = -(-workers * bounds.share // 100)
    return max(bounds.least, min(share, bounds.enough))


def findings(kind: str, make: Make, bounds: Bounds) -> list[Finding]:
    """What stands against constituting a congress of these delegates."""
    if not make.delegates:
        return [Finding(True, "还没有选出职工代表", "democracy.delegates_least")]
    made = _women(make) if bounds.women else []
    if kind == "enterprise":
        return made + _enterprise(make, bounds)
    return made + _area(make, bounds)


def _said(part: int, whole: int) -> str:
    return f"{part * 1000 // whole / 10:.1f}%（{part}/{whole}）"


def _women(make: Make) -> list[Finding]:
    if women_enough(make):
        return []
    needed = women_wanted(make)
    return [
        Finding(
            True,
            f"女代表占{_said(make.women, make.delegates)}，"
            f"低于女职工在职工中的比例{_said(make.women_workers, make.workers)}，"
            f"{make.delegates}名代表里应有{needed}名女代表",
            "democracy.women",
        )
    ]


def _enterprise(make: Make, bounds: Bounds) -> list[Finding]:
    made = []
    if not at_most(make.managers, make.delegates, bounds.managers):
        made.append(
            Finding(
                True,
                f"中层以上管理人员占代表的{_said(make.managers, make.delegates)}，不能超过{bounds.managers}%",
                "democracy.managers",
            )
        )
    wanted = delegates_wanted(make.workers, bounds)
    if make.delegates < wanted:
        small = make.workers < bounds.small
        made.append(
            Finding(
                not small,
                f"现有代表{make.delegates}名，{make.workers}名职工的企业职代会应有{wanted}名以上"
                + ("，职工较少的可以改开职工大会" if small else ""),
                "democracy.delegates_least",
            )
        )
    return made


def _area(make: Make, bounds: Bounds) -> list[Finding]:
    made = []
    if make.delegates < bounds.area_least:
        made.append(
            Finding(
                True, f"现有代表{make.delegates}名，应有{bounds.area_least}名以上", "democracy.area_delegates_least"
            )
        )
    if not at_most(make.managers, make.delegates, bounds.area_managers):
        made.append(
            Finding(
                True,
                f"经营管理者占代表的{_said(make.managers, make.delegates)}，不能超过{bounds.area_managers}%",
                "democracy.area_managers",
            )
        )
    if not at_least(make.line_workers, make.delegates, bounds.area_workers):
        made.append(
            Finding(
                True,
                f"一线职工占代表的{_said(make.line_workers, make.delegates)}，不能低于{bounds.area_workers}%",
                "democracy.area_workers",
            )
        )
    return made


def _shares(make: Make) -> dict[str, Fraction]:
    """How well each demand is met; more is better."""
    whole = max(make.delegates, 1)
    return {
        "democracy.women": Fraction(make.women, whole),
        "democracy.managers": -Fraction(make.managers, whole),
        "democracy.area_managers": -Fraction(make.managers, whole),
        "democracy.area_workers": Fraction(make.line_workers, whole),
    }


def worse(kind: str, before: Make, after: Make, bounds: Bounds) -> list[Finding]:
    """What a by-election would spoil: a demand that was met, or one that was missed and is missed by more."""
    old, new = _shares(before), _shares(after)
    stood = {one.source for one in findings(kind, before, bounds) if one.bad}
    return [
        one
        for one in findings(kind, after, bounds)
        if one.bad and (one.source not in stood or new.get(one.source, Fraction(0)) < old.get(one.source, Fraction(0)))
    ]


# -- terms -----------------------------------------------------------------------------------------------------------


def term_fits(starts: date, ends: date, least: int, most: int) -> bool:
    """`ends` is the last day: 3 years from 1 May end on 30 April."""
    first, last = (add_months(starts, 12 * years) - timedelta(days=1) for years in (least, most))
    return first <= ends <= last


def late_fits(ends: date, until: date, months: int) -> bool:
    return ends < until <= add_months(ends, months)


# -- meeting ---------------------------------------------------------------------------------------------------------


def quorate(present: int, delegates: int, share: Fraction) -> bool:
    return enough(present, delegates, share)


def quorum_of(delegates: int, share: Fraction) -> int:
    """How many have to be there."""
    return -(-delegates * share.numerator // share.denominator)


def may_call(proposers: int, delegates: int, share: Fraction) -> bool:
    """Whether enough delegates ask for a session in between."""
    return enough(proposers, delegates, share)


def last_delivery(session: date, days: int) -> date:
    """The last day on which papers may be delivered for a session."""
    return session - timedelta(days=days)


def delivered_in_time(delivered: date | None, session: date, days: int) -> bool:
    return delivered is not None and delivered <= last_delivery(session, days)


def elected_by_unit(votes: Sequence[int], cast: int, workers: int, turnout: Fraction, majority: Fraction) -> bool:
    """Whether an electoral unit's election holds: enough of its workers took part, and each has more than half."""
    return enough(cast, workers, turnout) and all(one <= cast and more_than(one, workers, majority) for one in votes)


def fraction(text: str) -> Fraction:
    """“2/3”, as the catalogue writes shares of the law."""
    return Fraction(text.strip())
