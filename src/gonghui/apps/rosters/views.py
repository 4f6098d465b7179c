"""The import centre of the desk: uploading, following an import step by step, reports, taking back, exporting."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.answers import attachment
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from . import queries, services
from .choices import RUNNING, WAITING, Action, Choice, Kind, State
from .columns import roster_kind
from .forms import ColumnsForm, CommitForm, ExportForm, UndoForm, UploadForm
from .models import RosterImport, RosterProblem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_PAGE = 20
STEPS = (
    ("读取文件", (State.UPLOADED,)),
    ("核对列", (State.MATCHING,)),
    ("检查", (State.CHECKING,)),
    ("预览", (State.READY,)),
    ("导入", (State.COMMITTING,)),
    ("完成", (State.DONE, State.UNDOING, State.UNDONE)),
)


def _roster(request: HttpRequest, pk: int) -> RosterImport:
    try:
        return queries.roster(viewer_of(request), pk)
    except RosterImport.DoesNotExist:
        raise Http404("roster") from None


def _url(roster: RosterImport | int, name: str = "import") -> str:
    return reverse(f"rosters:{name}", args=[roster if isinstance(roster, int) else roster.pk])


def _own_name(viewer: Viewer) -> str:
    return str(Organisation.objects.filter(pk=viewer.organisation_id).values_list("name", flat=True).first() or "")


# --- the list ------------------------------------------------------------------------------------------------------


def _state(row: RosterImport) -> SafeString:
    kind = row.step.tag_kind
    return format_html('<span class="tag{}">{}</span>', f" tag-{kind}" if kind else "", row.step.label)


def _in_state(rows: QuerySet[RosterImport], value: str) -> QuerySet[RosterImport]:
    groups = {"waiting": WAITING, "running": RUNNING}
    return rows.filter(state__in=groups[value]) if value in groups else rows.filter(state=value)


IMPORTS = ListPage(
    key="rosters",
    title="名册导入",
    unit="次",
    columns=[
        Column("source_name", "文件", head=True),
        Column("kind", "名册", cell=lambda row: Kind(row.kind).label, nowrap=True),
        Column("organisation", "导入到", cell=lambda row: row.organisation.name, kind="organisation"),
        Column("total_rows", "行数", kind="number"),
        Column("new_rows", "新增", kind="number"),
        Column("changed_rows", "更新", kind="number"),
        Column("rejected_rows", "有问题", kind="number"),
        Column("actor_name", "经办人", personal=True),
        Column("created_at", "上传时间", kind="time", sort="created_at"),
        Column("state", "状态", kind="tag", cell=_state),
    ],
    filters=[
        Filter("kind", "名册", choices=Kind.choices),
        Filter(
            "state", "状态", lookup=_in_state,
            choices=[("waiting", "等我处理"), ("running", "正在进行"), *((s.value,
              s.label) for s in State if s.is_over)],
        ),
        Filter("created", "上传日期", "date", "created_at__date", main=False),
    ],
    views=[View("all", "全部"), View("waiting", "等我处理", {"state": "waiting"},
      lambda v: queries.imports(v).filter(state__in=WAITING).count())],
    empty=Empty("还没有导入过名册", "下载模板来填，或直接上传手上的名册：列名相近的会自动对上。", "导入名册",
      "/desk/rosters/new"),
    default_sort="-created_at",
    order=("-created_at", "-pk"),
    row_url=lambda row: _url(row),
    template="rosters/imports.html",
)  # fmt: skip


@desk("roster.import")
def imports(request: HttpRequest) -> HttpResponseBase:
    return IMPORTS.respond(
        request,
        queries.imports(viewer_of(request)),
        heading="名册导入",
        may_export=viewer_of(request).may("roster.export"),
    )


# --- starting ------------------------------------------------------------------------------------------------------


@desk("roster.import")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    initial = {"organisation": _own_name(viewer), "kind": request.GET.get("kind", Kind.MEMBERS)}
    form = UploadForm(viewer, request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            roster = services.upload(
                viewer, organisation=form.cleaned_data["organisation"], kind=form.cleaned_data["kind"],
                file=sent.file, name=sent.name, size=sent.size,
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, _sentence(refusal))
        else:
            return HttpResponseRedirect(_url(roster))
    status = 422 if form.is_bound else 200
    return render(
        request, "rosters/new.html", {"form": form, "kinds": list(Kind), "today": timezone.localdate()}, status=status
    )


def _sentence(refusal: Refusal) -> str:
    return refusal.sentence


@desk("roster.import")
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in Kind.values:
        raise Http404("kind")
    return attachment(services.template_of(viewer_of(request), kind), f"{roster_kind(kind).label}模板.xlsx", XLSX)


def _attachment(name: str) -> str:
    return str(content_disposition_header(True, name))


@desk("roster.export")
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    initial = {"organisation": _own_name(viewer), "kind": request.GET.get("kind", Kind.MEMBERS)}
    form = ExportForm(viewer, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        kind, organisation = form.cleaned_data["kind"], form.cleaned_data["organisation"]
        target = tempfile.NamedTemporaryFile(prefix="roster-", suffix=".xlsx")  # noqa: SIM115 FileResponse closes it
        try:
            services.export_list(viewer, kind=kind, organisation=organisation, target=target)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, _sentence(refusal))
        else:
            name = f"{roster_kind(kind).label}-{timezone.localdate():%Y%m%d}.xlsx"
            return FileResponse(open(target.name, "rb"), as_attachment=True, filename=name, content_type=XLSX)
    return render(request, "rosters/export.html", {"form": form}, status=422 if form.is_bound else 200)


# --- one import ----------------------------------------------------------------------------------------------------


def _steps(roster: RosterImport) -> list[dict[str, Any]]:
    at = next((index for index, (_, states) in enumerate(STEPS) if roster.step in states), -1)
    over = roster.step in (State.DONE, State.UNDONE)
    return [
        {"title": title, "css": "done" if index < at or over else "now" if index == at else ""}
        for index, (title, _) in enumerate(STEPS)
    ]


def headline(roster: RosterImport) -> str:
    """The situation in one sentence, which is the page's heading."""
    applied, rejected = f"{roster.applied_rows:,}", f"{roster.rejected_rows:,}"
    if roster.step is State.READY:
        parts = [f"{applied}行可以导入"] if roster.applied_rows else ["没有可以导入的行"]
        parts += [f"{roster.conflict_rows:,}行有冲突"] if roster.conflict_rows else []
        return "，".join(parts + ([f"{rejected}行有问题"] if roster.rejected_rows else []))
    if roster.step is State.DONE:
        if not roster.applied_rows and not roster.rejected_rows and not roster.conflict_rows:
            return f"没有变化：{roster.unchanged_rows:,}行都和登记的一样"
        left = f"，{rejected}行没有导入" if roster.rejected_rows else ""
        return f"已导入：新增{roster.new_rows:,}行，更新{roster.changed_rows:,}行{left}"
    if roster.step is State.MATCHING:
        # a roster without that column is filed where the upload says
        missing = len([name for name in roster.outline.get("missing", []) if name != "organisation"])
        return f"有{missing}项必填的内容还没找到对应的列" if missing else "核对每一列对应的内容"
    return {
        State.UNDONE: "已撤销，记录恢复到导入之前",
        State.CANCELLED: "已停止，什么都没有改动",
        State.FAILED: "没有导入",
    }.get(roster.step, roster.step.label)


