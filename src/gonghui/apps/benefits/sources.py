"""What benefits offer to be counted: offers, sessions, places given, entries, check-ins, ratings, menus, bases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.quotas import choices as c
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source, Span

from . import choices

KINDS = tuple(choices.Kind.choices)


def _fields(prefix: str, states: tuple[tuple[str, str], ...]) -> Callable[[], Mapping[str, Field]]:
    @cache
    def made() -> Mapping[str, Field]:
        found = {
            "kind": Field("项目类别", "choice", column(f"{prefix}kind"), KINDS),
            "allocation": Field("分配方式", "choice", column(f"{prefix}allocation"), tuple(c.Allocation.choices)),
        }
        return found | ({"state": Field("状态", "choice", column("state"), states)} if states else {})

    return made


def _offer_page(row: Any) -> str:
    return reverse("benefits:offer", args=[getattr(row, "offer_id", row.pk)])


OFFERS = Source(
    key="offers",
    title="普惠项目",
    unit="个",
    model="kernel.Offer",
    permission="benefit.view",
    fields=_fields("", tuple(c.OfferState.choices)),
    always=~Q(state="draft"),
    moments={
        "published": Moment("发布", "published_at", clock=True),
        "opened": Moment("开始报名", "opens_at", clock=True),
    },
    dimensions={
        "kind": Dimension("项目类别", "kind", KINDS),
        "allocation": Dimension("分配方式", "allocation", tuple(c.Allocation.choices)),
    },
    shown=(
        Shown("title", "项目"),
        Shown("organisation", "主办单位", kind="organisation"),
        Shown("published_at", "发布", kind="time"),
    ),
    address=_offer_page,
    related=("organisation",),
    order=("-published_at", "pk"),
)

SESSIONS = Source(
    key="sessions",
    title="普惠场次",
    unit="场",
    model="kernel.Session",
    permission="benefit.view",
    fields=_fields("offer__", tuple(c.SessionState.choices)),
    always=~Q(offer__state__in=["draft", "cancelled"]) & Q(state="planned"),
    moments={"held": Moment("举行", "starts_at", clock=True)},
    distincts={"offer": Distinct("项目", "个", "offer_id")},
    dimensions={"kind": Dimension("项目类别", "offer__kind", KINDS)},
    shown=(
        Shown("offer.title", "项目"),
        Shown("title", "场次"),
        Shown("starts_at", "开始", kind="time"),
        Shown("place", "地点"),
    ),
    address=_offer_page,
    related=("offer",),
    order=("-starts_at", "pk"),
)

CLAIMS = Source(
    key="claims",
    title="普惠名额",
    unit="份",
    model="kernel.Claim",
    permission="benefit.view",
    fields=_fields("offer__", tuple(c.ClaimState.choices)),
    moments={"made": Moment("领取", "made_at", clock=True), "used": Moment("使用", "used_at", clock=True)},
    distincts={"person": Distinct("会员", "名", "person_id"), "offer": Distinct("项目", "个", "offer_id")},
    dimensions={
        "kind": Dimension("项目类别", "offer__kind", KINDS),
        "state": Dimension("状态", "state", tuple(c.ClaimState.choices)),
    },
    shown=(
        Shown("offer.title", "项目"),
        Shown("person.name", "会员", personal=True),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
        Shown("made_at", "领取", kind="time"),
    ),
    address=_offer_page,
    related=("offer", "person"),
    order=("-made_at", "pk"),
)

ENTRIES = Source(
    key="entries",
    title="摇号报名",
    unit="人次",
    model="kernel.Entry",
    permission="benefit.view",
    fields=_fields("offer__", tuple(c.EntryState.choices)),
    moments={"made": Moment("报名", "made_at", clock=True)},
    distincts={"person": Distinct("会员", "名", "person_id")},
    dimensions={"kind": Dimension("项目类别", "offer__kind", KINDS)},
    shown=(
        Shown("offer.title", "项目"),
        Shown("person.name", "会员", personal=True),
        Shown("made_at", "报名", kind="time"),
    ),
    address=_offer_page,
    related=("offer", "person"),
    order=("-made_at", "pk"),
)

CHECK_INS = Source(
    key="check_ins",
    title="签到",
    unit="人次",
    model="kernel.CheckIn",
    permission="benefit.view",
    fields=_fields("offer__", ()),
    always=Q(undone_at__isnull=True),
    moments={"at": Moment("签到", "at", clock=True)},
    distincts={
        "person": Distinct("会员", "名", "person_id"),
        "session": Distinct("场次", "场", "session_id"),
        "offer": Distinct("项目", "个", "offer_id"),
    },
    dimensions={"kind": Dimension("项目类别", "offer__kind", KINDS)},
    shown=(
        Shown("offer.title", "项目"),
        Shown("session.title", "场次"),
        Shown("person.name", "会员", personal=True),
        Shown("at", "签到", kind="time"),
    ),
    address=_offer_page,
    related=("offer", "session", "person"),
    order=("-at", "pk"),
)

PERSON = {"person": Distinct("会员", "名", "person_id")}


@cache
def _rating_fields() -> Mapping[str, Field]:
    return {
        "stars": Field("星数", "number", column("stars"), unit="星"),
        "kind": Field("项目类别", "choice", column("offer__kind"), KINDS),
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
    dimensions={"kind": Dimension("项目类别", "offer__kind", KINDS)},
    shown=(
        Shown("offer.title", "项目"),
        Shown("stars", "星数", kind="number"),
        Shown("made_at", "评价", kind="time"),
    ),
    address=lambda row: reverse("benefits:offer", args=[row.offer_id]),
    related=("offer",),
    order=("-made_at", "pk"),
)


@cache
def _menu_fields() -> Mapping[str, Field]:
    return {"state": Field("状态", "choice", column("state"), tuple(choices.MenuState.choices))}


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
    address=lambda row: reverse("benefits:menu", args=[row.pk]),
    related=("organisation",),
    order=("-opens_on", "pk"),
)


def _wished(operator: str, value: Any, on: date) -> Q:
    return Q(proposed_by__isnull=not value)


@cache
def _dish_fields() -> Mapping[str, Field]:
    return {
        "state": Field("状态", "choice", column("state"), tuple(choices.DishState.choices)),
        "kind": Field("类别", "choice", column("kind"), KINDS),
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
    dimensions={"state": Dimension("状态", "state", tuple(choices.DishState.choices))},
    shown=(
        Shown("title", "课程"),
        Shown("votes", "票数", kind="number"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
        Shown("made_at", "提出", kind="time"),
    ),
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
    address=lambda row: reverse("benefits:dish", args=[row.dish_id]),
    related=("dish",),
    order=("-made_at", "pk"),
)


@cache
def _base_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("类别", "choice", column("kind"), tuple(choices.BaseKind.choices)),
        "mutual": Field("长三角互认", "yes_no", column("mutual")),
    }


BASES = Source(
    key="bases",
    title="疗休养基地",
    unit="家",
    model="benefits.Base",
    permission="benefit.view",
    fields=_base_fields,
    always=Q(active=True),
    span=Span("named_on"),
    moments={"named": Moment("命名", "named_on")},
    dimensions={"kind": Dimension("类别", "kind", tuple(choices.BaseKind.choices))},
    shown=(
        Shown("name", "基地"),
        Shown("named_by", "命名单位"),
        Shown("named_on", "命名日期", kind="date"),
        Shown("organisation", "登记单位", kind="organisation"),
    ),
    address=lambda row: reverse("benefits:base", args=[row.pk]),
    related=("organisation",),
    order=("-named_on", "pk"),
)

SOURCES = (OFFERS, SESSIONS, CLAIMS, ENTRIES, CHECK_INS, RATINGS, MENUS, DISHES, VOTES, BASES)
