"""What procedures offer to be counted. Confidential applications and all that belongs to them count nowhere here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import F, Q
from django.urls import reverse

from ..conditions import Field, column
from ..sources import Amount, Dimension, Distinct, Moment, Shown, Source, Span
from . import choices as c
from . import shipped

CATEGORIES = tuple(
    (one, one) for one in ("建会", "会员", "会员服务", "规范创建", "帮扶维权", "竞赛创新", "表彰", "经费", "其他")
)
NOT_CONFIDENTIAL = Q(application__confidential=False)


@cache
def procedures() -> tuple[tuple[str, str], ...]:
    """Key and title of the procedures that ship."""
    return tuple((body["key"], body["title"]) for body in shipped.bodies())


@cache
def _application_fields() -> Mapping[str, Field]:
    return {
        "procedure": Field("办事流程", "choice", column("key"), procedures()),
        "category": Field("办事类别", "choice", column("procedure__category"), CATEGORIES),
        "state": Field("状态", "choice", column("state"), tuple(c.ApplicationState.choices)),
        "corrected": Field("补正过", "yes_no", lambda operator, value, on: _positive("corrections", value)),
        "appeal": Field("申诉", "yes_no", lambda operator, value, on: Q(appeals__isnull=not value)),
    }


def _positive(lookup: str, wanted: bool) -> Q:
    return Q(**{f"{lookup}__gt": 0}) if wanted else Q(**{lookup: 0})


def _application(row: Any) -> str:
    return reverse("procedures:desk-application", args=[getattr(row, "application_id", row.pk)])


APPLICATIONS = Source(
    key="applications",
    title="办件",
    unit="件",
    model="kernel.Application",
    permission="application.view",
    fields=_application_fields,
    always=Q(confidential=False) & ~Q(state="draft"),
    span=Span("submitted_at", "ended_at", clock=True),
    moments={
        "submitted": Moment("提交", "submitted_at", clock=True),
        "ended": Moment("办结", "ended_at", clock=True),
    },
    amounts={"corrections": Amount("补正次数", "次", "corrections")},
    distincts={
        "person": Distinct("申请人", "人", "person_id"),
        "organisation": Distinct("所在工会", "家", "organisation_id"),
        "procedure": Distinct("办事流程", "项", "key"),
    },
    dimensions={
        "category": Dimension("办事类别", "procedure__category", CATEGORIES),
        "state": Dimension("状态", "state", tuple(c.ApplicationState.choices)),
    },
    shown=(
        Shown("number", "编号"),
        Shown("procedure.title", "事项"),
        Shown("applicant_name", "申请人", personal=True),
        Shown("organisation", "所在工会", kind="organisation"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
        Shown("submitted_at", "提交", kind="time"),
    ),
    address=_application,
    related=("procedure", "organisation"),
    order=("-submitted_at", "pk"),
)


def _late(operator: str, value: Any, on: date) -> Q:
    late = Q(due_on__isnull=False, done_at__date__gt=F("due_on"))
    return late if value else ~late


@cache
def _step_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("环节", "choice", column("kind"), tuple(c.StepKind.choices)),
        "state": Field("状态", "choice", column("state"), tuple(c.StepState.choices)),
        "outcome": Field("结果", "choice", column("outcome"), tuple(c.Outcome.choices)),
        "late": Field("超过时限才办理", "yes_no", _late),
    }


STEPS = Source(
    key="steps",
    title="办理环节",
    unit="个",
    model="kernel.Step",
    permission="application.view",
    fields=_step_fields,
    always=Q(confidential=False),
    moments={"opened": Moment("进入", "opened_at", clock=True), "done": Moment("办理", "done_at", clock=True)},
    distincts={"application": Distinct("办件", "件", "application_id")},
    dimensions={
        "kind": Dimension("环节", "kind", tuple(c.StepKind.choices)),
        "outcome": Dimension("结果", "outcome", tuple(c.Outcome.choices)),
    },
    shown=(
        Shown("application.number", "编号"),
        Shown("title", "环节"),
        Shown("organisation", "办理单位", kind="organisation"),
        Shown("assignee_name", "承办人", personal=True),
        Shown("outcome", "结果", cell=lambda row: row.get_outcome_display()),
        Shown("due_on", "时限", kind="date"),
        Shown("done_at", "办理", kind="time"),
    ),
    address=_application,
    related=("application", "organisation"),
    order=("-opened_at", "pk"),
)


@cache
def _clock_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("时限", "choice", column("kind"), tuple(c.ClockKind.choices)),
        "state": Field("状态", "choice", column("state"), tuple(c.ClockState.choices)),
        "on_breach": Field("超期后果", "choice", column("on_breach"), tuple(c.Breach.choices)),
    }


CLOCKS = Source(
    key="clocks",
    title="办理时限",
    unit="个",
    model="kernel.Clock",
    permission="application.view",
    fields=_clock_fields,
    always=Q(confidential=False),
    moments={"started": Moment("开始计时", "started_on"), "due": Moment("到期", "due_on")},
    distincts={"application": Distinct("办件", "件", "application_id")},
    dimensions={
        "kind": Dimension("时限", "kind", tuple(c.ClockKind.choices)),
        "state": Dimension("状态", "state", tuple(c.ClockState.choices)),
    },
    shown=(
        Shown("application.number", "编号"),
        Shown("kind", "时限", cell=lambda row: row.title or row.get_kind_display()),
        Shown("due_on", "到期", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=_application,
    related=("application",),
    order=("-due_on", "pk"),
)


@cache
def _notice_fields() -> Mapping[str, Field]:
    return {"state": Field("状态", "choice", column("state"), tuple(c.NoticeState.choices))}


NOTICES = Source(
    key="notices",
    title="公示",
    unit="次",
    model="kernel.Notice",
    permission="application.view",
    fields=_notice_fields,
    always=NOT_CONFIDENTIAL,
    moments={"opened": Moment("开始公示", "opens_on"), "closed": Moment("公示期满", "closes_on")},
    distincts={"application": Distinct("办件", "件", "application_id")},
    dimensions={"state": Dimension("状态", "state", tuple(c.NoticeState.choices))},
    shown=(
        Shown("title", "公示", personal=True),
        Shown("issuer", "公示单位", kind="organisation"),
        Shown("opens_on", "公示起", kind="date"),
        Shown("closes_on", "公示止", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=_application,
    related=("issuer",),
    order=("-opens_on", "pk"),
)


@cache
def _objection_fields() -> Mapping[str, Field]:
    return {
        "state": Field("状态", "choice", column("state"), tuple(c.ObjectionState.choices)),
        "answered": Field("已答复", "yes_no", lambda operator, value, on: Q(answered_at__isnull=not value)),
    }


OBJECTIONS = Source(
    key="objections",
    title="公示异议",
    unit="件",
    model="kernel.Objection",
    permission="application.view",
    fields=_objection_fields,
    always=NOT_CONFIDENTIAL,
    moments={"raised": Moment("提出", "at", clock=True), "answered": Moment("答复", "answered_at", clock=True)},
    dimensions={"state": Dimension("状态", "state", tuple(c.ObjectionState.choices))},
    shown=(
        Shown("application.number", "编号"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
        Shown("at", "提出", kind="time"),
        Shown("due_on", "答复时限", kind="date"),
    ),
    address=_application,
    related=("application",),
    order=("-at", "pk"),
)

SOURCES = (APPLICATIONS, STEPS, CLOCKS, NOTICES, OBJECTIONS)
