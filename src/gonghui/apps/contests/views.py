"""Pages of selections: what runs, how entries rank, and for anybody what was named."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from gonghui.kernel.access.doors import desk, public
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.procedures.queries.definitions import in_force

from . import queries
from .choices import PROCEDURES, Selection


def _year(request: HttpRequest) -> int | None:
    text = request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else None


@desk("contest.manage")
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The selections of this year: entries, judged, places, named."""
    viewer, today = viewer_of(request), timezone.localdate()
    listed, total, waiting = [], 0, 0
    for key, selection in PROCEDURES.items():
        standings = queries.standings(viewer, selection, today.year)
        procedure = in_force(key, viewer.lo, today)
        total, waiting = total + len(standings.entries), waiting + standings.waiting
        listed.append(
            {
                "key": selection,
                "title": Selection(selection).label,
                "entries": len(standings.entries),
                "scored": sum(one.ranked is not None for one in standings.entries),
                "places": standings.places,
                "awarded": queries.awarded(viewer, selection, today.year),
                "summary": procedure.body.get("summary", "") if procedure else "现在没有施行",
            }
        )
    context = {"listed": listed, "year": today.year, "total": total, "waiting": waiting}
    return render(request, "contests/list.html", context)


def _application_url(pk: int) -> str:
    try:
        return reverse("procedures:desk-application", args=[pk])
    except NoReverseMatch:
        return ""


@desk("contest.manage")
@require_GET
def ranking(request: HttpRequest, selection: str) -> HttpResponse:
    """Everything that takes part in one selection, by rank."""
    if selection not in Selection.values:
        raise Http404
    standings = queries.standings(viewer_of(request), selection, _year(request) or timezone.localdate().year)
    listed = [
        {
            "entry": one,
            "title": one.application.document.get("title", ""),
            "url": _application_url(one.application.pk),
        }
        for one in standings.entries
    ]
    return render(request, "contests/ranking.html", {"standings": standings, "listed": listed})


@public
@require_GET
def awards(request: HttpRequest) -> HttpResponse:
    """What was named, by year and selection."""
    selection, year = request.GET.get("selection", ""), _year(request)
    if selection not in Selection.values:
        selection = ""
    rows = queries.awards(selection or None, year)[:500]
    groups = [
        {"year": found_year, "title": Selection(found).label, "rows": list(same)}
        for (found_year, found), same in groupby(rows, key=lambda row: (row.year, row.selection))
    ]
    context = {
        "groups": groups,
        "selections": Selection.choices,
        "selection": selection,
        "years": queries.years(),
        "year": year,
    }
    return render(request, "contests/awards.html", context)
