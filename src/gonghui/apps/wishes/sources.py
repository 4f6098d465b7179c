"""What wishes offer to be counted."""

from __future__ import annotations

from functools import cache

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source

from . import choices as c

WISHES = Source(
    key="wishes",
    title="微心愿",
    unit="个",
    model="wishes.Wish",
    permission="wish.view",
    fields=cache(
        lambda: {
            "state": Field("状态", "choice", column("state"), tuple(c.WishState.choices)),
            "category": Field("类别", "choice", column("category"), tuple(c.Category.choices)),
        }
    ),
    moments={
        "asked": Moment("许愿", "asked_on"),
        "shown": Moment("展示", "shown_on"),
        "done": Moment("实现", "done_on"),
    },
    amounts={"price": Amount("价格", "元", "price", scale=100, decimals=2)},
    distincts={"organisation": Distinct("工会", "家", "organisation_id")},
    dimensions={"category": Dimension("类别", "category", tuple(c.Category.choices))},
    shown=(
        Shown("number", "编号"),
        Shown("title", "心愿"),
        Shown("organisation", "所在工会", kind="organisation"),
        Shown("asked_on", "许愿日期", kind="date"),
        Shown("done_on", "实现日期", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=lambda row: reverse("wishes:one", args=[row.pk]),
    related=("organisation",),
    order=("-asked_on", "pk"),
)

CLAIMS = Source(
    key="wish_claims",
    title="微心愿认领",
    unit="次",
    model="wishes.Claim",
    permission="wish.view",
    fields=cache(
        lambda: {
            "kind": Field("认领方", "choice", column("kind"), tuple(c.ClaimantKind.choices)),
            "state": Field("状态", "choice", column("state"), tuple(c.ClaimState.choices)),
        }
    ),
    moments={"claimed": Moment("认领", "claimed_on"), "ended": Moment("结束", "ended_on")},
    dimensions={"kind": Dimension("认领方", "kind", tuple(c.ClaimantKind.choices))},
    always=Q(),
    shown=(
        Shown("title", "心愿", cell=lambda row: row.wish.title),
        Shown("by", "认领方", cell=lambda row: row.name),
        Shown("claimed_on", "认领日期", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=lambda row: reverse("wishes:one", args=[row.wish_id]),
    related=("wish",),
    order=("-claimed_on", "pk"),
)

SOURCES = (WISHES, CLAIMS)
