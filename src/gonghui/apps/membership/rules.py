"""How the situation of an organisation or a member is put into one sentence. No ORM, no clock, no request."""

from __future__ import annotations

from datetime import date

from gonghui.kernel.org.choices import OrganisationKind, OrganisationState

SOON_DAYS = 90


def term_words(term_to: date | None, today: date) -> tuple[str, str]:
    """(words, tone) of a committee's term; empty while it runs on."""
    if term_to is None:
        return "", ""
    left = (term_to - today).days
    if left < 0:
        return f"任期已满{-left:,}天", "bad"
    if left == 0:
        return "任期今天届满", "bad"
    if left < SOON_DAYS:
        return f"任期还有{left}天届满", "wait"
    return "", ""


def situation(
    *,
    kind: str,
    state: str,
    members: int,
    below: int,
    term_to: date | None,
    ended_on: date | None,
    today: date,
) -> str:
    """What a page about an organisation says first."""
    if state in (OrganisationState.DISSOLVED, OrganisationState.MERGED, OrganisationState.WITHDRAWN):
        return f"{OrganisationState(state).label}，{ended_on}生效" if ended_on else OrganisationState(state).label
    parts = [f"会员{members:,}名" if members else "还没有会员"]
    if kind == OrganisationKind.FEDERATION or below > 0:
        parts.append(f"下级组织{below:,}家" if below else "还没有下级组织")
    words, _ = term_words(term_to, today)
    if words:
        parts.append(words)
    if state == OrganisationState.FOUNDING:
        parts.insert(0, "筹建中")
    return "，".join(parts)


def carried(organisations: int, members: int) -> str:
    """3个下级组织、286名会员: what an act takes along, the organisation itself left out."""
    parts = []
    if organisations > 1:
        parts.append(f"{organisations - 1:,}个下级组织")
    parts.append(f"{members:,}名会员")
    return "、".join(parts)
