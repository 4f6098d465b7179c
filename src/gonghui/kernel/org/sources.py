"""What the tree offers to be counted: organisations, acts on them, employers, groupings, twins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse

from ..conditions import Field, column, filled, full_years
from ..sources import Amount, Dimension, Distinct, Moment, Shown, Source, Span
from . import choices as c


def _in_term(operator: str, value: Any, on: date) -> Q:
    return Q(term_to__gt=on) if value else ~Q(term_to__gt=on)


@cache
def _organisation_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("类别", "choice", column("kind"), tuple(c.OrganisationKind.choices)),
        "level": Field("层级", "choice", column("level"), tuple(c.Level.choices)),
        "state": Field("现状", "choice", column("state"), tuple(c.OrganisationState.choices)),
        "union_kind": Field("工会类型", "choice", column("union_kind"), tuple(c.UnionKind.choices)),
        "unit_kind": Field("单位性质", "choice", column("unit_kind"), tuple(c.UnitKind.choices)),
        "industry": Field("所属行业", "choice", column("industry"), tuple(c.Industry.choices)),
        "years": Field("建会年数", "number", full_years("founded_on"), unit="年"),
        "in_term": Field("在任期内", "yes_no", _in_term),
        "has_uscc": Field("有统一社会信用代码", "yes_no", filled("uscc")),
        "listed": Field("在门户公开", "yes_no", column("listed")),
    }


def _organisation(row: Any) -> str:
    return reverse("membership:organisation", args=[row.pk])


ORGANISATIONS = Source(
    key="organisations",
    title="组织",
    unit="家",
    model="kernel.Organisation",
    permission="org.view",
    fields=_organisation_fields,
    always=~Q(state="withdrawn"),
    span=Span("founded_on", "ended_on", open_start=True),
    moments={"founded": Moment("成立", "founded_on"), "ended": Moment("终止", "ended_on")},
    amounts={"headcount": Amount("职工人数", "人", "headcount")},
    dimensions={
        "kind": Dimension("类别", "kind", tuple(c.OrganisationKind.choices)),
        "level": Dimension("层级", "level", tuple(c.Level.choices)),
        "industry": Dimension("所属行业", "industry", tuple(c.Industry.choices)),
        "unit_kind": Dimension("单位性质", "unit_kind", tuple(c.UnitKind.choices)),
    },
    shown=(
        Shown("self", "组织", kind="organisation", cell=lambda row: row),
        Shown("kind", "类别", cell=lambda row: row.get_kind_display()),
        Shown("founded_on", "成立", kind="date"),
        Shown("ended_on", "终止", kind="date"),
    ),
    address=_organisation,
    order=("path",),
)


@cache
def _change_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("变动", "choice", column("kind"), tuple(c.ChangeKind.choices)),
        "union_kind": Field("组织类别", "choice", column("organisation__kind"), tuple(c.OrganisationKind.choices)),
        "union_level": Field("组织层级", "choice", column("organisation__level"), tuple(c.Level.choices)),
    }


CHANGES = Source(
    key="changes",
    title="组织变动",
    unit="次",
    model="kernel.OrganisationChange",
    permission="org.view",
    fields=_change_fields,
    always=Q(undone_at__isnull=True),
    moments={"on": Moment("生效", "on")},
    distincts={"organisation": Distinct("组织", "家", "organisation_id")},
    dimensions={"kind": Dimension("变动", "kind", tuple(c.ChangeKind.choices))},
    shown=(
        Shown("organisation", "组织", kind="organisation"),
        Shown("kind", "变动", cell=lambda row: row.get_kind_display()),
        Shown("on", "生效日期", kind="date"),
        Shown("reason", "原因"),
    ),
    address=lambda row: reverse("membership:organisation-history", args=[row.organisation_id]),
    related=("organisation",),
    order=("-on", "pk"),
)


@cache
def _employer_fields() -> Mapping[str, Field]:
    return {
        "unit_kind": Field("单位性质", "choice", column("unit_kind"), tuple(c.UnitKind.choices)),
        "industry": Field("所属行业", "choice", column("industry"), tuple(c.Industry.choices)),
        "has_uscc": Field("有统一社会信用代码", "yes_no", filled("uscc")),
        "deregistered": Field("已注销", "yes_no", lambda operator, value, on: Q(deregistered_on__isnull=not value)),
    }


EMPLOYERS = Source(
    key="employers",
    title="用人单位",
    unit="家",
    model="kernel.Employer",
    permission="org.view",
    fields=_employer_fields,
    always=Q(organisation__ended_on__isnull=True),
    span=Span("organisation__founded_on", "deregistered_on", open_start=True),
    amounts={"headcount": Amount("职工人数", "人", "headcount")},
    dimensions={
        "unit_kind": Dimension("单位性质", "unit_kind", tuple(c.UnitKind.choices)),
        "industry": Dimension("所属行业", "industry", tuple(c.Industry.choices)),
    },
    shown=(
        Shown("name", "单位名称"),
        Shown("organisation", "所属工会", kind="organisation"),
        Shown("unit_kind", "单位性质", cell=lambda row: row.get_unit_kind_display()),
    ),
    related=("organisation",),
    order=("path", "pk"),
)


@cache
def _grouping_fields() -> Mapping[str, Field]:
    return {
        "group_kind": Field("分组类别", "choice", column("group__kind"), tuple(c.GroupKind.choices)),
        "union_level": Field("组织层级", "choice", column("organisation__level"), tuple(c.Level.choices)),
    }


GROUPINGS = Source(
    key="groupings",
    title="分组成员",
    unit="家",
    model="kernel.GroupMember",
    permission="org.view",
    fields=_grouping_fields,
    span=Span("valid_from", "valid_to"),
    moments={
        "began": Moment("加入", "valid_from"),
        "ended": Moment("移出", "valid_to"),
        "founded": Moment("组织成立", "organisation__founded_on"),
    },
    distincts={
        "organisation": Distinct("组织", "家", "organisation_id"),
        "group": Distinct("分组", "个", "group_id"),
        "level": Distinct("层级", "级", "organisation__level"),
    },
    dimensions={"group_kind": Dimension("分组类别", "group__kind", tuple(c.GroupKind.choices))},
    shown=(
        Shown("organisation", "组织", kind="organisation"),
        Shown("group.name", "分组"),
        Shown("valid_from", "加入", kind="date"),
    ),
    related=("organisation", "group"),
    order=("path", "pk"),
)


@cache
def _twin_fields() -> Mapping[str, Field]:
    return {"kind": Field("对应方式", "choice", column("kind"), tuple(c.TwinKind.choices))}


TWINS = Source(
    key="twins",
    title="党工共建",
    unit="对",
    model="kernel.Twin",
    permission="org.view",
    fields=_twin_fields,
    span=Span("valid_from", "valid_to"),
    moments={"began": Moment("建立", "valid_from")},
    distincts={"organisation": Distinct("组织", "家", "organisation_id")},
    dimensions={"kind": Dimension("对应方式", "kind", tuple(c.TwinKind.choices))},
    shown=(
        Shown("organisation", "组织", kind="organisation"),
        Shown("party_name", "党组织"),
        Shown("valid_from", "起始", kind="date"),
    ),
    related=("organisation",),
    order=("path", "pk"),
)

SOURCES = (ORGANISATIONS, CHANGES, EMPLOYERS, GROUPINGS, TWINS)
