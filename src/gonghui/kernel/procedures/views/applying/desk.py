"""The desk: applications of the own organisation, and those made on behalf of a member."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx

from ....access.doors import desk
from ....org import queries as org_queries
from ....org.models import Organisation
from ....people import queries as people_queries
from ....refusal import Refusal
from ....viewer import Viewer
from ... import services
from ...choices import ApplicationState
from ...models import Application, Procedure
from ...queries import applying as reads
from ...rules.definition import Definition, must_read
from .catalogue import Service, consent_missing, grouped, way_of
from .detail import TONES

FOR_STAFF = frozenset({"organisation", "staff", "person"})
MAKE = "application.make"


def _here(viewer: Viewer) -> Organisation:
    found = org_queries.organisations(viewer).filter(pk=viewer.organisation_id or 0).first()
    if found is None:
        raise Http404
    return found


def _path(body: Any) -> list[Any]:
    return [*org_queries.ancestors(body), body]


@desk(MAKE)
@require_GET
def services_at_desk(request: HttpRequest) -> HttpResponse:
    """What this post may apply for: for its organisation, for one below, or on behalf of a member."""
    here = _here(viewer_of(request))
    found = reads.offered(here.path, timezone.localdate(), FOR_STAFF)
    listed = [Service(row, one, reverse("procedures:desk-start", args=[row.pk])) for row, one in found]
    return render(request, "procedures/applying/desk_services.html", {"groups": grouped(listed), "path": _path(here)})


def _place(viewer: Viewer, definition: Definition, request: HttpRequest, here: Organisation) -> reads.Place | None:
    """What was chosen: an organisation of the range, or a member of one."""
    picked = request.POST.get("picked", "")
    number = int(picked) if picked.isascii() and picked.isdecimal() and len(picked) < 18 else 0
    if definition.about_person:
        return reads.place_of_member(viewer, number) if number else None
    if not number:
        return reads.Place(here) if not request.POST.get("q", "").strip() else None
    body = org_queries.organisations(viewer).filter(pk=number).first()
    return reads.Place(body) if body is not None else None


def _options(viewer: Viewer, definition: Definition, typed: str, here: Organisation) -> list[dict[str, Any]]:
    if definition.about_person:
        hits = people_queries.search(viewer, typed, 12) if typed and viewer.may("member.view") else []
        return [
            {
                "value": h.person_id,
                "name": h.name,
                "note": "·".join(filter(None, (h.id_mask, h.organisation))),
                "person": True,
            }
            for h in hits
        ]
    found = [one for one in org_queries.search(viewer, typed, 12) if one.pk != here.pk] if typed else []
    return [{"value": one.pk, "name": one.name, "note": ""} for one in [here, *found]]


def _begin(request: HttpRequest, row: Procedure, definition: Definition, place: reads.Place) -> HttpResponse:
    """Start at the chosen place, by the version that holds there.

    :raises Refusal: GH-PRO-091 the place does not have it; what the service refuses.
    """
    current = reads.current(row.pk, place.organisation.path, timezone.localdate())
    if current is None:
        raise Refusal(
            "GH-PRO-091", f"“{definition.title}”在这家组织没有施行", "picked", "换一家，或由维护流程的岗位发布"
        )
    started = services.start(
        viewer_of(request),
        procedure=current,
        organisation=place.organisation,
        person=place.person,
        consented=bool(definition.consent),
    )
    return redirect("procedures:applied-form", started.application.pk)


@desk(MAKE)
@require_http_methods(["GET", "POST"])
def start_at_desk(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Choose for whom, then the form."""
    viewer = viewer_of(request)
    here = _here(viewer)
    row = reads.current(pk, here.path, timezone.localdate())
    definition = must_read(row.body) if row is not None else None
    if row is None or definition is None or definition.who not in FOR_STAFF:
        raise Http404
    typed, wrong = request.POST.get("q", "").replace("\x00", "").strip()[:60], {}
    if request.method == "POST" and request.POST.get("do") != "find":
        place = _place(viewer, definition, request, here)
        if place is None:
            wrong["picked"] = "先查找，再从结果里选一个"
        elif consent_missing(request, definition):
            wrong["consent"] = "给当事人看过并同意以后勾选"
        else:
            try:
                return _begin(request, row, definition, place)
            except Refusal as refusal:
                wrong["picked"] = refusal.sentence
    context = {
        "service": Service(row, definition, ""),
        "definition": definition,
        "options": _options(viewer, definition, typed, here),
        "chosen": request.POST.get("picked", "") or (str(here.pk) if not definition.about_person else ""),
        "typed": typed,
        "by_person": definition.about_person,
        "wrong": wrong,
        "rows": [{"href": f"i-{name}", "label": "", "message": words} for name, words in wrong.items()],
        "way": way_of(definition, here),
        "path": _path(here),
    }
    return render(request, "procedures/applying/desk_start.html", context, status=422 if wrong else 200)


def _state(row: Application) -> SafeString:
    tone = TONES.get(row.state, "")
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", row.get_state_display())


APPLIED = ListPage(
    key="applied",
    title="本会申请",
    unit="件",
    columns=[
        Column("title", "事项", cell=lambda r: r.procedure.title, head=True, sort="procedure__title"),
        Column("number", "编号", cell=lambda r: r.number or "—", nowrap=True, sort="number"),
        Column("applicant", "申请人", cell=lambda r: r.applicant_name or "—", personal=True),
        Column(
            "organisation",
            "所在工会",
            cell=lambda r: r.organisation.name,
            kind="organisation",
            sort="organisation__name_key",
        ),
        Column("state", "状态", cell=_state, sort="state", nowrap=True, export=lambda r: r.get_state_display()),
        Column("submitted_at", "提交", kind="date", sort="submitted_at"),
        Column("ended_at", "办结", kind="date", sort="ended_at"),
    ],
    filters=[
        Filter("state", "状态", choices=ApplicationState.choices),
        Filter("number", "编号", "search", "number__istartswith", placeholder="申请编号"),
    ],
    views=[
        View("all", "全部"),
        View("returned", "待补正", {"state": "returned"}),
        View("draft", "未提交", {"state": "draft"}),
    ],
    empty=Empty("还没有提出过申请", "本会要办的事，从“提出申请”里选一项，填好提交，进度都在这里。"),
    default_sort="-submitted_at",
    order=("-pk",),
    row_url=lambda r: reverse("procedures:applied-application", args=[r.pk]),
    row_label=lambda r: r.procedure.title,
    export=write_xlsx,
    template="procedures/applying/applied.html",
)


@desk(MAKE)
def applied(request: HttpRequest) -> HttpResponseBase:
    """What the own organisation applied for, and what this post made for others."""
    viewer = viewer_of(request)
    here = _here(viewer)
    return APPLIED.respond(request, reads.applied(viewer), heading="提出的申请", path=_path(here))
