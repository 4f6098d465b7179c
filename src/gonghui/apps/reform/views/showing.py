"""Brand projects with the towns that have none, and cases that are put forward."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import forms, services
from ..choices import BrandKind, BrandState, CaseState
from ..models import Brand, ShowcaseCase
from ..queries import showing as queries
from ..services.plans import MANAGE
from . import found, sections, tell

ANSWER = "reform.answer"
BRAND_TONE = {"proposed": "wait", "returned": "bad", "registered": "ok", "retired": ""}
CASE_TONE = {"draft": "", "submitted": "wait", "selected": "ok", "declined": ""}
NAMED = 12


def _brand_state(row: Brand) -> SafeString:
    return tag(row.get_state_display(), BRAND_TONE[row.state])


BRANDS = ListPage(
    key="reform-brands",
    title="品牌项目",
    unit="个",
    columns=[
        Column("title", "品牌名称", head=True),
        Column("organisation", "申报单位", kind="organisation", sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("kind", "类别", cell=lambda row: row.get_kind_display(), nowrap=True, sort="kind"),
        Column("proposed_on", "申报日期", kind="date", sort="proposed_on"),
        Column("registered_on", "登记日期", kind="date", sort="registered_on"),
        Column("state", "状态", cell=_brand_state, nowrap=True, export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找品牌", "search", "title__contains", placeholder="品牌名称"),
        Filter("kind", "类别", choices=BrandKind.choices),
        Filter("state", "状态", choices=BrandState.choices),
    ],
    views=[
        View("all", "全部"),
        View("proposed", "待审核", {"state": "proposed"}),
        View("registered", "已登记", {"state": "registered"}),
    ],
    empty=Empty("还没有品牌项目", "乡镇街道、行业、园区、企业各自申报，上级工会审核登记。"),
    default_sort="-proposed_on",
    order=("-pk",),
    row_url=lambda row: reverse("reform:brand", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="reform/brands.html",
)  # fmt: skip


@desk("reform.view")
@require_http_methods(["GET", "POST"])
def brands(request: HttpRequest) -> HttpResponseBase:
    """Projects of the range, and which towns have none yet."""
    viewer = viewer_of(request)
    towns, without = queries.towns(viewer).count(), queries.towns_without(viewer)
    missing = without.count()
    return BRANDS.respond(
        request, queries.brands(viewer), heading="品牌项目", tabs=sections("brands"), may_propose=viewer.may(ANSWER),
        towns=towns, missing=missing, named=list(without[:NAMED]), more=max(0, missing - NAMED),
        covered=towns - missing,
    )  # fmt: skip


@desk(ANSWER)
@require_http_methods(["GET", "POST"])
def brand_new(request: HttpRequest) -> HttpResponse:
    """The own organisation puts a project forward."""
    body = here(request)
    kind = "town" if body.level == "township" else "enterprise" if body.level == "unit" else "park"
    form = forms.BrandForm(request.POST or None, initial={"kind": kind})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = services.propose_brand(
                viewer_of(request), organisation=body, kind=BrandKind(data["kind"]), title=data["title"],
                content=data["content"],
            )  # fmt: skip
            messages.success(request, f"已申报{row.title}，等上级审核")
            return redirect("reform:brand", row.pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": f"{body.name}申报品牌项目", "words": "申报", "back": "reform:brands"}
    return render(request, "reform/form.html", context, status=422 if form.errors else 200)


def _brand(request: HttpRequest, pk: int) -> Brand:
    return found(queries.brand(viewer_of(request), pk))


def _brand_page(request: HttpRequest, row: Brand, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    own = viewer.organisation_id == row.organisation_id
    above = not own and viewer.may(MANAGE)
    mend = forms.BrandForm(initial={"kind": row.kind, "title": row.title, "content": row.content}, auto_id="mend_%s")
    context = {
        "brand": row,
        "state": _brand_state(row),
        "may_mend": own and viewer.may(ANSWER) and row.state == BrandState.RETURNED,
        "may_review": above and row.state == BrandState.PROPOSED,
        "may_retire": above and row.state == BrandState.REGISTERED,
        "mend_form": mend,
        "back_form": forms.WordsForm(label="要修改的地方", rows=2, auto_id="back_%s"),
        "retire_form": forms.WordsForm(label="停止的原因", rows=2, auto_id="retire_%s"),
        "path": [*org_queries.ancestors(row.organisation), row.organisation],
        **more,
    }
    return render(request, "reform/brand.html", context, status=status)


@desk("reform.view")
@require_GET
def brand(request: HttpRequest, pk: int) -> HttpResponse:
    return _brand_page(request, _brand(request, pk))


@desk("reform.view")
@require_POST
def brand_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend, register, return or retire: the service says who may."""
    viewer, sent = viewer_of(request), request.POST
    _brand(request, pk)
    act = sent.get("act", "")
    slot = {"mend": "mend_form", "register": "", "return": "back_form", "retire": "retire_form"}.get(act)
    if slot is None:
        raise Http404
    labels = {"return": ("back", "要修改的地方"), "retire": ("retire", "停止的原因"), "register": ("", "意见")}
    form: forms.BrandForm | forms.WordsForm
    if act == "mend":
        form = forms.BrandForm(sent, auto_id="mend_%s")
    else:
        name, label = labels[act]
        form = forms.WordsForm(sent, label=label, rows=2, required=act != "register", auto_id=f"{name}_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            if act == "mend":
                services.mend_brand(viewer, brand_id=pk, title=data["title"], content=data["content"])
            elif act == "register":
                services.register_brand(viewer, brand_id=pk)
            elif act == "return":
                services.return_brand(viewer, brand_id=pk, opinion=data["text"])
            else:
                services.retire_brand(viewer, brand_id=pk, reason=data["text"])
            said = {"mend": "已重新申报", "register": "已登记", "return": "已退回修改", "retire": "已停止"}[act]
            messages.success(request, said)
            return redirect("reform:brand", pk)
        except Refusal as refusal:
            if act == "register":
                messages.error(request, refusal.sentence)
                return redirect("reform:brand", pk)
            field = refusal.field if refusal.field in form.fields else "text" if "text" in form.fields else None
            form.add_error(field, refusal.sentence)
    return _brand_page(request, _brand(request, pk), 422, **({slot: form} if slot else {}))


# -- cases -----------------------------------------------------------------------------------------------------------


def _case_state(row: ShowcaseCase) -> SafeString:
    return tag(row.get_state_display(), CASE_TONE[row.state])


CASES = ListPage(
    key="reform-cases",
    title="产改案例",
    unit="篇",
    columns=[
        Column("title", "标题", head=True),
        Column("organisation", "申报单位", kind="organisation", sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("pilot", "试点", cell=lambda row: row.pilot.group_title if row.pilot else "", nowrap=True),
        Column("submitted_on", "报送日期", kind="date", sort="submitted_on"),
        Column("selection", "入选名单"),
        Column("state", "状态", cell=_case_state, nowrap=True, export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找案例", "search", "title__contains", placeholder="标题里的字"),
        Filter("state", "状态", choices=CaseState.choices),
    ],
    views=[
        View("all", "全部"),
        View("submitted", "待评选", {"state": "submitted"}),
        View("selected", "已入选", {"state": "selected"}),
    ],
    empty=Empty("还没有案例", "试点单位写一篇，报送以后由上级工会评选。"),
    default_sort="-submitted_on",
    order=("-pk",),
    row_url=lambda row: reverse("reform:case", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="reform/cases.html",
)  # fmt: skip


@desk("reform.view")
@require_http_methods(["GET", "POST"])
def cases(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return CASES.respond(
        request, queries.cases(viewer), heading="产改案例", tabs=sections("cases"), may_write=viewer.may(ANSWER)
    )  # fmt: skip


def _case(request: HttpRequest, pk: int) -> ShowcaseCase:
    return found(queries.case(viewer_of(request), pk))


def _write(request: HttpRequest, row: ShowcaseCase | None) -> HttpResponse:
    viewer, body = viewer_of(request), here(request)
    pilots = [
        (str(one.pk), f"{one.organisation.name}·{one.group_title}") for one in queries.pilots_to_show(viewer)
    ]  # fmt: skip
    initial = {"title": row.title, "text": row.text, "pilot": str(row.pilot_id or "")} if row else None
    form = forms.CaseForm(request.POST or None, pilots=pilots, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kept = services.write_case(
                viewer, organisation=row.organisation if row else body, title=data["title"], text=data["text"],
                pilot_id=int(data["pilot"]) if data["pilot"] else None, case_id=row.pk if row else None,
            )  # fmt: skip
            messages.success(request, "已保存，写好以后报送")
            return redirect("reform:case", kept.pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": f"修改案例：{row.title}" if row else "编写案例", "words": "保存案例",
               "back": "reform:cases"}  # fmt: skip
    return render(request, "reform/form.html", context, status=422 if form.errors else 200)


@desk(ANSWER)
@require_http_methods(["GET", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    return _write(request, None)


@desk(ANSWER)
@require_http_methods(["GET", "POST"])
def case_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _write(request, _case(request, pk))


def _case_page(request: HttpRequest, row: ShowcaseCase, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    own = viewer.organisation_id == row.organisation_id and viewer.may(ANSWER)
    context = {
        "case": row,
        "state": _case_state(row),
        "may_write": own and row.state == CaseState.DRAFT,
        "may_decide": viewer.may(MANAGE) and viewer.organisation_id != row.organisation_id
        and row.state == CaseState.SUBMITTED,
        "decide_form": forms.DecideForm(auto_id="decide_%s"),
        "path": [*org_queries.ancestors(row.organisation), row.organisation],
        **more,
    }  # fmt: skip
    return render(request, "reform/case.html", context, status=status)


@desk("reform.view")
@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    return _case_page(request, _case(request, pk))


@desk("reform.view")
@require_POST
def case_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit, select or decline: the service says who may."""
    viewer, act = viewer_of(request), request.POST.get("act", "")
    row = _case(request, pk)
    if act not in ("submit", "select", "decline"):
        raise Http404
    form = forms.DecideForm(request.POST, auto_id="decide_%s")
    if form.is_valid():
        try:
            if act == "submit":
                services.submit_case(viewer, case_id=pk)
            else:
                services.decide_case(viewer, case_id=pk, selected=act == "select", **form.cleaned_data)
            said = {"submit": "已报送，等上级评选", "select": "已入选", "decline": "已评选，没有入选"}[act]
            messages.success(request, said)
            return redirect("reform:case", pk)
        except Refusal as refusal:
            if act == "submit":
                messages.error(request, refusal.sentence)
                return redirect("reform:case", pk)
            tell(form, refusal)
    return _case_page(request, row, 422, decide_form=form)
