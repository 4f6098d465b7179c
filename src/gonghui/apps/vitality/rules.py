"""Which unions and members look as if they existed on paper only, and why: pure, from facts and thresholds.

No national text defines a paper union; the thresholds are a local template (A1.03–A1.05) that each city sets as
dated rules. A finding is a question to be checked by people, never a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


def months_before(day: date, months: int) -> date:
    """The same day of the month `months` earlier, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError


@dataclass(frozen=True)
class Thresholds:
    """Months after which a missing trace counts, and the share of members that cannot be, by the rules of the place."""

    dues_months: int = 24
    activity_months: int = 24
    contact_months: int = 24
    term_months: int = 12
    member_months: int = 24
    members_percent: int = 110


@dataclass(frozen=True)
class UnionFacts:
    """What the records say of one union on the day of the review."""

    founded_on: date | None
    last_dues: date | None
    last_activity: date | None
    last_contact: date | None
    last_confirmation: date | None
    last_member_sign: date | None
    term_to: date | None
    employers: int
    employers_closed: int
    employer_closed_on: date | None
    employer_closed_source: str
    members: int
    headcount: int | None


@dataclass(frozen=True)
class Reason:
    """One reason, in words a chair understands, and the rule it rests on."""

    code: str
    text: str
    rule: str


def _since(day: date | None) -> str:
    return f"，最近一次{day:%Y-%m-%d}" if day else "，从未有过"


def judge_union(facts: UnionFacts, limits: Thresholds, today: date) -> tuple[str | None, list[Reason]]:
    """(kind of finding, reasons), or (None, []) when the union lives.

    A paper union shows no sign at all: no dues, no activity, no answered contact, no confirmation, no member seen.
    A union that lives although its employer is gone is to be merged or moved, not dissolved.
    """
    reasons: list[Reason] = []

    def old(day: date | None, months: int) -> bool:
        return day is None or day < months_before(today, months)

    young = facts.founded_on is not None and facts.founded_on >= months_before(today, limits.activity_months)
    silent = (
        not young
        and old(facts.last_dues, limits.dues_months)
        and old(facts.last_activity, limits.activity_months)
        and old(facts.last_contact, limits.contact_months)
        and old(facts.last_confirmation, limits.contact_months)
        and old(facts.last_member_sign, limits.member_months)
    )
    closed = facts.employers > 0 and facts.employers_closed == facts.employers
    if not silent and not closed:
        return None, []
    if silent:
        reasons.append(
            Reason("no_dues", f"近{limits.dues_months}个月无缴费{_since(facts.last_dues)}", "vitality.dues_months")
        )
        reasons.append(
            Reason(
                "no_activity",
                f"近{limits.activity_months}个月无活动{_since(facts.last_activity)}",
                "vitality.activity_months",
            )
        )
        if facts.term_to and facts.term_to < months_before(today, limits.term_months):
            reasons.append(
                Reason("term", f"本届委员会{facts.term_to:%Y-%m-%d}任期届满，未换届", "vitality.term_months")
            )
    if closed and facts.employer_closed_on:
        source = f"（{facts.employer_closed_source}）" if facts.employer_closed_source else ""
        reasons.append(
            Reason(
                "employer_closed", f"单位已于{facts.employer_closed_on:%Y-%m-%d}注销或撤并{source}", "工会法第十三条"
            )
        )
    if facts.members == 0:
        reasons.append(Reason("no_members", "没有在册会员", "工会法第十一条"))
    elif facts.headcount is not None and facts.members * 100 > facts.headcount * limits.members_percent:
        reasons.append(
            Reason(
                "headcount", f"会员{facts.members}名，职工{facts.headcount}人，会员多于职工", "vitality.members_percent"
            )
        )
    return ("paper_union" if silent else "merger"), reasons


def judge_member(
    last_sign: date | None, employer_closed_on: date | None, limits: Thresholds, today: date
) -> list[Reason]:
    """Why a member looks absent; empty when a sign is fresh enough."""
    if last_sign is not None and last_sign >= months_before(today, limits.member_months):
        return []
    reasons = [
        Reason("no_sign", f"近{limits.member_months}个月无缴费、无活动{_since(last_sign)}", "vitality.member_months")
    ]
    if employer_closed_on:
        reasons.append(Reason("employer_closed", f"单位已于{employer_closed_on:%Y-%m-%d}注销", "会籍管理办法"))
    return reasons
