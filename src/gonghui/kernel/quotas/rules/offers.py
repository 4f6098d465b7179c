"""When an offer is open, what it must have before it is published, how many tickets a member gets. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from ..choices import DRAWN, Allocation, OfferState
from .seeds import LEAST_SOURCES

FACTS: Final[dict[str, str]] = {
    "unserved": "近期没有享受过同类项目",
    "hardship": "建档困难职工",
    "model_worker": "劳动模范、五一劳动奖章获得者",
}
"""What a balanced draw may weigh besides conditions; `hardship` is known to the applicant alone."""
MOST_TICKETS: Final = 20
WEEK: Final = timedelta(days=7)
"""Between two lessons of a session that has several."""
_PRIVATE_KIND: Final = "counselling"
_PRIVATE_WORDS: Final = ("心理", "女职工", "妇科", "妇女", "两癌", "孕")


def told_title(kind: str, title: str, condition: Any) -> str:
    """The title of an offer in a message, which others may see on the phone; none for counselling, women's matters."""
    private = kind == _PRIVATE_KIND or _asks_sex(condition) or any(one in title for one in _PRIVATE_WORDS)
    return "" if private else title


def _asks_sex(condition: Any) -> bool:
    """Whether an audience asks for a sex, at any depth: then what it is for may be read from the title."""
    if isinstance(condition, dict):
        return condition.get("field") == "sex" or any(_asks_sex(one) for one in condition.values())
    return isinstance(condition, list) and any(_asks_sex(one) for one in condition)


def check_weights(weights: Any) -> list[tuple[str, str]]:
    """What is wrong with the rule of tickets: (field, sentence)."""
    wrong: list[tuple[str, str]] = []
    if not isinstance(weights, list) or len(weights) > 10:
        return [("weights", "签数规则最多10条")]
    keys = [row.get("key") for row in weights]
    if len(set(keys)) != len(keys):
        wrong.append(("weights", "签数规则里有两条用了同一个代号"))
    for row in weights:
        name = str(row.get("title", "")).strip()
        tickets = row.get("tickets")
        if not name:
            wrong.append(("weights", "有一条签数规则没有写名称"))
        if isinstance(tickets, bool) or not isinstance(tickets, int) or not 1 <= tickets <= 5:
            wrong.append(("weights", f"“{name}”加的签数要在1至5之间"))
        if ("condition" in row) == ("fact" in row) or ("fact" in row and row["fact"] not in FACTS):
            wrong.append(("weights", f"“{name}”要么写条件，要么选一项已知事实"))
    return wrong


def free_slot(used: Collection[int], most: int) -> int | None:
    """The first use of a limit that is not taken; None when all are."""
    return next((one for one in range(1, most + 1) if one not in used), None)


def phase(state: str, opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> str:
    """draft, coming, open, closed, allocated, ended or cancelled: what a page says about an offer now."""
    if state != OfferState.PUBLISHED or opens_at is None or closes_at is None:
        return state
    return "coming" if now < opens_at else "open" if now < closes_at else "closed"


def cancel_until(starts_at: datetime | None, hours: int) -> datetime | None:
    """Until when a member gives a place back freely; None: at any time."""
    return starts_at - timedelta(hours=hours) if starts_at else None


def nearest_lesson(starts_at: datetime, lessons: int, when: datetime) -> datetime:
    """When the lesson begins that a moment belongs to: each has the half week before and after it."""
    passed = round((when - starts_at) / WEEK)
    return starts_at + WEEK * max(0, min(passed, lessons - 1))


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of a shorter month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


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
    if allocation in DRAWN and parties + bool(outside) < LEAST_SOURCES:
        missing.append(("parties", "摇号的种子至少要有两个来源：见证方，或公开数值"))
    if allocation == Allocation.REVIEWED and not procedure:
        missing.append(("procedure", "还没有选审核流程"))
    if allocation == Allocation.RANKED and len(rows) < 2:
        missing.append(("sessions", "志愿摇号至少要有两个场次"))
    if reach == 0:
        missing.append(("audience", "面向范围里没有一个会员"))
    return missing
