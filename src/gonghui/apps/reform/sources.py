"""What plans offer to be counted: tasks, pilots, the 三员 and their visits, brand projects, findings, cases, towns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Dimension, Distinct, Moment, Shown, Source, Span

from . import choices as c
from .models import Brand, Guide
from .queries.pilots import in_place

Build = Callable[[str, Any, date], Q]


def _yes(condition: Callable[[date], Q]) -> Build:
    """A field that is a condition of the day."""

    def build(operator: str, value: Any, on: date) -> Q:
        return condition(on) if value else ~condition(on)

    return build


def _late(on: date) -> Q:
    """Late is what was neither done nor handed in by then: how long the answer takes is not its owner's delay."""
    waiting = (Q(done_on__isnull=True) | Q(done_on__gt=on)) & (Q(submitted_on__isnull=True) | Q(submitted_on__gt=on))
    return Q(due_on__lt=on) & waiting


def _owned(on: date) -> Q:
    return Q(post__isnull=False) & (Q(post__valid_to__isnull=True) | Q(post__valid_to__gt=on))


def _finished(on: date) -> Q:
    return Q(done_on__isnull=False, done_on__lte=on)


@cache
def _item_fields() -> Mapping[str, Field]:
    return {
        "key": Field("重点工作", "yes_no", column("key")),
        "state": Field("状态", "choice", column("state"), tuple(c.ItemState.choices)),
        "owned": Field("有责任岗位", "yes_no", _yes(_owned)),
        "handed": Field("上级下达", "yes_no", lambda operator, value, on: Q(parent__isnull=not value)),
        "done": Field("已完成", "yes_no", _yes(_finished)),
        "late": Field("逾期未完成", "yes_no", _yes(_late)),
    }


ITEMS = Source(
    key="reform_items",
    title="计划任务",
    unit="项",
    model="reform.PlanItem",
    permission="reform.view",
    fields=_item_fields,
    always=Q(in_force_on__isnull=False),
    span=Span("in_force_on", "ended_on"),
    moments={
        "set": Moment("下达", "in_force_on"),
        "due": Moment("到期", "due_on"),
        "done": Moment("完成", "done_on"),
    },
    distincts={
        "organisation": Distinct("责任单位", "家", "organisation_id"),
        "task": Distinct("工作（连同分解）", "项", "task"),
    },
    dimensions={"state": Dimension("状态", "state", tuple(c.ItemState.choices))},
    shown=(
        Shown("title", "工作"),
        Shown("organisation", "责任单位", kind="organisation"),
        Shown("owner_title", "责任岗位"),
        Shown("due_on", "完成期限", kind="date"),
        Shown("done_on", "完成日期", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=lambda row: reverse("reform:item", args=[row.pk]),
    related=("organisation",),
    order=("due_on", "pk"),
)


def _exact(lookup: str) -> Build:
    """A field of codes that are data: one of some words, letter for letter; no code is empty."""

    def build(operator: str, value: Any, on: date) -> Q:
        return Q(**{f"{lookup}__in": list(value) or [""]})

    return build


def _guided(on: date) -> Q:
    return Q(pk__in=Guide.objects.filter(in_place(on), role=c.GuideRole.GUIDE).values("pilot_id"))


@cache
def _pilot_fields() -> Mapping[str, Field]:
    return {
        "tier": Field("层级", "choice", column("tier"), tuple(c.Tier.choices)),
        "group": Field("分组代号", "text", _exact("group")),
        "guided": Field("有指导员", "yes_no", _yes(_guided)),
    }


PILOTS = Source(
    key="reform_pilots",
    title="产改试点",
    unit="家",
    model="reform.Pilot",
    permission="reform.view",
    fields=_pilot_fields,
    span=Span("enrolled_on", "left_on"),
    moments={"enrolled": Moment("列入", "enrolled_on"), "left": Moment("退出", "left_on")},
    distincts={
        "organisation": Distinct("试点单位", "家", "organisation_id"),
        "tier": Distinct("层级", "级", "tier"),
    },
    dimensions={
        "tier": Dimension("层级", "tier", tuple(c.Tier.choices)),
        "group": Dimension("分组", "group_title"),
    },
    shown=(
        Shown("organisation", "试点单位", kind="organisation"),
        Shown("tier", "层级", cell=lambda row: row.get_tier_display()),
        Shown("group_title", "分组"),
        Shown("enrolled_on", "列入日期", kind="date"),
        Shown("left_on", "退出日期", kind="date"),
    ),
    address=lambda row: reverse("reform:pilot", args=[row.pk]),
    related=("organisation",),
    order=("-enrolled_on", "pk"),
)

GUIDES = Source(
    key="reform_guides",
    title="产改三员",
    unit="人次",
    model="reform.Guide",
    permission="reform.view",
    fields=cache(lambda: {"role": Field("身份", "choice", column("role"), tuple(c.GuideRole.choices))}),
    span=Span("valid_from", "valid_to"),
    moments={"from": Moment("担任", "valid_from")},
    distincts={
        "person": Distinct("人员", "名", "account_id"),
        "pilot": Distinct("试点", "家", "pilot_id"),
    },
    dimensions={"role": Dimension("身份", "role", tuple(c.GuideRole.choices))},
    shown=(
        Shown("person_name", "姓名", personal=True),
        Shown("role", "身份", cell=lambda row: row.get_role_display()),
        Shown("unit", "所在单位"),
        Shown("valid_from", "起", kind="date"),
        Shown("valid_to", "止", kind="date"),
    ),
    address=lambda row: reverse("reform:pilot", args=[row.pilot_id]),
)

VISITS = Source(
    key="reform_visits",
    title="产改走访",
    unit="次",
    model="reform.Visit",
    permission="reform.view",
    fields=cache(
        lambda: {
            "role": Field("身份", "choice", column("role"), tuple(c.GuideRole.choices)),
            "way": Field("方式", "choice", column("way"), tuple(c.VisitWay.choices)),
        }
    ),
    moments={"on": Moment("走访", "on")},
    distincts={
        "pilot": Distinct("走访的试点", "家", "pilot_id"),
        "organisation": Distinct("走访的单位", "家", "pilot__organisation_id"),
    },
    dimensions={
        "role": Dimension("身份", "role", tuple(c.GuideRole.choices)),
        "way": Dimension("方式", "way", tuple(c.VisitWay.choices)),
    },
    shown=(
        Shown("on", "走访日期", kind="date"),
        Shown("role", "身份", cell=lambda row: row.get_role_display()),
        Shown("way", "方式", cell=lambda row: row.get_way_display()),
    ),
    address=lambda row: reverse("reform:pilot", args=[row.pilot_id]),
    order=("-on", "pk"),
)

BRANDS = Source(
    key="reform_brands",
    title="品牌项目",
    unit="个",
    model="reform.Brand",
    permission="reform.view",
    fields=cache(lambda: {"kind": Field("类别", "choice", column("kind"), tuple(c.BrandKind.choices))}),
    always=Q(registered_on__isnull=False),
    span=Span("registered_on", "retired_on"),
    moments={"registered": Moment("登记", "registered_on")},
    distincts={"organisation": Distinct("申报单位", "家", "organisation_id")},
    dimensions={"kind": Dimension("类别", "kind", tuple(c.BrandKind.choices))},
    shown=(
        Shown("title", "品牌名称"),
        Shown("organisation", "申报单位", kind="organisation"),
        Shown("kind", "类别", cell=lambda row: row.get_kind_display()),
        Shown("registered_on", "登记日期", kind="date"),
    ),
    address=lambda row: reverse("reform:brand", args=[row.pk]),
    related=("organisation",),
    order=("-registered_on", "pk"),
)


def _has_brand(on: date) -> Q:
    held = Brand.objects.filter(kind=c.BrandKind.TOWN, registered_on__lte=on)
    held = held.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=on))
    return Q(pk__in=held.values("organisation_id"))


