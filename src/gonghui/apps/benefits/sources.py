"""What benefits offer to be counted besides places and check-ins: ratings, menus, wishes and votes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source, Watch

from . import choices as c

PERSON = {"person": Distinct("会员", "名", "person_id")}


@cache
def _rating_fields() -> Mapping[str, Field]:
    return {
        "stars": Field("星数", "number", column("stars"), unit="星"),
        "kind": Field("项目类别", "choice", column("offer__kind"), tuple(c.Kind.choices)),
    }


RATINGS = Source(
    key="ratings",
    title="普惠评价",
    unit="条",
    model="benefits.Rating",
    permission="benefit.view",
    fields=_rating_fields,
    moments={"made": Moment("评价", "made_at", clock=True)},
    amounts={"stars": Amount("星数", "星", "stars", decimals=1)},
    distincts=PERSON | {"offer": Distinct("项目", "个", "offer_id")},
    dimensions={"kind": Dimension("项目类别", "offer__kind", tuple(c.Kind.choices))},
    shown=(
        Shown("offer.title", "项目"),
        Shown("stars", "星数", kind="number"),
        Shown("made_at", "评价", kind="time"),
    ),
    watches=(
        Watch("benefit_rating"),
        Watch("offer", "SELECT r.path FROM changed c JOIN benefit_rating r ON r.offer_id = c.id"),
    ),
    address=lambda row: reverse("benefits:offer", args=[row.offer_id]),
    related=("offer",),
    order=("-made_at", "pk"),
)


@cache
def _menu_fields() -> Mapping[str, Field]:
    return {"state": Field("状态", "choice", column("state"), tuple(c.MenuState.choices))}


MENUS = Source(
    key="menus",
    title="点菜投票",
    unit="次",
    model="benefits.Menu",
    permission="benefit.view",
    fields=_menu_fields,
    always=~Q(state="draft"),
    moments={"opened": Moment("开始投票", "opens_on"), "closed": Moment("截止投票", "closes_on")},
    distincts={"organisation": Distinct("主办单位", "家", "organisation_id")},
    shown=(
        Shown("title", "名称"),
        Shown("organisation", "主办单位", kind="organisation"),
        Shown("opens_on", "开始投票", kind="date"),
        Shown("closes_on", "截止投票", kind="date"),
    ),
    watches=(Watch("benefit_menu"),),
    address=lambda row: reverse("benefits:menu", args=[row.pk]),
    related=("organisation",),
    order=("-opens_on", "pk"),
)


def _wished(operator: str, value: Any, on: date) -> Q:
    return Q(proposed_by__isnull=not value)


@cache
def _dish_fields() -> Mapping[str, Field]:
    return {
        "state": Field("状态", "choice", column("state"), tuple(c.DishState.choices)),
        "kind": Field("类别", "choice", column("kind"), tuple(c.Kind.choices)),
        "wished": Field("由会员提出", "yes_no", _wished),
    }


DISHES = Source(
    key="dishes",
    title="菜单课程",
    unit="门",
    model="benefits.Dish",
    permission="benefit.view",
    fields=_dish_fields,
    moments={"made": Moment("提出", "made_at", clock=True), "answered": Moment("答复", "answered_at", clock=True)},
    amounts={"cost": Amount("费用", "元", "cost", scale=100), "votes": Amount("票数", "票", "votes")},
    distincts={"menu": Distinct("菜单", "份", "menu_id")},
    dimensions={"state": Dimension("状态", "state", tuple(c.DishState.choices))},
    shown=(
        Shown("title", "课程"),
        Shown("votes", "票数", kind="number"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
        Shown("made_at", "提出", kind="time"),
    ),
    watches=(Watch("benefit_dish"),),
    address=lambda row: reverse("benefits:dish", args=[row.pk]),
    order=("-made_at", "pk"),
)

VOTES = Source(
    key="votes",
    title="菜单投票",
    unit="票",
    model="benefits.Vote",
    permission="benefit.view",
    fields=dict,
    always=Q(slot__isnull=False),
    moments={"made": Moment("投票", "made_at", clock=True)},
    distincts=PERSON | {"dish": Distinct("课程", "门", "dish_id")},
    shown=(Shown("dish.title", "课程"), Shown("made_at", "投票", kind="time")),
    watches=(Watch("benefit_vote"),),
    address=lambda row: reverse("benefits:dish", args=[row.dish_id]),
    related=("dish",),
    order=("-made_at", "pk"),
)

SOURCES = (RATINGS, MENUS, DISHES, VOTES)
