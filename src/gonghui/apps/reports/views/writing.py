"""Beginning a report, its text with the picker of figures, Word coming back, and what is done with a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.refusal import Refusal

from .. import forms, queries, services
from ..models import Report
from ..paper import exchange
from . import report_or_404
from .reading import page_of


@desk("report.write")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    form = forms.BeginForm(request.POST or None, templates=queries.usable(viewer))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        template = queries.begun_with(viewer, data["template"])
        if template is None:
            raise Http404
        try:
            row = services.begin(
                viewer, organisation=here(request), template=template, period=data["period"], title=data["title"]
            )
            messages.success(request, "已起草，数字按现在的记录统计")
            return redirect("reports:one", pk=row.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
    return render(request, "reports/new.html", {"form": form}, status=422 if form.errors else 200)


@desk("report.write")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The text and the picker. A draft with marks that are wrong is kept, and says so where they stand."""
    viewer, row = viewer_of(request), _own(request, pk)
    draft = queries.draft(viewer, row)
    if draft is None:
        raise Http404
    initial = {"title": row.title, "text": draft.text, "lock": row.lock}
    form = forms.TextForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kept = services.save(viewer, report=row, text=data["text"], title=data["title"], lock=data["lock"])
            wrong = kept.content["mistakes"]
            if wrong:
                messages.warning(request, f"已存为第{kept.no}稿，有{len(wrong)}处没有填上")
            else:
                messages.success(request, f"已存为第{kept.no}稿")
            return redirect("reports:one", pk=row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {
        "row": row, "form": form, "picker": picker(request), "word_form": forms.WordForm(), "period": read(row.period)
    }  # fmt: skip
    return render(request, "reports/edit.html", context, status=422 if form.errors else 200)


def picker(request: HttpRequest) -> list[dict[str, Any]]:
    """Figures that hold here, by area, with what to write for each."""
    areas = figures.by_area(figures.in_force(here(request).path).values())
    return [{"title": area.label, "rows": rows} for area, rows in areas]


def _own(request: HttpRequest, pk: int) -> Report:
    row = report_or_404(request, pk)
    if row.organisation_id != viewer_of(request).organisation_id:
        raise Http404
    return row


@desk("report.write")
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """The text comes back from Word as a new draft."""
    viewer, row = viewer_of(request), _own(request, pk)
    form = forms.WordForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, form.errors["file"][0] if "file" in form.errors else "没有选择文件")
        return redirect("reports:edit", pk=pk)
    try:
        text, left_out, lock = exchange.text_of_word(form.cleaned_data["file"].read())
        kept = services.save(viewer, report=row, text=text, title=row.title, lock=lock or row.lock)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("reports:edit", pk=pk)
    messages.success(request, "，".join([f"已存为第{kept.no}稿", *left_out]))
    return redirect("reports:one", pk=pk)


def _lock(request: HttpRequest) -> int:
    """The state of the report as its reader saw it; 0, which no report has, where the page did not say."""
    said = request.POST.get("lock", "")
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def _act(request: HttpRequest, pk: int, work: Callable[[Report], Any], said: str) -> HttpResponse:
    """One act on a report; a refusal is said on its page with status 422."""
    row = report_or_404(request, pk)
    try:
        work(row)
    except Refusal as refusal:
        return page_of(request, report_or_404(request, pk), refused=refusal.sentence)
    messages.success(request, said)
    return redirect("reports:one", pk=pk)


@desk("report.write")
@require_POST
def recount(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        pk,
        lambda row: services.recount(viewer_of(request), report=row, lock=_lock(request)),
        "已按现在的记录重新计算",
    )


@desk("report.write")
@require_POST
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    note, lock = request.POST.get("note", ""), _lock(request)
    return _act(
        request, pk, lambda row: services.hand_in(viewer_of(request), report=row, lock=lock, note=note), "已送审"
    )


@desk("report.sign")
@require_POST
def decide(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    note, lock = request.POST.get("note", ""), _lock(request)
    viewer = viewer_of(request)
    if what == "return":
        return _act(request, pk, lambda row: services.give_back(viewer, report=row, lock=lock, note=note), "已退回修改")
    return _act(request, pk, lambda row: services.sign(viewer, report=row, lock=lock, note=note), "已审定")


@desk("report.issue")
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    number, lock = request.POST.get("document_no", ""), _lock(request)
    return _act(
        request, pk, lambda row: services.issue(viewer_of(request), report=row, lock=lock, document_no=number),
        "已印发，不再改动",
    )  # fmt: skip


@desk("report.issue")
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    note, lock = request.POST.get("note", ""), _lock(request)
    return _act(
        request, pk, lambda row: services.withdraw(viewer_of(request), report=row, lock=lock, reason=note), "已撤回"
    )


@desk("report.view")
@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    form = forms.CommentForm(request.POST)
    line = int(form.data.get("line") or 0) if str(form.data.get("line", "")).isdecimal() else 0
    if not form.is_valid() or line > 99_999:
        return page_of(request, report_or_404(request, pk), refused="没有写意见", line=line, comment_form=form)
    viewer = viewer_of(request)
    draft = queries.draft(viewer, report_or_404(request, pk))
    quoted = "" if draft is None else next(
        ("".join(one.words for one in block.spans) for block in queries.content_of(draft).blocks if block.line == line),
        "",
    )  # fmt: skip
    return _act(
        request, pk,
        lambda row: services.comment(viewer, report=row, line=line, quote=quoted, words=form.cleaned_data["words"]),
        "意见已记下",
    )  # fmt: skip


@desk("report.write")
@require_POST
def settle(request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    row = _own(request, pk)
    found = get_object_or_404(queries.comments(viewer, row), pk=comment_pk)
    return _act(request, pk, lambda _: services.settle(viewer, comment=found), "已标为处理")
