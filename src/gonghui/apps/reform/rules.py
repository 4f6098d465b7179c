"""What a day means for a task or a finding, and what a programme of pilots allows. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gonghui.kernel.labelled import Labelled
from gonghui.kernel.refusal import Refusal

MOST_GROUPS = 9


class Light(Labelled):
    """How a task stands by the calendar; `TONE` is the colour of its tag."""

    DONE = "done", "已完成"
    DONE_LATE = "done_late", "逾期完成"
    ON_TIME = "on_time", "按期推进"
    SOON = "soon", "临近到期"
    OVERDUE = "overdue", "已逾期"


TONE: dict[Light, str] = {
    Light.DONE: "ok",
    Light.DONE_LATE: "ok",
    Light.ON_TIME: "info",
    Light.SOON: "wait",
    Light.OVERDUE: "bad",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Light and days: until the day when positive, since the day when negative."""

    light: Light
    days: int

    @property
    def tone(self) -> str:
        return TONE[self.light]

    @property
    def words(self) -> str:
        """已逾期12天, 临近到期 · 剩3天; a task that is done says only that."""
        if self.light == Light.OVERDUE:
            return f"已逾期{-self.days}天"
        if self.light == Light.SOON:
            return "今天到期" if self.days == 0 else f"剩{self.days}天"
        return self.light.label


def standing(due_on: date, done_on: date | None, today: date, soon: int) -> Standing:
    """How something due on a day stands.

    :param soon: from how many days before its day it counts as near.
    """
    if done_on is not None:
        return Standing(Light.DONE_LATE if done_on > due_on else Light.DONE, (due_on - done_on).days)
    days = (due_on - today).days
    if days < 0:
        return Standing(Light.OVERDUE, days)
    return Standing(Light.SOON if days <= soon else Light.ON_TIME, days)


def reminder_due(due_on: date, last: date | None, today: date, soon: int, every: int) -> str:
    """Whether to remind today: "soon" once before the day, "overdue" after it and again every some days; else "".

    :param last: when a reminder by the clock was last sent.
    """
    if today > due_on:
        again = last is None or last <= due_on or (today - last).days >= every
        return "overdue" if again else ""
    if (due_on - today).days <= soon and (last is None or last < due_on - timedelta(days=soon)):
        return "soon"
    return ""


def percent(done: int, total: int) -> int:
    """Of the milestones; nothing to do is nothing done."""
    return done * 100 // total if total else 0


TOLD = {"title": "工作", "goal": "目标要求", "owner": "责任岗位", "due_on": "完成期限"}
"""What a version says of a task, in reading order."""


@dataclass(frozen=True, slots=True)
class VersionChange:
    """How a task differs between two versions: added, gone, or each field that says something else (old, new)."""

    number: int
    title: str
    kind: str  # added | gone | changed
    fields: tuple[tuple[str, str, str], ...] = ()


def version_changes(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[VersionChange]:
    """What changed from one version of a plan to a later one, by the numbers of its tasks, which never change hands."""
    before, after = {one["number"]: one for one in old}, {one["number"]: one for one in new}
    found = []
    for number in sorted(before.keys() | after.keys()):
        was, now = before.get(number), after.get(number)
        if was is None or now is None:
            one = now or was or {}
            found.append(VersionChange(number, one["title"], "gone" if now is None else "added"))
            continue
        pairs = ((label, str(was.get(name) or "—"), str(now.get(name) or "—")) for name, label in TOLD.items())
        differ = tuple(one for one in pairs if one[1] != one[2])
        if differ:
            found.append(VersionChange(number, now["title"], "changed", differ))
    return found


def groups_of(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The groups of a programme, tidied.

    :raises Refusal: GH-REF-040 none, too many, without a name, twice the same, or places that are no number.
    """
    found: list[dict[str, Any]] = []
    for row in rows:
        key, title = str(row.get("key", "")).strip()[:12], str(row.get("title", "")).strip()[:40]
        if not key and not title:
            continue
        places = row.get("places") or 0
        if not key or not title:
            raise Refusal("GH-REF-040", "分组要有代号和名称", "groups", "例如 A、核心样本企业")
        if not isinstance(places, int) or isinstance(places, bool) or not 0 <= places <= 9999:
            raise Refusal("GH-REF-040", f"“{title}”的名额要写成整数", "groups", "不限名额的留空")
        if key in {one["key"] for one in found}:
            raise Refusal("GH-REF-040", f"分组代号“{key}”写了两次", "groups", "每组一个代号")
        found.append({"key": key, "title": title, "places": places})
    if not 1 <= len(found) <= MOST_GROUPS:
        raise Refusal("GH-REF-040", f"试点方案要有1至{MOST_GROUPS}个分组", "groups", "不分组的写一个，例如 N、试点单位")
    return found
