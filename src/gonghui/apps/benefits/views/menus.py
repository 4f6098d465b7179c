"""The desk's menus: which there are, one with its dishes by votes, a dish to answer or to open as a course."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.pages.lists import Column, Empty, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import queries, services
from ..choices import DishState, MenuState
from ..forms import ReasonForm
from ..forms.menu import ApproveForm, CloseForm, CourseForm, DishForm, MenuForm
from ..models import Dish, Menu
from ..queries.menus import Row
from ..services.menus import today
from .member import told

STATE_TAGS = {"draft": "wait", "open": "ok", "closed": "", "proposed": "wait", "approved": "info", "opened": "ok"}

PAGE = ListPage(
    key="benefit-menus",
    title="点课菜单",
    unit="份",
    columns=[
        Column("title", "名称", head=True, sort="title", cell=lambda r: r.title),
        Column("organisation", "主办单位", kind="organisation", cell=lambda r: r.organisation.name),
        Column("state", "状态", nowrap=True, cell=lambda r: tag(r.get_state_display(), STATE_TAGS[r.state]),
               export=lambda r: r.get_state_display()),
        Column("opens_on", "开始投票", kind="date", sort="opens_on", cell=lambda r: r.opens_on),
        Column("closes_on", "截止投票", kind="date", sort="closes_on", cell=lambda r: r.closes_on),
        Column("dishes", "课程", kind="number", cell=lambda r: r.all_dishes),
        Column("opened", "已开课", kind="number", cell=lambda r: r.opened),
        Column("to_review", "待审核", kind="number", cell=lambda r: r.to_review),
        Column("cast", "票数", kind="number", cell=lambda r: r.cast or 0),
    ],
    views=[View("all", "全部")],
    empty=Empty("还没有点课菜单", "把想开的课列出来，会员投票、也可以自己点，够了票数就开课，费用由工会承担。",
                "新建菜单", "/desk/benefits/menus/new"),
    default_sort="-opens_on",
    order=("-pk",),
    row_url=lambda r: reverse("benefits:menu", args=[r.pk]),
    row_label=lambda r: r.title,
    export=write_xlsx,
    template="benefits/menus.html",
)  # fmt: skip


@desk("benefit.view")
def listing(request: HttpRequest) -> Any:
    """Menus of the range."""
    viewer = viewer_of(request)
    return PAGE.respond(request, queries.menus.menus(viewer), may_edit=viewer.may("benefit.manage"))


@desk("benefit.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    if viewer.organisation_id is None:
        raise Http404
    place = org_queries.organisation(viewer, viewer.organisation_id)
    found = rule_queries.values(["benefits.menu_votes", "benefits.menu_threshold"], place.path, today())
    initial = {name: found[f"benefits.menu_{name}"].value for name in ("votes", "threshold")}
    form = MenuForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_menu(viewer, organisation=place, **form.cleaned_data)
            messages.success(request, "已保存草稿，接着把课程加上去")
            return redirect("benefits:menu", pk=made.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return render(request, "benefits/menu_new.html", {"form": form}, status=422 if form.errors else 200)


def _menu(request: HttpRequest, pk: int) -> Menu:
    row = queries.menus.menu(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def _headline(row: Menu, rows: list[Row]) -> str:
    if row.state == MenuState.DRAFT:
        return f"{row.title}：草稿，{len(rows)}门课"
    if row.state == MenuState.CLOSED:
        opened = sum(one.dish.state == DishState.OPENED for one in rows)
        return f"{row.title}：已关闭，开了{opened}门课"
    ready = sum(one.dish.state == DishState.APPROVED and one.reached for one in rows)
    asked = sum(one.dish.state == DishState.PROPOSED for one in rows)
    return f"{row.title}：{ready}门达到票数等开课，{asked}门待审核"


def _menu_page(request: HttpRequest, row: Menu, form: DishForm | None = None) -> HttpResponse:
    viewer = viewer_of(request)
    rows = queries.menus.dishes(viewer, row)
    may_edit = viewer.may("benefit.manage") and row.state != MenuState.CLOSED
    context = {
        "menu": row, "rows": rows, "headline": _headline(row, rows), "may_edit": may_edit,
        "votable": queries.menus.votable(row, today()), "state_tag": STATE_TAGS[row.state],
        "form": form or DishForm(), "close": CloseForm(auto_id="close_%s"),
        "votes": sum(one.dish.votes for one in rows), "visits": sum(one.visits for one in rows),
        "opened": sum(one.dish.state == DishState.OPENED for one in rows),
    }  # fmt: skip
    return render(request, "benefits/menu.html", context, status=422 if form is not None else 200)


@desk("benefit.view")
@require_GET
def menu(request: HttpRequest, pk: int) -> HttpResponse:
    """Dishes by votes against their thresholds."""
    return _menu_page(request, _menu(request, pk))


@desk("benefit.manage")
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _menu(request, pk), DishForm(request.POST)
    if not form.is_valid():
        return _menu_page(request, row, form)
    try:
        services.add_dish(viewer_of(request), menu_id=pk, **form.cleaned_data)
        messages.success(request, f"已加上“{form.cleaned_data['title']}”")
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _menu_page(request, row, form)
    return redirect("benefits:menu", pk=pk)


@desk("benefit.manage")
@require_POST
def open_menu(request: HttpRequest, pk: int) -> HttpResponse:
    _menu(request, pk)
    try:
        services.open_menu(viewer_of(request), menu_id=pk)
        messages.success(request, "已开放，会员按日期投票和点课")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:menu", pk=pk)


@desk("benefit.manage")
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    _menu(request, pk)
    form = CloseForm(request.POST)
    try:
        services.close_menu(
            viewer_of(request), menu_id=pk, reason=form.cleaned_data["reason"] if form.is_valid() else ""
        )
        messages.success(request, "已关闭菜单，没有开的课都写上了原因")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:menu", pk=pk)


# -- one dish -----------------------------------------------------------------------------------------------------


def _dish(request: HttpRequest, pk: int) -> Dish:
    row = queries.menus.dish(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def _course_form(request: HttpRequest, row: Dish, data: Any = None) -> CourseForm:
    about = row.about if len(row.about) >= 10 else f"{row.title}：{row.about}"
    initial = {"intro": about, "contact": f"{row.menu.organisation.name}，12351转工会", "capacity": max(row.votes, 10)}
    return CourseForm(data, initial=initial, below=row.votes < row.threshold)


def _dish_page(
    request: HttpRequest, row: Dish, form: CourseForm | None = None, decline: ReasonForm | None = None, **more: Any
) -> HttpResponse:
    viewer = viewer_of(request)
    [line] = queries.menus.rows_of(viewer, [row])
    live = row.menu.state != MenuState.CLOSED and viewer.may("benefit.manage")
    context = {
        "dish": row, "menu": row.menu, "line": line, "state_tag": STATE_TAGS.get(row.state, "bad"),
        "sessions": list(row.offer.sessions.order_by("order")) if row.offer is not None else [],
        "may_check_in": viewer.may("benefit.checkin"),
        "may_answer": live and row.state in (DishState.PROPOSED, DishState.APPROVED),
        "may_open": live and row.menu.state == MenuState.OPEN and row.state == DishState.APPROVED,
        "form": form or _course_form(request, row), "decline": decline or ReasonForm(auto_id="no_%s"),
        "approve": ApproveForm(initial={"threshold": row.threshold}, auto_id="yes_%s"), **more,
    }  # fmt: skip
    wrong = bool((form and form.errors) or (decline and decline.errors) or more.get("clashes"))
    return render(request, "benefits/dish.html", context, status=422 if wrong else 200)


@desk("benefit.view")
@require_GET
def dish(request: HttpRequest, pk: int) -> HttpResponse:
    return _dish_page(request, _dish(request, pk))


@desk("benefit.manage")
@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a member's wish, or decline with a reason."""
    row, viewer = _dish(request, pk), viewer_of(request)
    yes = request.POST.get("act") == "approve"
    decline, approve = ReasonForm(request.POST, auto_id="no_%s"), ApproveForm(request.POST)
    if not yes and not decline.is_valid():
        return _dish_page(request, row, decline=decline)
    try:
        if yes:
            threshold = approve.cleaned_data.get("threshold") if approve.is_valid() else None
            services.review_dish(viewer, dish_id=pk, approve=True, threshold=threshold)
            messages.success(request, f"“{row.title}”已上菜单，会员可以投票")
        else:
            services.review_dish(viewer, dish_id=pk, approve=False, reason=decline.cleaned_data["reason"])
            messages.success(request, f"“{row.title}”不开，原因会员看得到")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:dish", pk=pk)


@desk("benefit.publish")
@require_POST
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at clashes, or open the course; clashes are shown before anything is written."""
    row, viewer = _dish(request, pk), viewer_of(request)
    form = _course_form(request, row, request.POST)
    if not form.is_valid():
        return _dish_page(request, row, form)
    data = form.cleaned_data
    met = queries.clashing.clashes(
        viewer, data["starts_at"], data["ends_at"], count=data["lessons"], place=data["place"], teacher=data["teacher"]
    )
    if "look" in request.POST or (met and not data["despite"]):
        return _dish_page(request, row, form, clashes=met, looked=True)
    try:
        services.open_course(
            viewer, dish_id=pk, course=form.course, reason=data.get("reason", ""), despite_clashes=data["despite"]
        )
        messages.success(request, f"“{row.title}”已开课，投过票的会员会收到消息")
        return redirect("benefits:dish", pk=pk)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return _dish_page(request, row, form)
