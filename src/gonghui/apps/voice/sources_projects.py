"""What projects offer to be counted, and officers' effort beside workers' satisfaction; sources.py takes it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import F, Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source, Span

from . import choices as c

STATES = tuple(c.ProjectState.choices)


def _yes(condition: Callable[[date], Q]) -> Callable[[str, Any, date], Q]:
    def build(operator: str, value: Any, on: date) -> Q:
        return condition(on) if value else ~condition(on)

    return build


def _late(on: date) -> Q:
    """Due by then and not done by then; by the day as it stands now."""
    done = Q(done_on__isnull=False, done_on__lte=on)
    return Q(due_on__lt=on) & ~done & ~Q(state=c.ProjectState.STOPPED)


def _part(on: date) -> Q:
    return Q(parent__isnull=False)


def _kept(on: date) -> Q:
    """Done by the day that was announced first."""
    return Q(done_on__isnull=False, done_on__lte=F("first_due_on"))


@cache
def _project_fields() -> Mapping[str, Field]:
    return {
        "state": Field("状态", "choice", column("state"), STATES),
        "listed": Field("列入年度清单", "yes_no", column("listed")),
        "part": Field("下级承担", "yes_no", _yes(_part)),
        "late": Field("逾期", "yes_no", _yes(_late)),
        "kept": Field("按最初期限完成", "yes_no", _yes(_kept)),
    }


PROJECTS = Source(
    key="voice_projects",
    title="实事项目",
    unit="个",
    model="voice.Project",
    permission="voice.view",
    fields=_project_fields,
    span=Span("made_at", clock=True),
    moments={
        "made": Moment("立项", "made_at", clock=True),
        "done": Moment("完成", "done_on"),
        "closed": Moment("办结", "closed_on"),
    },
    amounts={
        "budget": Amount("预算", "元", "budget", scale=100),
        "spent": Amount("已使用", "元", "spent", scale=100),
        "reach": Amount("受益人数", "人", "reach"),
    },
    distincts={"organisation": Distinct("实施单位", "家", "organisation_id")},
    dimensions={"state": Dimension("状态", "state", STATES)},
    shown=(
        Shown("title", "项目"),
        Shown("organisation", "实施单位", kind="organisation"),
        Shown("due_on", "完成期限", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=lambda row: reverse("voice:project", args=[row.pk]),
    related=("organisation",),
    order=("due_on", "pk"),
)

EVALUATIONS = Source(
    key="voice_evaluations",
    title="项目评价",
    unit="次",
    model="voice.Evaluation",
    permission="voice.view",
    fields=cache(lambda: {"passed": Field("达到要求", "yes_no", column("passed"))}),
    always=Q(score__isnull=False),
    moments={"published": Moment("公布", "published_on")},
    amounts={
        "score": Amount("满意度", "分", "score", decimals=2),
        "answered": Amount("参加评价", "人", "answered"),
        "solved": Amount("认为已解决", "人", "solved"),
    },
    distincts={"project": Distinct("项目", "个", "project_id")},
    dimensions={"round": Dimension("第几次", "round")},
    shown=(
        Shown("project", "项目", cell=lambda row: row.project.title),
        Shown("round", "第几次", kind="number"),
        Shown("answered", "参加评价", kind="number"),
        Shown("score", "满意度"),
        Shown("published_on", "公布日期", kind="date"),
    ),
    address=lambda row: reverse("voice:project", args=[row.project_id]),
    related=("project",),
    order=("-published_on", "pk"),
)

EFFORT_ACTS = Source(
    key="voice_effort_acts",
    title="工作人员办理意见的次数",
    unit="次",
    model="voice.VoiceAct",
    permission="voice.view",
    fields=cache(lambda: {"act": Field("办理", "choice", column("act"), tuple(c.Act.choices))}),
    always=Q(account_id__isnull=False, voice__sensitive=""),
    moments={"on": Moment("办理", "on")},
    dimensions={"act": Dimension("办理", "act", tuple(c.Act.choices))},
    shown=(
        Shown("on", "日期", kind="date"),
        Shown("act", "办理", cell=lambda row: row.get_act_display()),
        Shown("by", "单位"),
    ),
    order=("-on", "pk"),
)

PROJECT_SOURCES = (PROJECTS, EVALUATIONS, EFFORT_ACTS)
