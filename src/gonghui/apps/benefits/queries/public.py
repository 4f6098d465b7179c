"""What anybody may read of a draw, without a log-in: no names, no numbers of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import services
from gonghui.kernel.quotas.choices import DrawState, OfferState, SessionState
from gonghui.kernel.quotas.models import Draw, Entry
from gonghui.kernel.quotas.recompute import GENERAL
from gonghui.kernel.scope import widened


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one tag: told to whoever knows the tag."""

    tag: str
    words: str


def draw(number: str) -> Draw | None:
    return quotas.draw_of(number)


@dataclass(frozen=True, slots=True)
class Share:
    """Places of a session for everybody or for some; `last` is the last number that was served."""

    title: str
    capacity: int
    last: str


@dataclass(frozen=True, slots=True)
class Places:
    """A session with the places that the draw gives."""

    title: str
    starts_at: datetime | None
    shares: list[Share]

    @property
    def capacity(self) -> int:
        return sum(one.capacity for one in self.shares)


def places(row: Draw) -> list[Places]:
    """What is drawn: as it was locked with the list, before that as it stands now."""
    rule = row.rule.get("terms") or row.rule
    locked = {one["key"]: one["shares"] for one in rule.get("sessions", [])}
    found = []
    for session in quotas.sessions(row.offer):
        key = str(session.pk)
        if key not in locked if locked else session.state != SessionState.PLANNED:
            continue
        counters = sorted(session.counters.all(), key=lambda one: (not one.share, one.pk))
        now = [{"key": one.share or GENERAL, "title": one.title, "capacity": one.capacity} for one in counters]
        rows = locked.get(key, now)
        former = row.cutoffs.get(key, "") if len(rows) == 1 else ""  # drawn before shares had numbers of their own
        last = [row.cutoffs.get(f"{key} {one['key']}", former) for one in rows]
        shares = [
            Share(one["title"] or "不限", one["capacity"], number) for one, number in zip(rows, last, strict=True)
        ]
        found.append(Places(session.title, session.starts_at, shares))
    return found


def waits_for(row: Draw) -> str:
    """What keeps a draw from going on, for everybody to read; empty while people enter and when it is over."""
    offer, now = row.offer, services.moment()
    if offer.state != OfferState.PUBLISHED:
        return ""
    if row.state == DrawState.LISTED:
        return services.ready(row, now)
    closed = offer.closes_at is not None and offer.closes_at <= now
    return services.unsourced(row) if row.state == DrawState.COLLECTING and closed else ""


def by_tag(row: Draw, tag: str) -> Found:
    """What became of a tag, from the same rows that the draw wrote; a tag says nothing of who has it."""
    tag = tag.strip().lower()
    if not tag or len(tag) != 32 or any(one not in "0123456789abcdef" for one in tag):
        return Found(tag[:32], "签号是32位的数字和字母，在“我的票券”里可以看到")
    with widened():
        entry = Entry.objects.filter(offer=row.offer_id, tag=tag).first()
    if entry is None or entry.state == "withdrawn":
        return Found(tag, "名单里没有这个签号")
    if row.state != DrawState.DRAWN:
        return Found(tag, "已报名，还没有摇号")
    if entry.passed_why:
        return Found(tag, "轮到了，按规则没有给名额，原因登录后在项目页里看")
    words: dict[str, Any] = {"won": "摇到了", "waiting": f"候补第{entry.rank}位"}
    return Found(tag, str(words.get(entry.state, "没有摇到")))
