"""For everybody: the list of a year and how it came about, projects with their results, promises kept and broken."""

from __future__ import annotations

from importlib.resources import files

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gonghui.kernel.access.doors import public
from gonghui.kernel.org.models import PublicOrganisation

from ..choices import ProjectState
from ..queries import projects as desk
from ..queries import public_projects as queries
from ..queries import selections
from ..rules import progress
from ..rules.weighing import TIES
from ..services.weighing import sheet
from .project_parts import found


def _body(pk: int) -> PublicOrganisation:
    return found(queries.body(pk))


@public
@require_GET
def latest(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest year of a body."""
    body = _body(pk)
    years = queries.years(body)
    return redirect("voice:deeds", pk, years[0] if years else timezone.localdate().year)


@public
@require_GET
def year(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    body = _body(pk)
    rows = [
        {"row": one, "method": selections.method_of(one), "candidates": selections.candidates(one)}
        for one in queries.selections(body, year)
    ]
    cards = queries.projects(body, year)
    context = {
        "organisation": body, "year": year, "years": queries.years(body), "selections": rows, "ties": TIES,
        "listed": [one for one in cards if one.row.listed], "others": [one for one in cards if not one.row.listed],
        "tones": progress.TONES,
    }  # fmt: skip
    return render(request, "voice/projects/public_year.html", context)


@public
@require_GET
def project(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(queries.project(pk))
    soon = desk.soon_days(row.path)
    steps, standing = desk.milestones(row, soon), desk.standing_of(row, soon)
    context = {
        "project": row, "organisation": queries.body(row.organisation_id), "steps": steps, "share": desk.share(steps),
        "standing": standing, "tone": progress.TONES[ProjectState(row.state)],
        "used": progress.used(row.spent, row.budget),
        "notes": desk.notes(row, public=True), "outcomes": desk.outcomes(row), "children": queries.children(row),
        "evaluations": desk.evaluations(row), "lineage": desk.lineage(row), "tones": progress.TONES,
    }  # fmt: skip
    return render(request, "voice/projects/public_project.html", context)


@public
@require_GET
def promises(request: HttpRequest, pk: int) -> HttpResponse:
    body = _body(pk)
    rows = queries.promises(body)
    count = {key: sum(one.state == key for one in rows) for key in queries.WORDS}
    listed = [{"row": one, "words": queries.WORDS[one.state][0], "tone": queries.WORDS[one.state][1]} for one in rows]
    context = {"organisation": body, "rows": listed, "count": count}
    return render(request, "voice/projects/public_promises.html", context)


@public
@require_GET
def choices(request: HttpRequest, pk: int) -> HttpResponse:
    """Every choice of a counted weighing, in no order, to be counted again by anybody."""
    row = found(queries.selection(pk))
    response = HttpResponse("\ufeff" + sheet(row), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="weighing-{row.year}-{row.pk}.csv"'
    return response


@public
@require_GET
def script(request: HttpRequest) -> HttpResponse:
    """The recount: one file that needs nothing but Python."""
    body = (files("gonghui.apps.voice") / "recount.py").read_bytes()
    response = HttpResponse(body, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recount.py"'
    return response


@public
@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    opened = queries.picture(pk)
    if opened is None:
        raise Http404
    return FileResponse(opened[1], content_type="image/jpeg")
