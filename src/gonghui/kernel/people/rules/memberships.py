"""When a membership may begin and end, and what its facts may be. No ORM, no clock, no request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from gonghui.kernel.people.choices import (
    MembershipEnd,
    NewFormOccupation,
    RetentionReason,
    WorkerKind,
)
from gonghui.kernel.people.rules.identity import WORKING_AGE
from gonghui.kernel.refusal import Refusal

MAX_PLATFORMS = 8
_TEXT_LIMITS = {
    "occupation": ("职业工种", 60),
    "employer_name": ("用人单位", 120),
    "department": ("部门班组", 80),
    "staff_no": ("工号", 40),
    "card_no": ("会员号", 20),
}
FACTS = ("worker_kind", "new_form", "platforms", *_TEXT_LIMITS)
"""What a union may say about a membership besides its dates and reasons."""

ENDED_ONE_BY_ONE = frozenset(
    {
        MembershipEnd.LEFT,
        MembershipEnd.DEATH,
        MembershipEnd.EXPELLED,
        MembershipEnd.LAPSED,
        MembershipEnd.PAPER_MEMBER,
        MembershipEnd.DUPLICATE,
        MembershipEnd.CORRECTION,
    }
)
"""Reasons that end a membership without opening another one."""

_KIND_WHEN_RETAINED = {
    RetentionReason.RETIRED: WorkerKind.RETIRED,
    RetentionReason.JOBLESS: WorkerKind.UNEMPLOYED,
    RetentionReason.EMPLOYER_CLOSED: WorkerKind.UNEMPLOYED,
}


def card_number(person_id: int) -> str:
    """The number that stays with a member through every transfer (一次入会、动态接转)."""
    return f"GH{person_id:010d}"


def check_not_future(on: date, today: date, field: str = "on") -> None:
    """:raises Refusal: GH-PER-501."""
    if on > today:
        raise Refusal("GH-PER-501", f"日期{on:%Y-%m-%d}晚于今天", field, "填写已经发生的日期")


def check_admission(*, joined_on: date, on: date, today: date, birth: date | None, last_end: date | None) -> None:
    """Dates of a new membership.

    :raises Refusal: GH-PER-501 future, 502 joined after the membership begins, 503 before the end of the last
        membership, 504 younger than the working age.
    """
    check_not_future(on, today)
    if joined_on > on:
        raise Refusal(
            "GH-PER-502",
            f"入会日期{joined_on:%Y-%m-%d}晚于本会会籍起始日期{on:%Y-%m-%d}",
            "joined_on",
            "入会日期是第一次加入工会的日期，不晚于本会会籍起始日期",
        )
    if last_end is not None and on < last_end:
        raise Refusal(
            "GH-PER-503",
            f"上一段会籍到{last_end:%Y-%m-%d}才终止，新会籍不能从{on:%Y-%m-%d}开始",
            "on",
            f"起始日期改为{last_end:%Y-%m-%d}或以后",
        )
    if birth is not None and joined_on < _birthday(birth, WORKING_AGE):
        raise Refusal(
            "GH-PER-504",
            f"入会日期{joined_on:%Y-%m-%d}时未满{WORKING_AGE}周岁",
            "joined_on",
            "核对入会日期和证件上的出生日期",
        )


def check_end(*, on: date, valid_from: date, today: date) -> None:
    """:raises Refusal: GH-PER-501 future, 505 before the membership began."""
    check_not_future(on, today)
    if on < valid_from:
        raise Refusal(
            "GH-PER-505",
            f"终止日期{on:%Y-%m-%d}早于会籍起始日期{valid_from:%Y-%m-%d}",
            "on",
            f"填写{valid_from:%Y-%m-%d}或以后的日期",
        )


def check_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a membership as they are stored; only those given are returned.

    :raises Refusal: GH-PER-510 unknown field, 511 not in the code list, 512 too long, 513 too many platforms.
    """
    clean: dict[str, Any] = {}
    for name, value in facts.items():
        if name == "worker_kind":
            clean[name] = _coded(WorkerKind, value, name, "用工类别")
        elif name == "new_form":
            clean[name] = _coded(NewFormOccupation, value, name, "新就业形态职业") if value else ""
        elif name == "platforms":
            clean[name] = check_platforms(value)
        elif name in _TEXT_LIMITS:
            clean[name] = _short(str(value or ""), name)
        else:
            raise Refusal("GH-PER-510", f"会籍资料没有“{name}”这一项", name)
    return clean


def check_platforms(platforms: Iterable[str]) -> list[str]:
    """Platforms without blanks and repetitions, in the order given; one member may work for several."""
    names = platforms.replace("、", ",").replace("，", ",").split(",") if isinstance(platforms, str) else platforms
    clean = list(dict.fromkeys(name for name in (" ".join(str(p).split()) for p in names) if name))
    if len(clean) > MAX_PLATFORMS:
        raise Refusal("GH-PER-513", f"平台有{len(clean)}个，最多{MAX_PLATFORMS}个", "platforms")
    for name in clean:
        if len(name) > 40:
            raise Refusal("GH-PER-512", f"平台名称有{len(name)}个字，最多40个字", "platforms")
    return clean


def kind_when_retained(reason: RetentionReason, before: str) -> str:
    """Retired and jobless members are counted as such while their membership is retained."""
    return _KIND_WHEN_RETAINED.get(reason, before)


def _coded(codes: Any, value: object, field: str, label: str) -> str:
    try:
        return str(codes(value))
    except ValueError:
        raise Refusal("GH-PER-511", f"{label}没有“{str(value)[:20]}”这一项", field, "从列表中选择") from None


def _short(text: str, field: str) -> str:
    label, limit = _TEXT_LIMITS[field]
    text = " ".join(text.replace("\x00", "").split())
    if len(text) > limit:
        raise Refusal("GH-PER-512", f"{label}有{len(text)}个字，最多{limit}个字", field)
    return text


def _birthday(birth: date, years: int) -> date:
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return birth.replace(year=birth.year + years, day=28)
