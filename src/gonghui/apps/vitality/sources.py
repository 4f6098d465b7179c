"""What vitality reviews offer to be counted: the reviews, and the findings about unions and memberships."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source

from . import choices as c

REVIEWS = Source(
    key="vitality_reviews",
    title="活力体检",
    unit="次",
    model="vitality.VitalityReview",
    permission="vitality.view",
    fields=dict,
    moments={"on": Moment("体检", "as_of")},
    amounts={
        "unions": Amount("体检的工会", "家", "unions_checked"),
        "members": Amount("体检的会员", "名", "members_checked"),
    },
    shown=(
        Shown("organisation", "体检范围", kind="organisation"),
        Shown("as_of", "体检日期", kind="date"),
        Shown("unions_checked", "体检的工会", kind="number"),
        Shown("members_checked", "体检的会员", kind="number"),
    ),
    related=("organisation",),
    order=("-as_of", "pk"),
)


@cache
def _finding_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("类别", "choice", column("kind"), tuple(c.FindingKind.choices)),
        "state": Field("状态", "choice", column("state"), tuple(c.FindingState.choices)),
        "decision": Field("处置", "choice", column("decision"), tuple(c.Decision.choices)),
        "appealed": Field("提出过申诉", "yes_no", lambda operator, value, on: Q(appealed_at__isnull=not value)),
    }


FINDINGS = Source(
    key="vitality_findings",
    title="活力核查",
    unit="项",
    model="vitality.Finding",
    permission="vitality.view",
    fields=_finding_fields,
    moments={
        "listed": Moment("列入核查", "review__as_of"),
        "warned": Moment("警示", "warned_on"),
        "appealed": Moment("申诉", "appealed_at", clock=True),
        "decided": Moment("处置", "decided_on"),
    },
    distincts={"organisation": Distinct("工会", "家", "organisation_id")},
    dimensions={
        "kind": Dimension("类别", "kind", tuple(c.FindingKind.choices)),
        "state": Dimension("状态", "state", tuple(c.FindingState.choices)),
        "decision": Dimension("处置", "decision", tuple(c.Decision.choices)),
    },
    shown=(
        Shown("organisation", "工会", kind="organisation"),
        Shown("kind", "类别", cell=lambda row: row.get_kind_display()),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
        Shown("decided_on", "处置日期", kind="date"),
    ),
    address=lambda row: reverse("vitality:finding", args=[row.pk]),
    related=("organisation",),
)

SOURCES = (REVIEWS, FINDINGS)
