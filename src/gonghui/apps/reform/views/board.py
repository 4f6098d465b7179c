"""Tasks as a board by how they stand, as a time line by day, and as a list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import DateField, ExpressionWrapper, F, Q, Value
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from ..choices import ItemState
from ..queries import tasks as queries
from . import sections

PAGE = 100
"""Tasks on one page of the time line."""


def _asked(request: HttpRequest, viewer: Viewer) -> tuple[int, bool, dict[str, Any]]:
    """(year, whether the organisations below are meant, what the switches show)."""
    years = queries.years(viewer)
    given = request.GET.get("year", "")
    year = int(given) if given.isdecimal() and int(given) in years else timezone.localdate().year
    below = request.GET.get("whose") == "below"
    switches = {
        "years": [{"year": one, "current": one == year} for one in years],
        "year": year,
        "below": below,
        "whose": "below" if below else "own",
    }
    return year, below, switches


def _headline(year: int, columns: list[dict[str, Any]], below: bool) -> str:
    """15项任务，2项已逾期，6项已完成: the situation in one sentence."""
    count = {one["key"]: one["count"] for one in columns}
    words = f"{year}年{'下级' if below else ''}{sum(count.values())}项任务"
    words += f"，{count['overdue']}项已逾期" if count["overdue"] else ""
    return words + (f"，{count['done']}项已完成" if count["done"] else "")


@desk("reform.view")
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """What needs a hand first, then what goes its way, then what is done."""
    viewer = viewer_of(request)
    year, below, switches = _asked(request, viewer)
    columns = queries.board(viewer, queries.of_year(viewer, year, below=below))
    context = {
        "tabs": sections("board"),
        "heading": _headline(year, columns, below),
        "columns": columns,
        "any": any(one["count"] for one in columns),
        "plan": queries.published_of(viewer, year),
        "may_manage": viewer.may("reform.manage"),
        **switches,
    }
    return render(request, "reform/board.html", context)


@desk("reform.view")
@require_GET
def timeline(request: HttpRequest) -> HttpResponse:
    """Month by month, tasks and their milestones."""
    viewer, today = viewer_of(request), timezone.localdate()
    year, below, switches = _asked(request, viewer)
    rows = queries.of_year(viewer, year, below=below)
    page = Paginator(queries.with_steps(rows), PAGE).get_page(request.GET.get("page"))
    months = [
        {"first": month, "days": days, "now": (month.year, month.month) == (today.year, today.month)}
        for month, days in queries.timeline(viewer, list(page))
    ]
    left = queries.ahead(rows, today)
    context = {
        "tabs": sections("timeline"),
        "heading": f"{year}年{'下级' if below else ''}还有{left}个期限" if left else f"{year}年没有还没到的期限",
        "months": months,
        "page": page,
        "today": today,
        **switches,
    }
    return render(request, "reform/timeline.html", context)


def _state(row: Any) -> SafeString:
    line = queries.line_of(row, timezone.localdate(), row.soon)
    return tag(line.words, line.tone)


def _progress(row: Any) -> SafeString:
    if not row.steps_total:
        return format_html('<span class="quiet">{}</span>', "没有分节点")
    return format_html("{}/{}个节点", row.steps_done, row.steps_total)


def _by_standing(source: Any, value: str) -> Any:
    where = queries.column_conditions(timezone.localdate(), 0)
    if value in ("soon", "on_time"):
        running = source.filter(state=ItemState.RUNNING, due_on__gte=timezone.localdate())
        near = Q(due_on__lte=ExpressionWrapper(Value(timezone.localdate()) + F("soon"), DateField()))
        return running.filter(near) if value == "soon" else running.exclude(near)
    return {
        "open": source.exclude(state=ItemState.DONE),
        "bare": source.filter(post__isnull=True),
    }.get(value) or source.filter(where[value])


def _years(viewer: Viewer) -> list[tuple[str, str]]:
    return [(str(year), f"{year}年") for year in queries.years(viewer)]


LIST = ListPage(
    key="reform-items",
    title="计划任务",
    unit="项",
    columns=[
        Column("title", "工作", head=True),
        Column("organisation", "责任单位", kind="organisation", sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("owner_title", "责任岗位"),
        Column("owner_name", "责任人", personal=True, default=False),
        Column("due_on", "完成期限", kind="date", sort="due_on"),
        Column("progress", "节点", cell=_progress, nowrap=True,
               export=lambda row: f"{row.steps_done}/{row.steps_total}"),
        Column("state", "状态", cell=_state, nowrap=True, export=lambda row: row.get_state_display()),
        Column("origin", "来自", default=False),
    ],
    filters=[
        Filter("q", "查找工作", "search", "title__contains", placeholder="工作内容里的字"),
        Filter("standing", "进度", lookup=_by_standing,
               choices=[*((key, title) for key, title, _ in queries.COLUMNS), ("open", "没有完成"),
                        ("bare", "没有责任岗位")]),
        Filter("whose", "哪级单位", lookup=lambda source, value: source.filter(own=value == "own"),
               choices=[("own", "本单位"), ("below", "下级单位")]),
        Filter("year", "年度", choices=_years, main=False),
        Filter("under", "分解自", lookup="parent_id", choices=queries.handed_choices, main=False),
        Filter("state", "状态", choices=[one for one in ItemState.choices if one[0] != "withdrawn"]),
        Filter("due_on", "完成期限", "date", main=False),
        Filter("key", "重点工作", "boolean", main=False),
    ],
    views=[
        View("all", "全部任务"),
        View("overdue", "已逾期", {"standing": "overdue"}),
        View("done", "已完成", {"standing": "done"}),
    ],
    empty=Empty("还没有任务", "发布年度计划以后，重点工作出现在这里；上级分解下来的也在这里确认。"),
    default_sort="due_on",
    order=("number", "pk"),
    row_url=lambda row: reverse("reform:item", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="reform/list.html",
)  # fmt: skip


@desk("reform.view")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    """Every task of the range, to search, filter and take along."""
    viewer = viewer_of(request)
    return LIST.respond(
        request, queries.listed(viewer), heading="任务名单", tabs=sections("items")
    )  # fmt: skip
