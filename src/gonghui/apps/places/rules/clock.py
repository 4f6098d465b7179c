"""The clock of a repair: how much is left, how long it took, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

SOON = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Left:
    words: str
    tone: str
    late: bool


def span(passed: timedelta) -> str:
    """5小时, 40分钟, 2天3小时; never less than a minute."""
    minutes = max(1, int(passed.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}分钟"
    hours = minutes // 60
    if hours < 48:
        return f"{hours}小时"
    return f"{hours // 24}天{hours % 24}小时" if hours % 24 else f"{hours // 24}天"


def left(due: datetime, now: datetime) -> Left:
    """What is said of a ticket that is not answered yet."""
    if now >= due:
        return Left(f"超时{span(now - due)}", "bad", True)
    tone = "wait" if due - now <= SOON else ""
    return Left(f"还剩{span(due - now)}", tone, False)
