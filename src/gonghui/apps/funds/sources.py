"""What funds offer to be counted: orders for money, in fen, shown in yuan."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source

from . import choices as c


@cache
def _fields() -> Mapping[str, Field]:
    return {
        "kind": Field("类别", "choice", column("kind"), tuple(c.OrderKind.choices)),
        "state": Field("状态", "choice", column("state"), tuple(c.OrderState.choices)),
    }


GRANTS = Source(
    key="grants",
    title="以奖代补",
    unit="笔",
    model="funds.GrantOrder",
    permission="fund.view",
    fields=_fields,
    always=~Q(state="returned"),
    moments={
        "ordered": Moment("开单", "ordered_on"),
        "approved": Moment("审批", "approved_on"),
        "paid": Moment("支付", "paid_on"),
    },
    amounts={"amount": Amount("金额", "元", "amount", scale=100)},
    distincts={"organisation": Distinct("受补单位", "家", "organisation_id")},
    dimensions={
        "kind": Dimension("类别", "kind", tuple(c.OrderKind.choices)),
        "state": Dimension("状态", "state", tuple(c.OrderState.choices)),
    },
    shown=(
        Shown("number", "单号"),
        Shown("organisation", "受补单位", kind="organisation"),
        Shown("thing", "补助对象"),
        Shown("amount", "金额", kind="money"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
        Shown("paid_on", "支付日期", kind="date"),
    ),
    address=lambda row: reverse("funds:order", args=[row.pk]),
    related=("organisation",),
)

SOURCES = (GRANTS,)
