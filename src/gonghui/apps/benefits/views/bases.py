"""The list of bases of rest cures: the own one may be changed, those of bodies above are read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import queries, services
from ..choices import BaseKind
from ..forms import ReasonForm
from ..forms.trip import BaseForm, base_initial
from ..models import Base
from .member import told

PAGE = ListPage(
    key="benefit-bases",
    title="疗休养基地",
    unit="家",
    columns=[
        Column("name", "基地", kind="organisation", head=True, sort="name", cell=lambda r: r.name),
        Column("where", "所在地", sort="region_code", cell=queries.trips.where),
        Column("kind", "类别", cell=lambda r: r.get_kind_display(), nowrap=True),
        Column("named_by", "命名单位", kind="organisation", cell=lambda r: r.named_by),
        Column("named_on", "命名日期", kind="date", sort="named_on", cell=lambda r: r.named_on),
        Column("mutual", "长三角互认", nowrap=True, cell=lambda r: r.mutual),
        Column("contact", "联系电话", cell=lambda r: r.contact, nowrap=True, default=False),
        Column("organisation", "登记单位", kind="organisation", cell=lambda r: r.kept_by, default=False),
        Column("used", "办过", kind="number", unit="期", cell=lambda r: r.used),
        Column("active", "状态", nowrap=True, cell=lambda r: tag("在用", "ok") if r.active else tag("已撤销", ""),
               export=lambda r: "在用" if r.active else "已撤销"),
    ],
    filters=[
        Filter("kind", "类别", choices=BaseKind.choices),
        Filter("active", "状态", choices=(("True", "在用"), ("False", "已撤销"))),
        Filter("q", "查找名称", "search", "name__icontains", placeholder="基地名称"),
    ],
    views=[View("all", "全部"), View("active", "在用", {"active": "True"})],
    empty=Empty("还没有疗休养基地", "疗休养只在公布的基地里办：先把上级和本级命名的基地登记进来，建项目时就能选。",
                "登记基地", "/desk/benefits/bases/new"),
    default_sort="name",
    order=("pk",),
    row_url=lambda r: reverse("benefits:base", args=[r.pk]),
    row_label=lambda r: r.name,
    export=write_xlsx,
    template="benefits/bases.html",
)  # fmt: skip


@desk("benefit.view")
def listing(request: HttpRequest) -> Any:
    viewer = viewer_of(request)
    return PAGE.respond(request, queries.trips.bases(viewer), may_edit=viewer.may("benefit.manage"))


@desk("benefit.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    if viewer.organisation_id is None:
        raise Http404
    form = BaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        place = org_queries.organisation(viewer, viewer.organisation_id)
        try:
            made = services.add_base(viewer, organisation=place, **form.cleaned_data)
            messages.success(request, "已登记基地")
            return redirect("benefits:base", pk=made.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return render(request, "benefits/base.html", {"form": form, "may_edit": True}, status=422 if form.errors else 200)


def _found(request: HttpRequest, pk: int, *, own: bool) -> Base:
    """A base that may be read; with `own`, one that the post may change."""
    viewer = viewer_of(request)
    row = queries.trips.base(viewer, pk)
    if row is None or (own and not viewer.reaches(row.path)):
        raise Http404
    return row


@desk("benefit.view")
@require_http_methods(["GET", "POST"])
def base(request: HttpRequest, pk: int) -> HttpResponse:
    """One base: corrected by who keeps it, read by others."""
    viewer = viewer_of(request)
    row = _found(request, pk, own=request.method == "POST")
    may_edit = viewer.may("benefit.manage") and viewer.reaches(row.path) and row.active
    form = BaseForm(request.POST if request.method == "POST" else None, initial=base_initial(row))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_base(viewer, base_id=pk, **form.cleaned_data)
            messages.success(request, "已保存基地资料")
            return redirect("benefits:base", pk=pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {
        "base": row, "form": form, "may_edit": may_edit, "where": queries.trips.where(row),
        "retire": ReasonForm(auto_id="retire_%s"),
    }  # fmt: skip
    return render(request, "benefits/base.html", context, status=422 if form.errors else 200)


@desk("benefit.manage")
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Off the list, with the reason."""
    _found(request, pk, own=True)
    form = ReasonForm(request.POST)
    try:
        services.retire_base(
            viewer_of(request), base_id=pk, reason=form.cleaned_data["reason"] if form.is_valid() else ""
        )
        messages.success(request, "已撤销，新项目不能再选这个基地")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:base", pk=pk)
