"""What anybody may read of a draw, without a log-in: no names, no numbers of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import services
from gonghui.kernel.quotas.choices import DrawState
from gonghui.kernel.quotas.models import Draw, Entry, Offer, Session
from gonghui.kernel.scope import widened


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one tag: told to whoever knows the tag."""

    tag: str
    words: str


def draw(number: str) -> Draw | None:
    return quotas.draw_of(number)


def sessions(offer: Offer) -> list[Session]:
    return list(quotas.sessions(offer))


def ready(row: Draw) -> str:
    """Why it cannot run yet."""
    return services.ready(row, services.moment())


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
    words: dict[str, Any] = {"won": "摇到了", "waiting": f"候补第{entry.rank}位"}
    return Found(tag, str(words.get(entry.state, "没有摇到")))