@desk("roster.import")
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, roster = viewer_of(request), _roster(request, pk)
    context: dict[str, Any] = {
        "roster": roster,
        "heading": headline(roster),
        "steps": _steps(roster),
        "state": roster.step,
    }
    if roster.step.is_running:
        context["progress"] = queries.progress(viewer, roster)
    elif roster.step is State.MATCHING:
        context |= _matching(roster)
    elif roster.step is State.READY:
        context |= _preview(viewer, roster)
    else:
        context["groups"] = queries.problem_groups(viewer, roster)
    return render(request, "rosters/import.html", context)


def _matching(roster: RosterImport, form: ColumnsForm | None = None) -> dict[str, Any]:
    matching = services.matching_of(roster)
    labels = roster_kind(roster.kind).fields
    return {
        "form": form or ColumnsForm(matching),
        "missing": [labels[name].label for name in matching.missing if name != "organisation"],
        "files_here": "organisation" in matching.missing,
        "sheets": roster.outline.get("sheets", []),
        "sheet": roster.outline.get("sheet"),
    }


def _preview(viewer: Viewer, roster: RosterImport) -> dict[str, Any]:
    shown = {
        action: queries.samples(viewer, roster, action, limit=5)
        for action in (Action.CONFLICT, Action.CHANGED, Action.NEW)
    }
    return {"groups": queries.problem_groups(viewer, roster), "samples": shown, "form": CommitForm()}


