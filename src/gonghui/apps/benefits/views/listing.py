"""The desk's lists: offers by phase, sessions of a month, and how evenly a year's benefits fell."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.quotas.choices import Allocation
from gonghui.kernel.wording import day_and_weekday
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from ..choices import Kind
from ..queries import desk as queries
from . import number_of

A_PAGE = 30


def _phase(row: Any) -> Any:
    return tag(*queries.phase_words(row, timezone.now()))


PAGE = ListPage(
    key="benefit-offers",
    title="普惠项目",
    unit="个",
    columns=[
        Column("title", "名称", head=True, sort="title", cell=lambda r: r.title),
        Column("kind", "类别", nowrap=True, cell=lambda r: Kind.said(r.kind)),
        Column("organisation", "主办单位", kind="organisation", sort="organisation__name_key",
               cell=lambda r: r.organisation.name),
        Column("allocation", "分配方式", nowrap=True, cell=lambda r: r.get_allocation_display()),
        Column("phase", "状态", nowrap=True, cell=_phase,
               export=lambda r: queries.phase_words(r, timezone.now())[0]),
        Column("opens_at", "开始报名", kind="time", sort="opens_at", cell=lambda r: r.opens_at),
        Column("closes_at", "截止报名", kind="time", sort="closes_at", cell=lambda r: r.closes_at),
        Column("capacity", "名额", kind="number", sort="capacity", cell=lambda r: r.capacity or 0),
        Column("taken", "已占", kind="number", sort="taken", cell=lambda r: r.taken or 0),
    ],
    filters=[
        Filter("phase", "状态", choices=list(queries.PHASES.items()),
               lookup=lambda rows, value: queries.in_phase(rows, value, timezone.now())),
        Filter("kind", "类别", choices=Kind.choices),
        Filter("allocation", "分配方式", choices=Allocation.choices),
        Filter("q", "查找名称", "search", "title__icontains", placeholder="项目名称"),
    ],
    views=[View("all", "全部"), *(View(key, title, {"phase": key}) for key, title in queries.PHASES.items())],
    empty=Empty("还没有普惠项目", "消费券、体检、夜校、疗休养都从这里发布：写清楚是什么、给谁、怎么给，再放出名额。",
                "新建项目", "/desk/benefits/new"),
    default_sort="-opens_at",
    order=("-pk",),
    row_url=lambda r: reverse("benefits:offer", args=[r.pk]),
    row_label=lambda r: r.title,
    export=write_xlsx,
    template="benefits/list.html",
)  # fmt: skip


@desk("benefit.view")
def listing(request: HttpRequest) -> Any:
    """Offers of the range, by phase."""
    return PAGE.respond(request, queries.offers(viewer_of(request)), may_edit=viewer_of(request).may("benefit.manage"))


def _month(text: str) -> date:
    """2026-03 → its first day; this month for anything else."""
    year, _, month = text.partition("-")
    if (
        len(text) == 7
        and year.isdecimal()
        and month.isdecimal()
        and 2000 <= int(year) <= 2100
        and 1 <= int(month) <= 12
    ):
        return date(int(year), int(month), 1)
    return timezone.localdate().replace(day=1)


@desk("benefit.view")
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Sessions of a month as a list, day by day."""
    first, today = _month(request.GET.get("month", "")), timezone.localdate()
    rows = queries.month(viewer_of(request), first)
    days = [
        {"words": day_and_weekday(day, today), "rows": list(same), "today": day == today}
        for day, same in groupby(rows, key=lambda one: timezone.localtime(one.begins).date())
    ]
    context = {
        "days": days,
        "first": first,
        "count": len(rows),
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": (first + timedelta(days=32)).replace(day=1),
    }
    return render(request, "benefits/calendar.html", context)


def _year(request: HttpRequest) -> int:
    """The year asked for; this one where none, or none that can be, was."""
    this = timezone.localdate().year
    year = number_of(request.GET.get("year", "")) or this
    return year if 2000 <= year <= this else this


def _said(gini: float | None) -> str:
    """What the coefficient means, in a sentence."""
    if gini is None:
        return "这一年还没有人享受过，谈不上均不均。"
    words = (
        "大家享受的次数差不多" if gini < 0.3 else "有人多有人少，还算均匀" if gini < 0.5
        else "明显集中在一部分人身上" if gini < 0.8 else "绝大多数人没有享受到，次数集中在少数人身上"
    )  # fmt: skip
    return f"基尼系数{gini:.2f}：0表示人人次数一样，1表示全给了一个人；现在是{words}。"


@desk("benefit.view")
@require_GET
def fairness(request: HttpRequest) -> HttpResponse:
    """Who was served in a year and who never was."""
    year, this = _year(request), timezone.localdate().year
    viewer = viewer_of(request)
    found = queries.fairness(viewer, year)
    may_list = viewer.may("member.view")
    listed = may_list and found is not None and found.whole.never > 0
    context = {
        "found": found,
        "year": year,
        "years": [this, this - 1, this - 2],
        "said": _said(found.whole.gini if found else None),
        "tables": [
            ("age", "按年龄", "年龄", found.ages), ("work", "按职业", "职业", found.works),
            ("industry", "按单位行业", "行业", found.industries),
            ("place", "按地方", "地方", found.places),  # the longest last
        ] if found else [],
        "may_list": may_list,
        "never_url": f"{reverse('benefits:never')}?year={year}&by=all" if listed else "",
    }  # fmt: skip
    return render(request, "benefits/fairness.html", context)


@desk("member.view")
@require_GET
def never(request: HttpRequest) -> HttpResponse:
    """Who is behind a number of the fairness report: members who were never served in the year."""
    viewer, year = viewer_of(request), _year(request)
    by, key = request.GET.get("by", "all"), request.GET.get("key", "")
    found = queries.never_served(viewer, year, by, key)
    if found is None:
        raise Http404
    title, ids = found
    page = Paginator(ids, A_PAGE).get_page(request.GET.get("page"))
    rows = queries.members_of(viewer, list(page.object_list))
    context = {"title": title, "year": year, "by": by, "key": key, "count": len(ids), "page": page, "rows": rows}
    return render(request, "benefits/never.html", context)
