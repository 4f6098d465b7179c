"""How far a project is and how it stands by the calendar. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gonghui.kernel.labelled import Labelled
from gonghui.kernel.refusal import Refusal

from ..choices import Better, ProjectState

MOST_MILESTONES = 20


class Light(Labelled):
    DONE = "done", "已完成"
    DONE_LATE = "done_late", "逾期完成"
    ON_TIME = "on_time", "按期推进"
    SOON = "soon", "临近到期"
    LATE = "late", "已逾期"


TONE = {Light.DONE: "ok", Light.DONE_LATE: "ok", Light.ON_TIME: "info", Light.SOON: "wait", Light.LATE: "bad"}


@dataclass(frozen=True, slots=True)
class Standing:
    """`days` until the day when positive, since it when negative."""

    light: Light
    days: int

    @property
    def tone(self) -> str:
        return TONE[self.light]

    @property
    def words(self) -> str:
        if self.light == Light.LATE:
            return f"已逾期{-self.days}天"
        if self.light == Light.SOON:
            return "今天到期" if self.days == 0 else f"剩{self.days}天"
        return self.light.label


def standing(due_on: date, done_on: date | None, today: date, soon: int) -> Standing:
    """How something due on a day stands; near from `soon` days before."""
    if done_on is not None:
        return Standing(Light.DONE_LATE if done_on > due_on else Light.DONE, (due_on - done_on).days)
    days = (due_on - today).days
    if days < 0:
        return Standing(Light.LATE, days)
    return Standing(Light.SOON if days <= soon else Light.ON_TIME, days)


TONES = {
    ProjectState.PLANNED: "mute", ProjectState.RUNNING: "info", ProjectState.DONE: "ok", ProjectState.REOPENED: "bad",
    ProjectState.CLOSED: "ok", ProjectState.STOPPED: "mute",
}  # fmt: skip
"""The colour of a state's tag."""


def percent(steps: Iterable[tuple[int, bool]]) -> int:
    """Whole per cent of the weights that are done; nothing to do is nothing done, and only all is a hundred."""
    rows = list(steps)
    total = sum(weight for weight, _ in rows)
    return sum(weight for weight, done in rows if done) * 100 // total if total else 0


def used(spent: int, budget: int) -> int:
    """Whole per cent of the budget that was used."""
    return spent * 100 // budget if budget else 0


def check_milestones(rows: Sequence[tuple[str, date, int]], due_on: date, kept: int = 0) -> None:
    """:raises Refusal: GH-PRJ-040 none, too many, without words, with a weight of nothing, or after the due day."""
    if not 1 <= len(rows) + kept <= MOST_MILESTONES:
        raise Refusal("GH-PRJ-040", f"一个项目有1至{MOST_MILESTONES}个节点", "milestones")
    for title, day, weight in rows:
        if len(title.strip()) < 2:
            raise Refusal("GH-PRJ-040", "节点要写明做什么", "milestones")
        if weight < 1:
            raise Refusal("GH-PRJ-040", f"“{title}”的权重至少是1", "milestones")
        if day > due_on:
            raise Refusal("GH-PRJ-040", f"“{title}”晚于完成期限{due_on:%Y-%m-%d}", "milestones", "改节点的日期")


def reached(better: str, target: Decimal | None, after: Decimal | None) -> bool | None:
    """Whether an outcome came to its target; None while one of them is not known."""
    if target is None or after is None:
        return None
    return after >= target if better == Better.MORE else after <= target


FOLLOWED = {
    "title": "名称", "goal": "目标", "beneficiaries": "受益职工", "reach": "受益人数", "budget": "预算",
    "owner_title": "责任岗位", "partners": "协作单位", "due_on": "完成期限",
}  # fmt: skip
"""What a change of is written down with before and after, in reading order."""


def said(name: str, value: Any) -> str:
    """A value of a followed field as its change tells it."""
    if value in (None, ""):
        return "—"
    if name == "budget":
        return f"{value / 100:,.2f}元"
    if name == "reach":
        return f"{value:,}人"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """What differs: [{"what", "old", "new"}], in the order of FOLLOWED."""
    return [
        {"what": words, "old": said(name, before[name]), "new": said(name, after[name])}
        for name, words in FOLLOWED.items()
        if before[name] != after[name]
    ]
