"""Boards of a post, the big screen that keeps itself up to date, composing, and the data behind charts."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.views import period_of, place_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record

from . import forms, queries, services, sheets
from .choices import SCREEN, TileKind, slots
from .rules import BESIDE_MAP, ON_SCREEN

LOOKS_EVERY = 20
"""Seconds between two looks of a screen at the change number."""
REDRAWN_AFTER = 300
"""Seconds after which a screen is drawn again although nothing changed: the time it shows is never older."""


def _slot(request: HttpRequest, slot: str) -> str:
    if slot not in dict(slots()):
        raise Http404
    return slot


def _context(request: HttpRequest, slot: str, place: PublicOrganisation) -> dict[str, Any]:
    viewer = viewer_of(request)
    found = queries.board(viewer, slot, place.path)
    return {"found": found, "picture": queries.picture(viewer, found, place), "slot": slot, "place": place}


@desk("figure.view")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The board of the active post."""
    role = viewer_of(request).role
    return _page(request, role if role in dict(slots()) else slots()[0][0])


@desk("figure.view")
@require_GET
def one(request: HttpRequest, slot: str) -> HttpResponse:
    """The board of a role, for whoever may see figures: what a leader sees is no secret."""
    if slot == SCREEN:
        return redirect("boards:screen")
    return _page(request, _slot(request, slot))


def _page(request: HttpRequest, slot: str) -> HttpResponse:
    viewer, place = viewer_of(request), place_of(request)
    context = _context(request, slot, place) | {
        "path": [*org_queries.ancestors(place), place],
        "above": place.pk != viewer.organisation_id,
        "slots": [(key, label) for key, label in slots() if key != SCREEN],
        "may_manage": viewer.may("figure.manage"),
    }
    return render(request, "boards/board.html", context)


@desk("figure.view")
@require_GET
def screen(request: HttpRequest) -> HttpResponse:
    """The big screen. It asks again every few seconds; nothing is drawn, or sent, while its change number stands."""
    viewer, place = viewer_of(request), place_of(request)
    found = queries.board(viewer, SCREEN, place.path)
    drawn = request.GET.get("drawn", "")
    fresh = drawn.isdigit() and time.time() - int(drawn[:12]) < REDRAWN_AFTER
    if (
        request.headers.get("HX-Request")
        and fresh
        and request.GET.get("number") == queries.number(viewer, found, place)
    ):
        return HttpResponse(status=204)
    picture = queries.picture(viewer, found, place)
    context = {
        "picture": picture, "place": place, "now": timezone.localtime(), "drawn": int(time.time()),
        "every": LOOKS_EVERY, "redrawn": REDRAWN_AFTER // 60,
        "left": picture.numbers[: ON_SCREEN[TileKind.NUMBER]],
        "middle": next((one for one in picture.tiles if one.kind == TileKind.MAP), None),
        "right": [one for one in picture.tiles if one.kind not in ON_SCREEN][:BESIDE_MAP],
    }  # fmt: skip
    part = "boards/_screen.html" if request.headers.get("HX-Request") else "boards/screen.html"
    return render(request, part, context)


@desk("figure.manage")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slot: str) -> HttpResponse:
    """What is on a board of the own organisation: order, kind, titles, more and less."""
    viewer, place = viewer_of(request), place_of(request)
    _slot(request, slot)
    if place.pk != viewer.organisation_id:
        raise Http404
    found, mine = queries.board(viewer, slot, place.path), queries.own(viewer, slot)
    rows = figures.in_force(place.path)
    form = forms.BoardForm(request.POST or None, design=found.design, rows=rows)
    if request.method == "POST" and form.is_valid():
        typed = request.POST.get("version", "")
        try:
            services.save_board(
                viewer, slot=slot, design=form.made(), version=int(typed[:9]) if typed.isdigit() else None
            )
            messages.success(request, "已保存看板，本单位和下级都用它，下级自己编排的除外")
            return redirect("boards:edit", slot) if "stay" in request.POST else _to(slot)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {
        "form": form, "slot": slot, "label": dict(slots())[slot], "place": place, "mine": mine,
        "path": [*org_queries.ancestors(place), place],
    }  # fmt: skip
    return render(request, "boards/edit.html", context, status=422 if form.errors else 200)


def _to(slot: str) -> HttpResponse:
    return redirect("boards:screen") if slot == SCREEN else redirect("boards:one", slot)


@desk("figure.manage")
@require_POST
def drop(request: HttpRequest, slot: str) -> HttpResponse:
    """Back to the board of the organisation above, or the one that ships."""
    try:
        services.drop_board(viewer_of(request), slot=_slot(request, slot))
        messages.success(request, "已恢复成上级或平台自带的看板")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("boards:edit", slot)


@desk("figure.view")
@require_GET
def export(request: HttpRequest, key: str) -> HttpResponseBase:
    """The numbers of a chart: `of` is places or months, `format` csv or xlsx."""
    viewer, place, period = viewer_of(request), place_of(request), period_of(request)
    row = figures.figure(viewer, key[:60], place.path)
    of, form = request.GET.get("of", "places"), request.GET.get("format", "xlsx")
    if row is None or of not in ("places", "months") or form not in ("csv", "xlsx"):
        raise Http404
    data = queries.data(viewer, row, place, period, of)
    record(
        viewer, "board.exported", path=place.path, object_type="figure", object_id=row.pk, object_name=row.title,
        detail={"period": period.key, "of": of, "format": form, "rows": len(data.rows)},
    )  # fmt: skip
    return sheets.as_csv(data) if form == "csv" else sheets.as_xlsx(request, data)
