"""What learning offers to be counted: quizzes and papers handed in, reading plans and days of reading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import F, Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Distinct, Moment, Shown, Source

PERSON = {"person": Distinct("会员", "名", "person_id")}

QUIZZES = Source(
    key="quizzes",
    title="答题活动",
    unit="次",
    model="learning.Quiz",
    permission="learning.view",
    fields=dict,
    always=~Q(state="draft"),
    moments={"opened": Moment("开始", "opens_on")},
    distincts={"organisation": Distinct("面向的组织", "家", "organisation_id")},
    shown=(
        Shown("title", "名称"),
        Shown("organisation", "面向的组织", kind="organisation"),
        Shown("opens_on", "开始日期", kind="date"),
        Shown("closes_on", "结束日期", kind="date"),
    ),
    address=lambda row: reverse("learning:quiz", args=[row.pk]),
    related=("organisation",),
    order=("-opens_on", "pk"),
)


def _passed(operator: str, value: Any, on: date) -> Q:
    passed = Q(score__gte=F("quiz__pass_line"))
    return passed if value else ~passed


@cache
def _attempt_fields() -> Mapping[str, Field]:
    return {
        "passed": Field("达标", "yes_no", _passed),
        "ran_out": Field("到时自动交卷", "yes_no", column("ran_out")),
    }


ATTEMPTS = Source(
    key="attempts",
    title="答卷",
    unit="份",
    model="learning.Attempt",
    permission="learning.view",
    fields=_attempt_fields,
    always=Q(handed_at__isnull=False),
    moments={"on": Moment("答题", "day")},
    amounts={"score": Amount("得分", "分", "score", decimals=1)},
    distincts=PERSON | {"quiz": Distinct("答题活动", "次", "quiz_id")},
    shown=(
        Shown("quiz.title", "答题"),
        Shown("person.name", "会员", personal=True),
        Shown("score", "得分", kind="number"),
        Shown("day", "日期", kind="date"),
    ),
    address=lambda row: reverse("learning:quiz", args=[row.quiz_id]),
    related=("quiz", "person"),
    order=("-day", "pk"),
)

PLANS = Source(
    key="reading_plans",
    title="阅读计划",
    unit="个",
    model="learning.ReadingPlan",
    permission="learning.view",
    fields=dict,
    always=~Q(state="draft"),
    moments={"opened": Moment("开始", "opens_on")},
    shown=(
        Shown("title", "名称"),
        Shown("organisation", "面向的组织", kind="organisation"),
        Shown("opens_on", "开始日期", kind="date"),
    ),
    address=lambda row: reverse("learning:plan", args=[row.pk]),
    related=("organisation",),
    order=("-opens_on", "pk"),
)


@cache
def _reading_fields() -> Mapping[str, Field]:
    return {"shared": Field("给其他会员看", "yes_no", column("shared"))}


READING = Source(
    key="reading_days",
    title="阅读打卡",
    unit="人次",
    model="learning.CheckIn",
    permission="learning.view",
    fields=_reading_fields,
    moments={"on": Moment("打卡", "on")},
    distincts=PERSON | {"plan": Distinct("阅读计划", "个", "plan_id")},
    shown=(
        Shown("plan.title", "阅读计划"),
        Shown("person.name", "会员", personal=True),
        Shown("on", "日期", kind="date"),
    ),
    address=lambda row: reverse("learning:plan", args=[row.plan_id]),
    related=("plan", "person"),
    order=("-on", "pk"),
)

SOURCES = (QUIZZES, ATTEMPTS, PLANS, READING)
