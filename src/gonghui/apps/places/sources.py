"""What places offer to be counted: places as of any day, what was broken and mended, rounds, guide stations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source, Span

from . import catalog
from . import choices as c
from .models import Closure

Build = Callable[[str, Any, date], Q]


def _yes(condition: Callable[[date], Q]) -> Build:
    """A field that is a condition of the day."""

    def build(operator: str, value: Any, on: date) -> Q:
        return condition(on) if value else ~condition(on)

    return build


def _kept(on: date) -> Q:
    """Not in the days for which it was closed before it was opened again."""
    shut = Closure.objects.filter(place=OuterRef("pk"), closed_on__lte=on, reopened_on__gt=on)
    return Q(~Exists(shut))


def _opened(on: date) -> Q:
    return Q(opened_on__isnull=False, opened_on__lte=on) & _kept(on)


def _ready(on: date) -> Q:
    """Open, or the building stands and is being finished."""
    return _opened(on) | (Q(topped_on__isnull=False, topped_on__lte=on) & _kept(on))


@cache
def _place_fields() -> Mapping[str, Field]:
    return {
        "kind": Field("类别", "choice", column("kind"), tuple(catalog.options(catalog.kinds()))),
        "host": Field("设在", "choice", column("host"), tuple(c.Host.choices)),
        "open": Field("已开放", "yes_no", _yes(_opened)),
        "kept": Field("没有在关闭期间", "yes_no", _yes(_kept)),
        "ready": Field("已开放或主体完工", "yes_no", _yes(_ready)),
        "starred": Field("评过星级", "yes_no", _yes(lambda on: Q(star__isnull=False, star_on__lte=on))),
        "always": Field("24小时开放", "yes_no", _yes(lambda on: Q(workday="24小时", weekend="24小时"))),
    }


PLACES = Source(
    key="places",
    title="阵地",
    unit="处",
    model="places.Place",
    permission="place.view",
    fields=_place_fields,
    span=Span("registered_on", "closed_on"),
    moments={"opened": Moment("开放", "opened_on"), "closed": Moment("关闭", "closed_on")},
    amounts={"area": Amount("面积", "平方米", "area")},
    distincts={"organisation": Distinct("管理单位", "家", "organisation_id")},
    dimensions={
        "kind": Dimension("类别", "kind", tuple(catalog.options(catalog.kinds()))),
        "host": Dimension("设在", "host", tuple(c.Host.choices)),
    },
    shown=(
        Shown("title", "名称", cell=lambda row: row.name),
        Shown("kind", "类别", cell=lambda row: catalog.title(catalog.kinds(), row.kind)),
        Shown("organisation", "管理单位", kind="organisation"),
        Shown("township", "乡镇街道"),
        Shown("opened_on", "开放日期", kind="date"),
        Shown("state", "状态", cell=lambda row: row.get_state_display()),
    ),
    address=lambda row: reverse("places:one", args=[row.pk]),
    related=("organisation",),
    order=("name", "pk"),
)


@cache
def _ticket_fields() -> Mapping[str, Field]:
    return {
        "fault": Field("问题", "choice", column("fault"), tuple(catalog.options(catalog.faults()))),
        "source": Field("来源", "choice", column("source"), tuple(c.TicketSource.choices)),
        "outcome": Field("结果", "choice", column("outcome"), tuple(c.Outcome.choices)),
        "late": Field("超时", "yes_no", _yes(lambda on: Q(late=True))),
    }


TICKETS = Source(
    key="place_tickets",
    title="阵地小修小补",
    unit="件",
    model="places.Ticket",
    permission="place.view",
    fields=_ticket_fields,
    span=Span("opened_at", "closed_at", clock=True),
    moments={"opened": Moment("收到", "opened_at", clock=True), "closed": Moment("答复", "closed_at", clock=True)},
    amounts={"reports": Amount("反映", "次", "reports"), "thanks": Amount("感谢", "次", "thanks")},
    distincts={"place": Distinct("阵地", "处", "place_id")},
    dimensions={
        "fault": Dimension("问题", "fault", tuple(catalog.options(catalog.faults()))),
        "outcome": Dimension("结果", "outcome", tuple(c.Outcome.choices)),
    },
    shown=(
        Shown("number", "编号"),
        Shown("fault", "问题", cell=lambda row: catalog.title(catalog.faults(), row.fault)),
        Shown("place", "阵地", cell=lambda row: row.place.name),
        Shown("opened_at", "收到", kind="time"),
        Shown("closed_at", "答复", kind="time"),
        Shown("late", "超时", cell=lambda row: "超时" if row.late else "按时"),
    ),
    address=lambda row: reverse("places:ticket", args=[row.pk]),
    related=("place",),
    order=("-opened_at", "pk"),
)

ROUNDS = Source(
    key="place_rounds",
    title="阵地巡查",
    unit="次",
    model="places.Round",
    permission="place.view",
    fields=cache(lambda: {}),
    moments={"on": Moment("巡查", "on")},
    distincts={"place": Distinct("阵地", "处", "place_id")},
    shown=(
        Shown("place", "阵地", cell=lambda row: row.place.name),
        Shown("on", "巡查日期", kind="date"),
        Shown("by_post", "巡查岗位"),
    ),
    address=lambda row: reverse("places:one", args=[row.place_id]),
    related=("place",),
    order=("-on", "pk"),
)

QUESTIONS = Source(
    key="place_questions",
    title="产改指导站咨询",
    unit="件",
    model="places.Consultation",
    permission="place.view",
    fields=cache(
        lambda: {
            "issue": Field("征集的问题", "yes_no", _yes(lambda on: Q(issue=True))),
            "way": Field("方式", "choice", column("way"), tuple(c.AskWay.choices)),
        }
    ),
    moments={"asked": Moment("提出", "asked_at", clock=True), "answered": Moment("答复", "answered_at", clock=True)},
    distincts={"place": Distinct("指导站", "处", "place_id")},
    dimensions={"way": Dimension("方式", "way", tuple(c.AskWay.choices))},
    shown=(
        Shown("number", "编号"),
        Shown("place", "指导站", cell=lambda row: row.place.name),
        Shown("asked_at", "提出", kind="time"),
        Shown("answered_at", "答复", kind="time"),
    ),
    address=lambda row: reverse("places:question", args=[row.pk]),
    related=("place",),
    order=("-asked_at", "pk"),
)

POLICIES = Source(
    key="place_policies",
    title="指导站政策",
    unit="项",
    model="places.Policy",
    permission="place.view",
    fields=cache(lambda: {}),
    span=Span("published_on", "withdrawn_on"),
    moments={"published": Moment("发布", "published_on")},
    distincts={"place": Distinct("指导站", "处", "place_id")},
    shown=(
        Shown("title", "标题"),
        Shown("place", "指导站", cell=lambda row: row.place.name),
        Shown("published_on", "发布日期", kind="date"),
    ),
    address=lambda row: reverse("places:one", args=[row.place_id]),
    related=("place",),
    order=("-published_on", "pk"),
)

SOURCES = (PLACES, TICKETS, ROUNDS, QUESTIONS, POLICIES)
