"""Beginning a filing and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.refusal import Refusal

from .. import forms, queries, services
from ..models import Filing
from . import filing_or_404, template_or_404
from .reading import page_of


@desk("form.fill")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    rows = list(queries.usable(viewer))
    choices = [(str(one.pk), f"{one.title}（{one.get_rhythm_display()}，{one.demanded_by}）") for one in rows]
    initial = {name: request.GET[name] for name in ("template", "period") if request.GET.get(name)}
    form = forms.BeginForm(request.POST or None, templates=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = services.begin(
                viewer, organisation=here(request), template=template_or_404(request, int(data["template"])),
                period=data["period"], due_on=data["due_on"],
            )  # fmt: skip
            messages.success(request, "已按现在的记录填上")
            return redirect("filings:one", pk=row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {"form": form, "forms": rows, "may_manage": viewer.may("form.manage")}
    return render(request, "filings/new.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, pk: int, work: Callable[[Filing], Any], said: str) -> HttpResponse:
    """One act on a filing; a refusal is said on its page with status 422."""
    row = filing_or_404(request, pk)
    try:
        work(row)
    except Refusal as refusal:
        return page_of(request, filing_or_404(request, pk), refused=refusal.sentence)
    messages.success(request, said)
    return redirect("filings:one", pk=pk)


@desk("form.fill")
@require_POST
def recount(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda row: services.recount(viewer_of(request), filing=row), "已按现在的记录重新计算")


@desk("form.fill")
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends the questions of a form to who knows."""
    form = forms.AskForm(request.POST)
    row = filing_or_404(request, pk)
    if not form.is_valid():
        return page_of(request, row, refused="没有选答复截止日期", ask_form=form)
    due_on = form.cleaned_data["due_on"]
    return _act(request, pk, lambda row: services.ask(viewer_of(request), filing=row, due_on=due_on), "已发出询问")


@desk("form.fill")
@require_POST
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a cell is blank or has leapt."""
    sheet, cell, words = (request.POST.get(name, "") for name in ("sheet", "cell", "words"))
    return _act(
        request, pk,
        lambda row: services.remark(viewer_of(request), filing=row, sheet=sheet, cell=cell, words=words), "说明已记下",
    )  # fmt: skip


@desk("form.fill")
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    note = request.POST.get("note", "")
    return _act(
        request, pk, lambda row: services.hand_in(viewer_of(request), filing=row, note=note), "已核对，等待签发"
    )


@desk("form.sign")
@require_POST
def decide(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    note, viewer = request.POST.get("note", ""), viewer_of(request)
    if what == "return":
        return _act(request, pk, lambda row: services.give_back(viewer, filing=row, note=note), "已退回修改")
    return _act(request, pk, lambda row: services.sign(viewer, filing=row, note=note), "已签发，数字不再改动")


@desk("form.sign")
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda row: services.send(viewer_of(request), filing=row), "已报出，文件留存在这里")


@desk("form.sign")
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """What was signed is given back: a new version begins."""
    form, viewer = forms.ReopenForm(request.POST), viewer_of(request)
    if not form.is_valid():
        row = filing_or_404(request, pk)
        return page_of(request, row, refused="写明退回的理由，选重新报送的截止日期", reopen_form=form)
    data = form.cleaned_data
    return _act(request, pk, lambda row: services.reopen(viewer, filing=row, **data), "已退回，填报单位重新填报")
