"""Pages of standards: the list, one on paper, its editor, its trial, packs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.pages.answers import attachment
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from .. import facts, forms, rules, services
from ..choices import StandardState
from ..models import Standard
from ..queries import simulation, standards

TONES = {StandardState.DRAFT: "wait", StandardState.PUBLISHED: "ok", StandardState.RETIRED: ""}


def _where(row: Standard) -> str:
    if row.organisation_id is None:
        return "平台自带"
    found = org_queries.public(row.organisation_id)
    return found.name if found else ""


PAGE = ListPage(
    key="standards",
    title="评价标准",
    unit="项",
    columns=[
        Column("title", "标准", head=True, sort="title", cell=lambda r: r.title),
        Column("version", "版本", kind="number", cell=lambda r: r.version),
        Column("where", "适用范围", cell=_where),
        Column("state", "状态", template="assessment/_state.html", export=lambda r: r.get_state_display()),
        Column("valid_from", "施行日期", kind="date", cell=lambda r: r.valid_from if r.organisation_id else None),
        Column("note", "修改说明", cell=lambda r: r.note),
    ],
    filters=[Filter("state", "状态", choices=StandardState.choices)],
    views=[View("all", "全部标准"), View("drafts", "草稿", {"state": "draft"})],
    empty=Empty("没有评价标准", "平台自带的标准在安装时放入；也可以导入别的城市的标准包。"),
    default_sort="title",
    order=("key", "path", "-version"),
    row_url=lambda r: reverse("assessment:standard", args=[r.pk]),
    row_label=lambda r: r.title,
    template="assessment/standards.html",
)


@desk("procedure.view")
def listing(request: HttpRequest) -> Any:
    """Standards that hold here or below, and the drafts of the range."""
    viewer = viewer_of(request)
    return PAGE.respond(
        request, standards.listed(viewer).order_by(), heading="评价标准", may_manage=viewer.may("assessment.manage")
    )


def _found(request: HttpRequest, pk: int) -> Standard:
    row = standards.standard(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def _draft(request: HttpRequest, pk: int) -> Standard:
    """A draft of the viewer's own place; somebody else's is as if it were not there."""
    row = standards.own(viewer_of(request), pk)
    if row is None or row.state != StandardState.DRAFT:
        raise Http404
    return row


def _page(request: HttpRequest, row: Standard, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    body = rules.must_read(row.body)
    older = standards.before(row)
    own = row.organisation_id is not None and row.organisation_id == viewer.organisation_id
    context = {
        "row": row,
        "standard": body,
        "where": _where(row),
        "tone": TONES[StandardState(row.state)],
        "kinds": rules.standard.KIND_WORDS,
        "older": older,
        "differences": rules.differences(rules.must_read(older.body), body) if older is not None else [],
        "mistakes": services.mistakes_of(row.body) if row.state == StandardState.DRAFT else [],
        "own": own,
        "may_manage": viewer.may("assessment.manage"),
        "publish_form": forms.PublishForm(initial={"valid_from": timezone.localdate()}, auto_id="publish_%s"),
        "retire_form": forms.RetireForm(auto_id="retire_%s"),
        **more,
    }
    return render(request, "assessment/standard.html", context, status=status)


@desk("procedure.view")
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One standard on a readable page, with what changed and what is still wrong."""
    return _page(request, _found(request, pk))


def _say(request: HttpRequest, refusal: Refusal) -> None:
    messages.error(request, refusal.sentence)


@desk("assessment.manage")
@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft at one's own place that begins as this standard."""
    row = services.copy_here(viewer_of(request), standard=_found(request, pk))
    messages.success(request, f"已复制为本级草稿第{row.version}版，改好后发布")
    return redirect("assessment:edit", pk=row.pk)


@desk("assessment.manage")
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    row = _draft(request, pk)
    form = forms.PublishForm(request.POST, auto_id="publish_%s")
    if form.is_valid():
        try:
            services.publish(viewer_of(request), standard=row, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, f"已发布，{form.cleaned_data['valid_from']:%Y-%m-%d}起在本级范围内施行")
            return redirect("assessment:standard", pk=pk)
    return _page(request, row, 422, publish_form=form)


@desk("assessment.manage")
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    row = standards.own(viewer_of(request), pk)
    if row is None:
        raise Http404
    form = forms.RetireForm(request.POST, auto_id="retire_%s")
    if form.is_valid():
        try:
            services.retire(viewer_of(request), standard=row, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "已停用，新的评定改按上级标准；办理中的不变")
            return redirect("assessment:standard", pk=pk)
    return _page(request, row, 422, retire_form=form)


