"""When an offer is open, what it must have before it is published, how many tickets a member gets. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from ..choices import DRAWN, Allocation, OfferState

CONFIRMS_MOST: Final = 168
"""Hours that a waiting member may at most take to answer: a week."""

WEIGHTS: Final[dict[str, str]] = {
    "unserved": "一年内没有享受过同类项目",
    "front_line": "一线职工",
    "new_form": "新就业形态劳动者",
    "hardship": "建档困难职工",
    "distance": "工作单位离市区较远",
}
"""What may add tickets in a balanced draw; how many each adds is a local rule (`quotas.weight_<key>`)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a balanced draw asks about one applicant."""

    served_before: bool = False
    front_line: bool = False
    new_form: bool = False
    hardship: bool = False
    distant: bool = False


def balanced_tickets(standing: Standing, weights: dict[str, int]) -> tuple[int, list[str]]:
    """One ticket for everybody, more by the published rule; the reasons are for the applicant alone."""
    holds = {
        "unserved": not standing.served_before, "front_line": standing.front_line, "new_form": standing.new_form,
        "hardship": standing.hardship, "distance": standing.distant,
    }  # fmt: skip
    reasons = [key for key, true in holds.items() if true and weights.get(key, 0) > 0]
    return 1 + sum(weights[key] for key in reasons), reasons


def phase(state: str, opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> str:
    """draft, coming, open, closed, allocated, ended or cancelled: what a page says about an offer now."""
    if state != OfferState.PUBLISHED or opens_at is None or closes_at is None:
        return state
    return "coming" if now < opens_at else "open" if now < closes_at else "closed"


def cancel_until(starts_at: datetime | None, hours: int, closes_at: datetime | None) -> datetime | None:
    """Until when a member gives a place back freely; None: at any time."""
    return starts_at - timedelta(hours=hours) if starts_at else None


def barred_until(missed: Sequence[date], most: int, days: int) -> date | None:
    """After `most` no-shows the member waits `days` from the last one (冷却期); None when nothing bars."""
    if most <= 0 or days <= 0 or len(missed) < most:
        return None
    return max(missed) + timedelta(days=days)


def check_publishable(
    *,
    title: str,
    allocation: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
    sessions: Iterable[dict[str, Any]],
    parties: int,
    outside: str,
    procedure: str,
    reach: int,
) -> list[tuple[str, str]]:
    """What is still missing before an offer may be published: (field, sentence), all at once."""
    missing: list[tuple[str, str]] = []
    rows = list(sessions)
    if not title.strip():
        missing.append(("title", "还没有名称"))
    if opens_at is None or closes_at is None:
        missing.append(("opens_at", "还没有填报名的起止时间"))
    elif closes_at <= opens_at:
        missing.append(("closes_at", "截止时间要晚于开始时间"))
    elif closes_at <= now:
        missing.append(("closes_at", "截止时间已经过去"))
    if not rows:
        missing.append(("sessions", "还没有场次"))
    for row in rows:
        if not row["capacity"]:
            missing.append(("sessions", f"“{row['title']}”还没有名额"))
        if row["starts_at"] and closes_at and allocation in DRAWN and row["starts_at"] <= closes_at:
            missing.append(("closes_at", f"“{row['title']}”在报名截止以前就开始了，摇号来不及"))
    if allocation in DRAWN and parties + bool(outside) < 2:
        missing.append(("parties", "摇号的种子至少要有两个来源：见证方，或公开数值"))
    if allocation == Allocation.REVIEWED and not procedure:
        missing.append(("procedure", "还没有选审核流程"))
    if allocation == Allocation.RANKED and len(rows) < 2:
        missing.append(("sessions", "志愿摇号至少要有两个场次"))
    if reach == 0:
        missing.append(("audience", "面向范围里没有一个会员"))
    return missing
