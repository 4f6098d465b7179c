"""What voices offer to be counted; sensitive ones are counted nowhere, so that no number tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source, Span

from . import choices as c


def _yes(condition: Q) -> Any:
    """A field that is a condition."""

    def build(operator: str, value: Any, on: date) -> Q:
        return condition if value else ~condition

    return build


@cache
def _fields() -> Mapping[str, Field]:
    return {
        "state": Field("状态", "choice", column("state"), tuple(c.State.choices)),
        "kind": Field("类别", "choice", column("kind"), tuple(c.Kind.choices)),
        "nature": Field("性质", "choice", column("nature"), tuple(c.Nature.choices)),
        "channel": Field("来源", "choice", column("channel"), tuple(c.Channel.choices)),
        "visibility": Field("公开范围", "choice", column("visibility"), tuple(c.Visibility.choices)),
        "outcome": Field("答复结果", "choice", column("outcome"), tuple(c.Outcome.choices)),
        "answered": Field("已答复", "yes_no", _yes(Q(first_answered_on__isnull=False))),
        "on_time": Field("没有逾期过", "yes_no", _yes(Q(breaches=0))),
        "reopened": Field("反映过未解决", "yes_no", _yes(Q(reopened_on__isnull=False))),
        "promised": Field("承诺过期限", "yes_no", _yes(Q(promised_on__isnull=False))),
        "kept": Field("已兑现", "yes_no", _yes(Q(kept_on__isnull=False))),
        "rated": Field("评价过", "yes_no", _yes(Q(score__isnull=False))),
        "satisfied": Field("评价满意", "yes_no", _yes(Q(score__gte=4))),
    }


VOICES = Source(
    key="voices",
    title="职工意见",
    unit="条",
    model="voice.Voice",
    permission="voice.view",
    fields=_fields,
    always=Q(sensitive=""),
    span=Span("received_on", "closed_on"),
    moments={
        "received": Moment("提出", "received_on"),
        "answered": Moment("首次答复", "first_answered_on"),
        "closed": Moment("办结", "closed_on"),
    },
    amounts={"score": Amount("评分", "分", "score", decimals=2)},
    distincts={"organisation": Distinct("反映的单位", "家", "organisation_id")},
    dimensions={
        "kind": Dimension("类别", "kind", tuple(c.Kind.choices)),
        "nature": Dimension("性质", "nature", tuple(c.Nature.choices)),
        "channel": Dimension("来源", "channel", tuple(c.Channel.choices)),
        "state": Dimension("状态", "state", tuple(c.State.choices)),
    },
    shown=(
        Shown("number", "编号"),
        Shown("organisation", "反映的单位", kind="organisation"),
        Shown("handler_name", "办理单位"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
        Shown("received_on", "提出", kind="date"),
    ),
    address=lambda row: reverse("voice:one", args=[row.pk]),
    related=("organisation",),
    order=("-received_on", "number"),
)


@cache
def _visit_fields() -> Mapping[str, Field]:
    return {"kind": Field("类型", "choice", column("kind"), tuple(c.VisitKind.choices))}


VISITS = Source(
    key="voice_visits",
    title="走访",
    unit="次",
    model="voice.Visit",
    permission="voice.view",
    fields=_visit_fields,
    moments={"visited": Moment("走访", "visited_on")},
    amounts={"met": Amount("见到的职工", "人次", "met"), "hours": Amount("用时", "小时", "hours", decimals=1)},
    distincts={"target": Distinct("走访的单位", "家", "target_id")},
    dimensions={"kind": Dimension("类型", "kind", tuple(c.VisitKind.choices))},
    shown=(
        Shown("target", "到访单位", kind="organisation"),
        Shown("kind", "类型", cell=lambda row: row.get_kind_display()),
        Shown("visited_on", "日期", kind="date"),
        Shown("met", "见到职工"),
    ),
    address=lambda row: reverse("voice:visit", args=[row.pk]),
    related=("target",),
    order=("-visited_on", "pk"),
)

VOICE_SOURCES = (VOICES, VISITS)