@desk("assessment.manage")
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    services.discard(viewer_of(request), standard=_draft(request, pk))
    messages.success(request, "已删除草稿")
    return redirect("assessment:standards")


# -- the editor ---------------------------------------------------------------------------------------------


@desk("assessment.manage")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as a table of items to move, change and take out; its head beside it."""
    row = _draft(request, pk)
    body = rules.must_read(row.body)
    form = forms.HeadForm(request.POST if request.method == "POST" else None, initial=forms.head_initial(body))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            return _edited(
                request,
                pk,
                "已保存草稿",
                lambda: services.edit_head(viewer_of(request), standard=row, values=form.cleaned_data),
            )
        status = 422
    context = {
        "row": row, "standard": body, "form": form, "points": sum(one.points for one in body.groups),
        "mistakes": services.mistakes_of(row.body), "kinds": rules.standard.KIND_WORDS,
    }  # fmt: skip
    return render(request, "assessment/edit.html", context, status=status)


def _edited(request: HttpRequest, pk: int, words: str, act: Callable[[], Any]) -> HttpResponse:
    try:
        act()
        messages.success(request, words)
    except Refusal as refusal:
        _say(request, refusal)
    return redirect("assessment:edit", pk=pk)


@desk("assessment.manage")
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """A new item (no `key` in the address) or a change of one."""
    row = _draft(request, pk)
    body = rules.must_read(row.body)
    key = request.GET.get("key", "")
    known = body.item(key)
    if key and known is None:
        raise Http404
    initial = forms.item_initial(body, known) if known else {"group": request.GET.get("group", "")}
    form = forms.ItemForm(request.POST if request.method == "POST" else None, initial=initial, standard=body)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _keep_item(request, row, form, key):
            return redirect("assessment:edit", pk=pk)
        status = 422
    names = facts.names()
    context = {
        "row": row, "form": form, "item": known,
        "facts": [(name, title, names[name]) for name, title in facts.titles().items()],
    }  # fmt: skip
    return render(request, "assessment/item.html", context, status=status)


def _keep_item(request: HttpRequest, row: Standard, form: forms.ItemForm, key: str) -> bool:
    actor, group = viewer_of(request), form.cleaned_data["group"]
    try:
        if key:
            services.edit_item(actor, standard=row, key=key, group=group, item=form.item())
        else:
            services.add_item(actor, standard=row, group=group, item=form.item())
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    messages.success(request, f"已{'修改' if key else '增加'}“{form.cleaned_data['title']}”")
    return True


@desk("assessment.manage")
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Up, down or out."""
    row, key, way = _draft(request, pk), request.POST.get("key", ""), request.POST.get("way", "")
    actor = viewer_of(request)
    if way == "out":
        return _edited(request, pk, "已删去这项指标", lambda: services.delete_item(actor, standard=row, key=key))
    by = -1 if way == "up" else 1
    return _edited(request, pk, "已调整顺序", lambda: services.move_item(actor, standard=row, key=key, by=by))


# -- trial and packs ----------------------------------------------------------------------------------------


@desk("assessment.manage")
@require_GET
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """How the unions of the post's range would fare."""
    viewer, row = viewer_of(request), _found(request, pk)
    today = timezone.localdate()
    usual = int(rule_queries.value("assessment.simulate_percent", viewer.lo, today).value)
    form = forms.TryForm(request.GET if "percent" in request.GET else {"percent": usual})
    percent = form.cleaned_data["percent"] if form.is_valid() else usual
    body = rules.must_read(row.body)
    found = simulation.simulate(viewer, body, today, percent)
    context = {
        "row": row, "standard": body, "form": form, "outcome": found, "percent": percent,
        "trials": found.trials[:500], "more": max(0, len(found.trials) - 500),
    }  # fmt: skip
    return render(request, "assessment/trial.html", context)


@desk("assessment.manage")
@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The standard as a pack for another city."""
    row = _found(request, pk)
    text = services.export_pack(viewer_of(request), standards=[row], name=row.title)
    return attachment(text, f"{row.title}.yaml", "application/yaml; charset=utf-8")


@desk("assessment.manage")
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Drafts of every standard of a pack."""
    form = forms.PackForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            text = form.cleaned_data["file"].read(1_000_001).decode("utf-8", "replace")
            made = services.import_pack(viewer_of(request), text=text)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
        else:
            messages.success(request, f"已导入{len(made)}项草稿" if made else "标准包里的标准与本级现有的相同")
            return redirect("assessment:standards")
    return render(request, "assessment/bring.html", {"form": form}, status=422 if form.errors else 200)
