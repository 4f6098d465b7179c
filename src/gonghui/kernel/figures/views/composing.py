"""Composing a figure at the desk: choose what is counted, look at what it comes to, publish."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of

from ...access.doors import desk
from ...org import queries as org_queries
from ...refusal import Refusal
from .. import forms, queries, registry, services
from ..models import Figure
from ..queries import trying
from ..rules.periods import around
from ..services.definitions import mistakes_of
from .reading import page_of


def _place(request: HttpRequest) -> Any:
    viewer = viewer_of(request)
    place = org_queries.public(viewer.organisation_id or 0)
    if place is None or not viewer.reaches(place.path):
        raise Http404
    return place


def _draft(request: HttpRequest, pk: int) -> Figure:
    row = queries.figures(viewer_of(request)).filter(pk=pk, state="draft").first()
    if row is None:
        raise Http404
    return row


@desk("figure.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """What is counted; a draft is made of it, to be completed on its own page."""
    viewer, place = viewer_of(request), _place(request)
    sources = [one for one in registry.sources().values() if viewer.may(one.permission)]
    others = queries.others(place.path)
    countable = [(key, one.title) for key, one in others.items() if one.count is not None and one.kind != "average"]
    form = forms.KindForm(request.POST or None, sources=sources, figures=countable)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        base: dict[str, Any] = {"source": data["source"]} if data["kind"] == "count" else {"of": data["of"]}
        if data["kind"] == "rate":
            base |= {"over": data["over"], "scale": 100}
        elif data["kind"] == "share":
            base["where"] = {}
        else:
            base |= {"time": trying.first_time(registry.sources()[data["source"]])}
        unit = registry.sources()[data["source"]].unit if data["kind"] == "count" else "%"
        body = {
            "key": queries.free_key(viewer, "own.figure"),
            "title": "未命名的数字",
            "area": "office",
            "unit": unit,
            data["kind"]: base,
        }
        return redirect("figures:edit", services.save_draft(viewer, body=body).pk)
    context = {"form": form, "path": [*org_queries.ancestors(place), place],
               "drafts": queries.figures(viewer).filter(state="draft")}  # fmt: skip
    return render(request, "figures/new.html", context, status=422 if form.errors else 200)


@desk("figure.manage")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with its mistakes, and what it comes to as it stands."""
    viewer, place, row = viewer_of(request), _place(request), _draft(request, pk)
    kind, source = forms.source_of_body(row.body, queries.others(place.path))
    form = forms.FigureForm(request.POST or None, kind=kind, source=source, body=row.body)
    if request.method == "POST" and form.is_valid():
        lock = request.POST.get("lock", "")
        try:
            row = services.save_draft(viewer, body=form.made(), figure=row, lock=int(lock) if lock.isdigit() else None)
            return redirect("figures:edit", row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    wrong = mistakes_of(viewer, row.body)
    context = {
        "row": row,
        "form": form,
        "mistakes": wrong,
        "replaces": queries.figures(viewer).filter(key=row.key, state="published").first(),
        "tried": None if wrong else trying.tried(viewer, row, place, around(timezone.localdate(), "year")),
        "path": [*org_queries.ancestors(place), place],
        "place": place,
    }
    return render(request, "figures/edit.html", context, status=422 if form.errors else 200)


@desk("figure.manage")
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    row = _draft(request, pk)
    try:
        services.publish(viewer_of(request), figure=row)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("figures:edit", pk)
    messages.success(request, f"“{row.title}”已发布，本级和下级都能看到")
    return redirect("figures:one", row.key)


@desk("figure.manage")
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    row = _draft(request, pk)
    services.discard(viewer_of(request), figure=row)
    messages.success(request, f"已删除草稿“{row.title}”")
    return redirect("figures:list")


@desk("figure.manage")
@require_POST
def copy(request: HttpRequest, key: str) -> HttpResponse:
    """A draft that begins as this figure: its next version where it is one's own, another figure elsewhere."""
    viewer = viewer_of(request)
    row = queries.figure(viewer, key)
    if row is None:
        raise Http404
    own = row.organisation_id == viewer.organisation_id
    draft = services.copy_here(
        viewer, figure=row, key="" if own else queries.free_key(viewer, f"own.{key.rpartition('.')[2]}"[:60])
    )
    return redirect("figures:edit", draft.pk)


@desk("figure.manage")
@require_POST
def retire(request: HttpRequest, key: str) -> HttpResponse:
    viewer = viewer_of(request)
    row = queries.figure(viewer, key)
    if row is None:
        raise Http404
    form = forms.ReasonForm(request.POST)
    if not form.is_valid():
        return page_of(request, row, form)
    try:
        services.retire(viewer, figure=row, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return page_of(request, row, form)
    messages.success(request, f"“{row.title}”已停用")
    return redirect("figures:list")
