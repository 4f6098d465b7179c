"""Scheduled exports at the desk: orders, their files, a new order."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.views import place_of
from gonghui.kernel.files.services import open_file
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record

from . import forms, queries, services
from .models import Export


def _export(request: HttpRequest, pk: int) -> Export:
    row = queries.export(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


@desk("figure.view")
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Orders of the range."""
    viewer, place = viewer_of(request), place_of(request)
    context = {
        "rows": queries.exports(viewer)[:200], "may_manage": viewer.may("figure.manage"),
        "path": [*org_queries.ancestors(place), place],
    }  # fmt: skip
    return render(request, "exports/list.html", context)


@desk("figure.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer, place = viewer_of(request), place_of(request)
    form = forms.ExportForm(request.POST or None, rows=figures.in_force(place.path))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("title", "reach", "span", "form", "rhythm")}
        try:
            row = services.order(viewer, chosen=form.chosen, **given)
            messages.success(request, "已安排导出")
            return redirect("exports:one", row.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
    context = {"form": form, "path": [*org_queries.ancestors(place), place]}
    return render(request, "exports/new.html", context, status=422 if form.errors else 200)


@desk("figure.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """An order with the files that were made of it."""
    viewer, row = viewer_of(request), _export(request, pk)
    known = figures.in_force(row.path)
    context: dict[str, Any] = {
        "row": row, "files": queries.made(viewer, row), "may_manage": viewer.may("figure.manage"),
        "figures": [known[key].title if key in known else f"{key}（已停用）" for key in row.figures],
    }  # fmt: skip
    return render(request, "exports/one.html", context)


@desk("figure.view")
@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file that was made; who took it is on the trail."""
    viewer = viewer_of(request)
    row = queries.file(viewer, pk)
    if row is None:
        raise Http404
    record(
        viewer, "export.downloaded", path=row.path, object_type="export", object_id=row.export_id,
        object_name=row.export.title, detail={"file": str(row.stored_id), "period": row.period},
    )  # fmt: skip
    content = open_file(viewer, row.stored)
    return FileResponse(content, as_attachment=True, filename=row.stored.name, content_type=row.stored.content_type)


@desk("figure.manage")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one now, pause, go on, or drop."""
    viewer, row, wanted = viewer_of(request), _export(request, pk), request.POST.get("act", "")
    if wanted == "now":
        services.make_now(viewer, pk=row.pk)
        messages.success(request, "已交给后台，做好后列在下面")
    elif wanted in ("pause", "resume"):
        services.switch(viewer, pk=row.pk, active=wanted == "resume")
        messages.success(request, "已恢复" if wanted == "resume" else "已暂停，做好的文件还在")
    elif wanted == "drop":
        services.drop(viewer, pk=row.pk)
        messages.success(request, f"已取消“{row.title}”")
        return redirect("exports:list")
    return redirect("exports:one", pk)
