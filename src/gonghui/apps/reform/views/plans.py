"""Plans of a year: the list, writing one, publishing it, its versions, 五同步, its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import forms, services
from ..choices import PlanState, SyncStage
from ..models import Plan
from ..queries import tasks as queries
from ..services.plans import MANAGE
from . import acted, found, sections, tell

TONE = {PlanState.DRAFT: "wait", PlanState.PUBLISHED: "info", PlanState.CLOSED: "ok"}


def _state(row: Any) -> SafeString:
    return tag(row.get_state_display(), TONE[PlanState(row.state)])


LIST = ListPage(
    key="reform-plans",
    title="年度计划",
    unit="份",
    columns=[
        Column("title", "计划", head=True),
        Column("organisation", "制定单位", kind="organisation", sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("year", "年度", cell=lambda row: f"{row.year}年", nowrap=True, sort="year"),
        Column("total", "重点工作", kind="number", unit="项"),
        Column("owned", "责任到岗", kind="number", unit="项"),
        Column("done", "已完成", kind="number", unit="项"),
        Column("version", "版本", cell=lambda row: f"第{row.version}版" if row.version else "", nowrap=True),
        Column("state", "状态", cell=_state, nowrap=True, export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找计划", "search", "title__contains", placeholder="名称里的字"),
        Filter("state", "状态", choices=PlanState.choices),
        Filter("year", "年度", choices=queries.plan_years),
    ],
    views=[
        View("all", "全部"),
        View("published", "执行中", {"state": "published"}),
        View("draft", "编制中", {"state": "draft"}),
    ],
    empty=Empty("还没有年度计划", "写上一年的重点工作，逐项定责任岗位和期限，发布以后分解到下级。"),
    default_sort="-year",
    order=("path", "pk"),
    row_url=lambda row: reverse("reform:plan", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="reform/plans.html",
)  # fmt: skip


@desk("reform.view")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    """Plans of the range, the latest year first, those above before those below."""
    viewer = viewer_of(request)
    return LIST.respond(
        request, queries.plans(viewer), heading="年度计划", tabs=sections("plans"), may_manage=viewer.may(MANAGE)
    )  # fmt: skip


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a plan of the own organisation; tasks are added next."""
    body = here(request)
    year = timezone.localdate().year
    form = forms.PlanForm(request.POST or None, initial={"year": year, "title": f"{year}年重点工作计划"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            plan = services.draft_plan(
                viewer_of(request), organisation=body, year=data["year"], title=data["title"], intro=data["intro"],
                document_no=data["document_no"],
            )  # fmt: skip
            messages.success(request, "已建立计划，接着添加重点工作")
            return redirect("reform:plan", plan.pk)
        except Refusal as refusal:
            tell(form, refusal)
    del form.fields["agenda_on"]
    context = {"form": form, "heading": "编制年度计划", "words": "建立计划", "back": "reform:plans"}
    return render(request, "reform/form.html", context, status=422 if form.errors else 200)


def _plan(request: HttpRequest, pk: int) -> Plan:
    return found(queries.plan(viewer_of(request), pk))


def _page(request: HttpRequest, plan: Plan, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    rows = queries.items(viewer).filter(plan=plan).order_by("number", "pk")
    own = viewer.organisation_id == plan.organisation_id and viewer.may(MANAGE)
    order = SyncStage.values
    syncs = sorted(plan.syncs.all(), key=lambda one: order.index(one.stage))
    following = next((one for one in syncs if one.done_on is None), None)
    context = {
        "plan": plan,
        "lines": queries.lines(viewer, rows),
        "versions": queries.editions(viewer, plan.pk),
        "syncs": syncs,
        "following": following if own and plan.state == PlanState.PUBLISHED else None,
        "own": own,
        "draft": plan.state == PlanState.DRAFT,
        "running": plan.state == PlanState.PUBLISHED,
        "sync_form": forms.WordsForm(label="落实情况", rows=2, auto_id="sync_%s"),
        "close_form": forms.WordsForm(label="年终小结", auto_id="close_%s"),
        **more,
    }
    return render(request, "reform/plan.html", context, status=status)


@desk("reform.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _plan(request, pk))


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The head of a plan: name, document, the day it was on the agenda of the party group."""
    plan = _plan(request, pk)
    initial = {name: getattr(plan, name) for name in ("year", "title", "document_no", "agenda_on", "intro")}
    form = forms.PlanForm(request.POST or None, initial=initial)
    del form.fields["year"]
    if request.method == "POST" and form.is_valid():
        try:
            services.change_plan(viewer_of(request), plan_id=pk, **form.cleaned_data)
            messages.success(request, "已保存")
            return redirect("reform:plan", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": f"修改{plan.title}", "words": "保存", "back": "reform:plan", "back_pk": pk}
    return render(request, "reform/form.html", context, status=422 if form.errors else 200)


@desk(MANAGE)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    def act() -> str:
        plan = services.publish_plan(viewer_of(request), plan_id=pk)
        return f"已发布{plan.title}，重点工作开始执行"

    _plan(request, pk)
    return acted(request, act, "reform:plan", pk)


@desk(MANAGE)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    form = forms.WordsForm(request.POST, label="年终小结", auto_id="close_%s")
    if form.is_valid():
        try:
            services.close_plan(viewer_of(request), plan_id=pk, summary=form.cleaned_data["text"])
            messages.success(request, "计划已结束")
            return redirect("reform:plan", pk)
        except Refusal as refusal:
            form.add_error("text" if refusal.field else None, refusal.sentence)
    return _page(request, plan, 422, close_form=form)


@desk(MANAGE)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    try:
        services.discard_plan(viewer_of(request), plan_id=pk)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("reform:plan", pk)
    messages.success(request, f"已删除草稿{plan.title}")
    return redirect("reform:plans")


@desk(MANAGE)
@require_POST
def sync(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick the next stage of 五同步, or take the last tick back."""
    plan, stage = _plan(request, pk), request.POST.get("stage", "")
    undo = "undo" in request.POST
    form = forms.WordsForm(request.POST, label="落实情况", rows=2, required=not undo, auto_id="sync_%s")
    if stage in SyncStage.values and form.is_valid():
        try:
            services.check_sync(
                viewer_of(request), plan_id=pk, stage=SyncStage(stage), words=form.cleaned_data["text"], done=not undo
            )
            messages.success(request, f"{'已取消' if undo else '已完成'}{SyncStage(stage).label}")
            return redirect("reform:plan", pk)
        except Refusal as refusal:
            form.add_error("text" if refusal.field == "note" else None, refusal.sentence)
    return _page(request, plan, 422, sync_form=form)