@desk("roster.import")
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that is asked for every second while the worker is busy."""
    roster = _roster(request, pk)
    if not roster.step.is_running:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = {"roster": roster, "progress": queries.progress(viewer_of(request), roster), "state": roster.step}
    return render(request, "rosters/parts/progress.html", context)


@desk("roster.import")
@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    roster = _roster(request, pk)
    if (
        roster.step is not State.MATCHING
    ):  # sent twice, or from a page left open: say so on the page of the step it is at
        return _act(request, pk, lambda one: services.confirm_columns(viewer_of(request), roster=one, choices={}))
    form = ColumnsForm(services.matching_of(roster), request.POST)
    if form.is_valid():
        try:
            services.confirm_columns(viewer_of(request), roster=roster, choices=form.choices)
        except Refusal as refusal:
            form.add_error(None, _sentence(refusal))
        else:
            return HttpResponseRedirect(_url(roster))
    context = {
        "roster": roster,
        "heading": headline(roster),
        "steps": _steps(roster),
        "state": roster.step,
        **_matching(roster, form),
    }
    return render(request, "rosters/import.html", context, status=422)


def _act(request: HttpRequest, pk: int, act: Callable[[RosterImport], object], done: str = "") -> HttpResponse:
    """One decision by button: do it, say so, go back to the import."""
    roster = _roster(request, pk)
    try:
        act(roster)
    except Refusal as refusal:
        messages.error(request, _sentence(refusal))
    else:
        if done:
            messages.success(request, done)
    return HttpResponseRedirect(
        request.POST.get("next") if request.POST.get("next", "").startswith("/desk/rosters/") else _url(pk)
    )


@desk("roster.import")
@require_POST
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    def act(roster: RosterImport) -> None:
        index, top, bottom = (request.POST.get(name, "") for name in ("sheet", "top", "bottom"))
        rows = (int(top), int(bottom or top)) if top.isdecimal() and (bottom or top).isdecimal() else None
        services.reread(
            viewer_of(request), roster=roster, sheet=int(index) if index.isdecimal() else 0, header_rows=rows
        )

    return _act(request, pk, act)


@desk("roster.import")
@require_POST
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    mode = request.POST.get("mode", "")
    form = CommitForm(request.POST)
    if not form.is_valid():
        messages.error(request, "选一种处理有问题的行的办法")
        return HttpResponseRedirect(_url(_roster(request, pk)))
    return _act(request, pk, lambda roster: services.commit(viewer_of(request), roster=roster, mode=mode))


@desk("roster.import")
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda roster: services.cancel(viewer_of(request), roster=roster), "已停止这次导入")


@desk("roster.import")
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    choice, row = request.POST.get("choice", ""), request.POST.get("row", "")
    if choice not in (Choice.FILE, Choice.RECORD):
        raise Http404("choice")
    number = int(row) if row.isdecimal() else None
    return _act(
        request, pk, lambda roster: services.choose(viewer_of(request), roster=roster, choice=choice, row_no=number)
    )


@desk("roster.import")
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason in a dialog, or on a page of its own; then the worker takes the import back."""
    roster = _roster(request, pk)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.undo(viewer_of(request), roster=roster, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error("reason" if refusal.field == "reason" else None, _sentence(refusal))
        else:
            if request.headers.get("HX-Request") == "true":
                return HttpResponse(status=204, headers={"HX-Redirect": _url(roster)})
            return HttpResponseRedirect(_url(roster))
    part = request.headers.get("HX-Request") == "true"
    name = "rosters/parts/undo.html" if part else "rosters/undo.html"
    return render(request, name, {"roster": roster, "form": form}, status=422 if form.is_bound else 200)


# --- what came of it -----------------------------------------------------------------------------------------------

PROBLEMS = ListPage(
    key="roster-problems",
    title="有问题的行",
    unit="处",
    columns=[
        Column("row_no", "行", kind="number", head=True, sort="row_no"),
        Column("letter", "列", cell=lambda row: row.letter or None, nowrap=True),
        Column("shown", "内容", cell=lambda row: row.shown or None, personal=True),
        Column("message", "原因"),
        Column("hint", "怎么改", cell=lambda row: row.hint or None),
        Column("serious", "影响", kind="tag", cell=lambda row: "不能导入" if row.serious else "提醒"),
    ],
    filters=[
        Filter("code", "代码", "search", "code", placeholder="GH-IMP-401"),
        Filter("serious", "影响", "boolean", "serious", choices=[("1", "不能导入"), ("0", "提醒")]),
    ],
    order=("row_no", "pk"),
    default_sort="row_no",
    empty=Empty("没有有问题的行", "每一行都检查过了。"),
    template="rosters/problems.html",
)


@desk("roster.import")
def problems(request: HttpRequest, pk: int) -> HttpResponseBase:
    roster = _roster(request, pk)
    rows: QuerySet[RosterProblem] = queries.problems(viewer_of(request), roster)
    return PROBLEMS.respond(request, rows, heading=f"{roster.source_name}：有问题的行", roster=roster)


@desk("roster.import")
@require_safe
def rows(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Every row of the preview with one action, before and after."""
    viewer, roster = viewer_of(request), _roster(request, pk)
    totals = {Action.NEW: roster.new_rows, Action.CHANGED: roster.changed_rows, Action.CONFLICT: roster.conflict_rows}
    if action not in totals:
        raise Http404("action")
    total = totals[Action(action)]
    page = Paginator(range(total), ROWS_A_PAGE).get_page(request.GET.get("page"))
    found = queries.samples(viewer, roster, action, limit=ROWS_A_PAGE, offset=(page.number - 1) * ROWS_A_PAGE)
    context = {
        "roster": roster,
        "action": Action(action),
        "total": total,
        "rows": found,
        "page": page,
        "state": roster.step,
    }
    return render(request, "rosters/rows.html", context)


@desk("roster.import")
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows that were turned down, to be corrected and uploaded."""
    roster = _roster(request, pk)
    target = tempfile.NamedTemporaryFile(prefix="roster-", suffix=".xlsx")  # noqa: SIM115 FileResponse closes it
    try:
        services.report(viewer_of(request), roster=roster, target=target)
    except Refusal as refusal:
        messages.error(request, _sentence(refusal))
        return HttpResponseRedirect(_url(roster))
    name = f"{roster.source_name.rsplit('.', 1)[0]}-要改的行.xlsx"
    return FileResponse(open(target.name, "rb"), as_attachment=True, filename=name, content_type=XLSX)
