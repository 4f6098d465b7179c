"""What democratic management offers to be counted: congresses, their sessions, proposals, collective contracts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source, Span

from . import choices as c


def _yes(condition: Callable[[date], Q]) -> Callable[[str, Any, date], Q]:
    """A field that is a condition of the day."""

    def build(operator: str, value: Any, on: date) -> Q:
        return condition(on) if value else ~condition(on)

    return build


def _over(on: date) -> Q:
    return Q(ends_on__lt=on) & (Q(late_until__isnull=True) | Q(late_until__lt=on))


CONGRESSES = Source(
    key="congresses",
    title="职代会",
    unit="家",
    model="democracy.Congress",
    permission="congress.view",
    fields=cache(
        lambda: {
            "kind": Field("类别", "choice", column("kind"), tuple(c.CongressKind.choices)),
            "over": Field("任期已满", "yes_no", _yes(_over)),
        }
    ),
    always=Q(state=c.CongressState.SITTING),
    span=Span("starts_on"),
    amounts={"workers": Amount("职工", "人", "workers")},
    distincts={"organisation": Distinct("工会", "家", "organisation_id")},
    dimensions={"kind": Dimension("类别", "kind", tuple(c.CongressKind.choices))},
    shown=(
        Shown("organisation", "工会", kind="organisation"),
        Shown("title", "届次"),
        Shown("workers", "职工", kind="number"),
        Shown("last_day", "本届止", kind="date"),
    ),
    address=lambda row: reverse("democracy:congress", args=[row.pk]),
    related=("organisation",),
    order=("ends_on", "pk"),
)

SESSIONS = Source(
    key="congress_sessions",
    title="职代会会议",
    unit="次",
    model="democracy.Session",
    permission="congress.view",
    fields=cache(lambda: {"kind": Field("类别", "choice", column("kind"), tuple(c.SessionKind.choices))}),
    always=Q(state=c.SessionState.CLOSED),
    moments={"held": Moment("召开", "on")},
    distincts={"organisation": Distinct("开会的工会", "家", "organisation_id")},
    dimensions={"kind": Dimension("类别", "kind", tuple(c.SessionKind.choices))},
    shown=(
        Shown("organisation", "工会", kind="organisation"),
        Shown("title", "会议"),
        Shown("on", "日期", kind="date"),
        Shown("kind", "类别", cell=lambda row: row.get_kind_display()),
    ),
    address=lambda row: reverse("democracy:session", args=[row.pk]),
    related=("organisation", "congress"),
    order=("-on", "pk"),
)

TAKEN_UP = (c.MotionState.HANDLING, c.MotionState.ANSWERED, c.MotionState.CLOSED)


def _late(on: date) -> Q:
    return Q(state=c.MotionState.HANDLING, due_on__lt=on)


MOTIONS = Source(
    key="congress_motions",
    title="职代会提案和询问",
    unit="件",
    model="democracy.Motion",
    permission="congress.view",
    fields=cache(
        lambda: {
            "kind": Field("类别", "choice", column("kind"), tuple(c.MotionKind.choices)),
            "topic": Field("内容", "choice", column("topic"), tuple(c.MotionTopic.choices)),
            "taken_up": Field("已立案交办", "yes_no", _yes(lambda on: Q(state__in=TAKEN_UP))),
            "answered": Field("已答复", "yes_no", _yes(lambda on: Q(answered_on__isnull=False, answered_on__lte=on))),
            "content": Field("提出人满意", "yes_no", _yes(lambda on: Q(content__isnull=False, content=True))),
            "late": Field("逾期未答复", "yes_no", _yes(_late)),
        }
    ),
    moments={"written": Moment("提出", "written_on"), "answered": Moment("答复", "answered_on")},
    span=Span("written_on", "closed_on"),
    distincts={"organisation": Distinct("工会", "家", "organisation_id")},
    dimensions={"topic": Dimension("内容", "topic", tuple(c.MotionTopic.choices))},
    shown=(
        Shown("organisation", "工会", kind="organisation"),
        Shown("title", "案由"),
        Shown("department", "承办部门"),
        Shown("due_on", "办理期限", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=lambda row: reverse("democracy:motion", args=[row.pk]),
    related=("organisation",),
    order=("-written_on", "pk"),
)


def _days_left(operator: str, value: Any, on: date) -> Q:
    suffix = {"is": "", "at_least": "__gte", "at_most": "__lte"}[operator]
    return Q(**{f"ends_on{suffix}": on + timedelta(days=value)})


CONTRACTS = Source(
    key="collective_contracts",
    title="集体合同",
    unit="份",
    model="democracy.Contract",
    permission="congress.view",
    fields=cache(
        lambda: {
            "kind": Field("类别", "choice", column("kind"), tuple(c.ContractKind.choices)),
            "scope": Field("范围", "choice", column("scope"), tuple(c.ContractScope.choices)),
            "days_left": Field("距到期", "number", _days_left, unit="天"),
            "published": Field("已向职工公布", "yes_no", _yes(lambda on: Q(published_on__isnull=False))),
        }
    ),
    always=Q(valid_on__isnull=False),
    span=Span("valid_on", "ended_on"),
    moments={"signed": Moment("签订", "signed_on"), "valid": Moment("生效", "valid_on")},
    amounts={"workers": Amount("覆盖职工", "人次", "workers"), "firms": Amount("覆盖企业", "家次", "firms")},
    distincts={"organisation": Distinct("工会", "家", "organisation_id")},
    dimensions={
        "kind": Dimension("类别", "kind", tuple(c.ContractKind.choices)),
        "scope": Dimension("范围", "scope", tuple(c.ContractScope.choices)),
    },
    shown=(
        Shown("organisation", "工会", kind="organisation"),
        Shown("title", "合同"),
        Shown("kind", "类别", cell=lambda row: row.get_kind_display()),
        Shown("workers", "覆盖职工", kind="number"),
        Shown("ends_on", "到期", kind="date"),
    ),
    address=lambda row: reverse("democracy:contract", args=[row.pk]),
    related=("organisation",),
    order=("ends_on", "pk"),
)

SOURCES = (CONGRESSES, SESSIONS, MOTIONS, CONTRACTS)
