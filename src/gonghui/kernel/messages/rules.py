"""When a message goes to a phone, when it waits and when it is too late; what it says. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from ..manifest import MessageKind

DAY_BEGINS, DAY_ENDS = 8, 21
"""Ordinary messages go from eight in the morning to nine in the evening."""
A_DAY = 3
"""How many ordinary messages one person gets on a phone in a day; what is more waits for the next."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long to wait after each try that did not succeed; after the last one it has failed."""

KEPT = timedelta(days=400)
"""How long a message is kept: the year's round of offers, and a month."""

PLAIN = "您办理的事项有新进展"
"""All that a confidential matter says: it comes without a title."""
LOG_IN = "登录平台查看"

OVER, MUTED = "过了时间，不再发送", "本人选择不发到手机"
NO_PHONE, NO_CHANNEL, GONE = "没有登记手机号", "没有设置通知模板", "已经办过，不用再发"
UNBOUND, UNKNOWN = "没有绑定微信", "这类消息不再使用"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Send it now (neither is given), look at it again `later`, or leave it on the site because of `dropped`."""

    later: datetime | None = None
    dropped: str = ""


def _morning(moment: datetime, days: int) -> datetime:
    begins = timezone.localtime(moment).replace(hour=DAY_BEGINS, minute=0, second=0, microsecond=0)
    return begins + timedelta(days=days)


def earliest(now: datetime, *, urgent: bool, sent_today: int) -> datetime:
    """From when a phone may be disturbed."""
    hour = timezone.localtime(now).hour
    if urgent:
        return now
    if sent_today >= A_DAY or hour >= DAY_ENDS:
        return _morning(now, 1)
    return _morning(now, 0) if hour < DAY_BEGINS else now


def judge(now: datetime, *, urgent: bool, until: datetime, muted: bool, sent_today: int) -> Verdict:
    """What to do with a message that is due."""
    if muted and not urgent:
        return Verdict(dropped=MUTED)
    at = earliest(now, urgent=urgent, sent_today=sent_today)
    if at >= until:
        return Verdict(dropped=OVER)
    return Verdict(later=at) if at > now else Verdict()


def again_at(now: datetime, tries: int) -> datetime | None:
    """When to try again after so many tries; None when it is enough."""
    return now + PAUSES[tries - 1] if tries <= len(PAUSES) else None


def words(kind: MessageKind | None, title: str, until: datetime) -> str:
    """The sentence that the member reads."""
    if kind is None or not title:
        return PLAIN
    return kind.sentence.format(title=title, until=f"{timezone.localtime(until):%-m月%-d日%H:%M}")


def headline(kind: MessageKind | None, title: str) -> tuple[str, str]:
    """What and about what, short enough for the templates of short messages and of WeChat (20 characters each)."""
    if kind is None or not title:
        return PLAIN, LOG_IN
    return kind.title[:20], title if len(title) <= 20 else f"{title[:19]}…"