TOWNS = Source(
    key="reform_towns",
    title="乡镇街道工会",
    unit="家",
    model="kernel.Organisation",
    permission="reform.view",
    fields=cache(lambda: {"branded": Field("有一镇一品", "yes_no", _yes(_has_brand))}),
    always=Q(kind="federation", level="township") & ~Q(state="withdrawn"),
    span=Span("founded_on", "ended_on", open_start=True),
    shown=(Shown("self", "乡镇街道工会", kind="organisation", cell=lambda row: row),),
    address=lambda row: reverse("membership:organisation", args=[row.pk]),
    order=("path",),
)


def _overdue(on: date) -> Q:
    return Q(due_on__lt=on) & (Q(answered_on__isnull=True) | Q(answered_on__gt=on))


@cache
def _issue_fields() -> Mapping[str, Field]:
    return {
        "state": Field("状态", "choice", column("state"), tuple(c.IssueState.choices)),
        "visit": Field("走访中提出", "yes_no", lambda operator, value, on: Q(visit__isnull=not value)),
        "late": Field("逾期未整改", "yes_no", _yes(_overdue)),
    }


ISSUES = Source(
    key="reform_issues",
    title="督查走访问题",
    unit="个",
    model="reform.Issue",
    permission="reform.view",
    fields=_issue_fields,
    span=Span("raised_on", "closed_on"),
    moments={
        "raised": Moment("提出", "raised_on"),
        "closed": Moment("销号", "closed_on"),
    },
    distincts={"organisation": Distinct("整改单位", "家", "organisation_id")},
    dimensions={"state": Dimension("状态", "state", tuple(c.IssueState.choices))},
    shown=(
        Shown("text", "问题"),
        Shown("organisation", "整改单位", kind="organisation"),
        Shown("raised_on", "提出日期", kind="date"),
        Shown("due_on", "整改期限", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=lambda row: reverse("reform:issue", args=[row.pk]),
    related=("organisation",),
    order=("due_on", "pk"),
)

CASES = Source(
    key="reform_cases",
    title="产改案例",
    unit="篇",
    model="reform.ShowcaseCase",
    permission="reform.view",
    fields=cache(lambda: {"state": Field("状态", "choice", column("state"), tuple(c.CaseState.choices))}),
    always=Q(submitted_on__isnull=False),
    moments={"submitted": Moment("报送", "submitted_on"), "decided": Moment("评选", "decided_on")},
    distincts={"organisation": Distinct("申报单位", "家", "organisation_id")},
    dimensions={"state": Dimension("状态", "state", tuple(c.CaseState.choices))},
    shown=(
        Shown("title", "标题"),
        Shown("organisation", "申报单位", kind="organisation"),
        Shown("submitted_on", "报送日期", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=lambda row: reverse("reform:case", args=[row.pk]),
    related=("organisation",),
    order=("-submitted_on", "pk"),
)

SOURCES = (ITEMS, PILOTS, GUIDES, VISITS, BRANDS, TOWNS, ISSUES, CASES)
