"""Forms at the desk: received, and what each cell means, picked in the table itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.choices import Role
from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.pages.answers import attachment
from gonghui.pages.lists.xlsx import CONTENT_TYPE as XLSX

from .. import forms, queries, services
from ..choices import Kind, TemplateState
from ..models import FormTemplate
from ..rules.mapping import Mapped, told
from ..rules.sheets import Sheet, place
from . import template_or_404
from .grid import grid

ROLES = {one.value: str(one.label) for one in Role}


@desk("form.manage")
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    rows = list(queries.templates(viewer_of(request)))
    names = queries.owners(rows)
    own = viewer_of(request).organisation_id
    listed = [
        {"row": one, "owner": names.get(one.organisation_id, ""), "own": one.organisation_id == own} for one in rows
    ]
    return render(request, "filings/forms.html", {"listed": listed})


@desk("form.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A form as it was sent."""
    form = forms.ReceiveForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        file = data.pop("file")
        try:
            row = services.receive(
                viewer_of(request), organisation=here(request), data=file.read(), filename=file.name, **data
            )
            messages.success(request, "表样已收入，点表里的格子说明填什么")
            return redirect("filings:form", pk=row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return render(request, "filings/form_new.html", {"form": form}, status=422 if form.errors else 200)


def picked(request: HttpRequest, row: FormTemplate) -> tuple[Sheet, str]:
    """The sheet and the cell that are looked at."""
    book = queries.book_of(row)
    shown = list(book.shown())
    named = request.GET.get("sheet", "") or request.POST.get("sheet", "")
    sheet = next((one for one in shown if one.name == named), shown[0])
    cell = request.GET.get("cell", "") or request.POST.get("cell", "")
    return sheet, cell if place(cell)[0] else ""


def figure_choices(path: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Figures that hold at a place, by area, as a list to choose from."""
    areas = figures.by_area(figures.in_force(path).values())
    return [(str(area.label), [(one.key, one.title) for one in rows]) for area, rows in areas]


@desk("form.manage")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The form as a table; of a cell that is picked what it means, to be changed."""
    row = template_or_404(request, pk)
    sheet, cell = picked(request, row)
    form = _cell_form(request, row, sheet, cell)
    if request.method == "POST" and form.is_valid():
        try:
            services.map_cells(viewer_of(request), template=row, cells=[form.mapped()])
            messages.success(request, f"{cell}已对照")
            return redirect(_address(row, sheet.name))
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return page_of(request, row, sheet, cell, form)


def _address(row: FormTemplate, sheet: str) -> str:
    return f"{reverse('filings:form', args=[row.pk])}?{urlencode({'sheet': sheet})}"


def _cell_form(request: HttpRequest, row: FormTemplate, sheet: Sheet, cell: str) -> forms.CellForm:
    choices = figure_choices(row.path)
    if request.method == "POST":
        return forms.CellForm(request.POST, figures=choices)
    known = next((one for one in queries.mapping_of(row) if one.key == (sheet.name, cell)), None)
    initial: dict[str, Any] = {"sheet": sheet.name, "cell": cell, "kind": Kind.FIGURE}
    if known is not None:
        initial = forms.CellForm.initial_of(known)
    elif cell:
        words = sheet.row_label(cell)
        initial["title"] = words[:80]
        proposed = next((g for g in _guesses(request, row) if (g.sheet, g.cell) == (sheet.name, cell)), None)
        if proposed is not None:
            initial |= {"figure": proposed.figure, "label": proposed.label}
    return forms.CellForm(initial=initial, figures=choices)


def _guesses(request: HttpRequest, row: FormTemplate) -> list[Any]:
    at = org_queries.public(row.organisation_id)
    if at is None or row.organisation_id != viewer_of(request).organisation_id:
        return []
    return queries.proposals(viewer_of(request), row, at)


def page_of(request: HttpRequest, row: FormTemplate, sheet: Sheet, cell: str, form: forms.CellForm) -> HttpResponse:
    mapping = queries.mapping_of(row)
    titles = {key: one.title for key, one in figures.in_force(row.path).items()}
    mapped = {one.cell: one for one in mapping if one.sheet == sheet.name}
    here_ = sheet.cells.get(cell)

    def content(at: str) -> dict[str, Any]:
        known: Mapped | None = mapped.get(at)
        return {
            "mapped": known, "said": told(known, titles, ROLES) if known else "", "picked": at == cell,
            "short": _short(known, titles) if known else "",
        }  # fmt: skip

    own = row.organisation_id == viewer_of(request).organisation_id
    book = queries.book_of(row)
    context = {
        "row": row, "own": own, "sheet": sheet, "cell": cell, "form": form, "grid": grid(sheet, content),
        "sheets": [
            {"name": one.name, "count": sum(1 for m in mapping if m.sheet == one.name)} for one in book.shown()
        ],
        "known": mapped.get(cell), "formula": here_.formula if here_ else "", "count": len(mapping),
        "covered": bool(cell) and sheet.covered(cell),
        "guesses": len(_guesses(request, row)) if own and not cell else 0,
        "where": "，".join(word for word in (sheet.row_label(cell), sheet.column_label(cell)) if word) if cell else "",
        "owner": queries.owners([row]).get(row.organisation_id, ""),
    }  # fmt: skip
    return render(request, "filings/form.html", context, status=422 if form.errors else 200)


def _short(one: Mapped, titles: dict[str, str]) -> str:
    """What stands in the cell itself: the figure, the words, or what is asked."""
    if one.kind == Kind.FIGURE:
        return titles.get(one.figure, one.figure)
    return f"问：{one.title}" if one.kind == Kind.ASKED else told(one, titles, ROLES)


@desk("form.manage")
@require_POST
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    """A cell means nothing again."""
    row = template_or_404(request, pk)
    sheet, cell = request.POST.get("sheet", ""), request.POST.get("cell", "")
    try:
        services.unmap(viewer_of(request), template=row, sheet=sheet, cell=cell)
        messages.success(request, f"{cell}不再填")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(_address(row, sheet))


@desk("form.manage")
@require_http_methods(["GET", "POST"])
def guess(request: HttpRequest, pk: int) -> HttpResponse:
    """What the empty cells most likely mean; those that are ticked are mapped."""
    row = template_or_404(request, pk)
    if row.organisation_id != viewer_of(request).organisation_id:
        raise Http404
    proposed = {f"{one.sheet}!{one.cell}": one for one in _guesses(request, row)}
    error = ""
    if request.method == "POST":
        wanted = [proposed[key] for key in request.POST.getlist("cells") if key in proposed]
        try:
            services.map_cells(viewer_of(request), template=row, cells=[
                {"sheet": g.sheet, "cell": g.cell, "kind": "figure", "figure": g.figure, "label": g.label}
                for g in wanted
            ])  # fmt: skip
            messages.success(request, f"已对照{len(wanted)}格")
            return redirect("filings:form", pk=pk)
        except Refusal as refusal:
            error = refusal.sentence
    titles = {key: one.title for key, one in figures.in_force(row.path).items()}
    book = queries.book_of(row)
    rows = [
        {"key": key, "guess": one, "title": titles[one.figure], "sure": one.likeness >= 95,
         "row": sheet.row_label(one.cell) if (sheet := book.sheet(one.sheet)) else ""}
        for key, one in proposed.items()
    ]  # fmt: skip
    context = {"row": row, "rows": rows, "error": error}
    return render(request, "filings/guess.html", context, status=422 if error else 200)


@desk("form.manage")
@require_GET
def original(request: HttpRequest, pk: int) -> HttpResponse:
    row = template_or_404(request, pk)
    return attachment(queries.bytes_of(row), row.file_name, XLSX)


@desk("form.manage")
@require_POST
def put(request: HttpRequest, pk: int, state: str) -> HttpResponse:
    """Into use, or out of it."""
    row = template_or_404(request, pk)
    try:
        kept = services.put(viewer_of(request), template=row, state=TemplateState(state))
        messages.success(request, f"表样{kept.get_state_display()}")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("filings:form", pk=pk)
