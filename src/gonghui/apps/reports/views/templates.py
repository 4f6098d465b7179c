"""Templates at the desk: those in use here, writing one, Word out and in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.refusal import Refusal
from gonghui.pages.answers import DOCX, attachment

from .. import forms, queries, services
from ..choices import TemplateState
from ..models import Template
from ..paper import exchange
from ..rules.text import parse
from ..shipped import shipped
from .writing import picker


@desk("report.template")
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    rows = list(queries.templates(viewer))
    names = queries.owners(rows)
    listed = [{"row": one, "owner": names.get(one.organisation_id, "")} for one in rows]
    context = {"listed": listed, "shipped": shipped().values()}
    return render(request, "reports/templates.html", context)


def _template(request: HttpRequest, pk: int) -> Template:
    found = queries.template(viewer_of(request), pk)
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest, form: Any, row: Template | None) -> HttpResponse:
    context = {
        "form": form, "row": row, "picker": picker(request), "word_form": forms.WordForm(),
        "mistakes": parse(row.text).mistakes if row else [],
    }  # fmt: skip
    return render(request, "reports/template.html", context, status=422 if form.errors else 200)


def _write(request: HttpRequest, form: forms.TemplateForm, row: Template | None) -> HttpResponse:
    data = form.cleaned_data
    try:
        kept = services.write(
            viewer_of(request), organisation=here(request), title=data["title"], occasion=data["occasion"],
            text=data["text"], note=data["note"], template=row, lock=data["lock"] or 0,
        )  # fmt: skip
        messages.success(request, "模板已保存")
        return redirect("reports:template", pk=kept.pk)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return _form(request, form, row)


@desk("report.template")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A template from nothing, or a copy of one that ships or that a body above wrote (`?from=`)."""
    base = queries.begun_with(viewer_of(request), request.GET.get("from", ""))
    initial = {"title": base.title, "occasion": base.occasion, "text": base.text, "note": base.note} if base else {}
    form = forms.TemplateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _write(request, form, None)
    return _form(request, form, None)


@desk("report.template")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    row = _template(request, pk)
    initial = {"title": row.title, "occasion": row.occasion, "text": row.text, "note": row.note, "lock": row.lock}
    form = forms.TemplateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _write(request, form, row)
    return _form(request, form, row)


@desk("report.template")
@require_GET
def word(request: HttpRequest, pk: int) -> HttpResponse:
    row = _template(request, pk)
    return attachment(exchange.text_as_word(row.text, row.lock), f"{row.title}（模板）.docx", DOCX)


@desk("report.template")
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """The template comes back from Word."""
    row = _template(request, pk)
    form = forms.WordForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, form.errors["file"][0] if "file" in form.errors else "没有选择文件")
        return redirect("reports:template", pk=pk)
    try:
        text, left_out, lock = exchange.text_of_word(form.cleaned_data["file"].read())
        services.write(
            viewer_of(request), organisation=here(request), title=row.title, occasion=row.occasion, text=text,
            note=row.note, template=row, lock=lock or row.lock,
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("reports:template", pk=pk)
    messages.success(request, "，".join(["已从Word读入", *left_out]))
    return redirect("reports:template", pk=pk)


@desk("report.template")
@require_POST
def put(request: HttpRequest, pk: int, state: str) -> HttpResponse:
    """Into use, or out of it."""
    row = _template(request, pk)
    try:
        services.put(viewer_of(request), template=row, state=TemplateState(state))
        messages.success(request, f"模板{row.get_state_display()}")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("reports:template", pk=pk)
