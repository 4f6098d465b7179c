"""Answers of the search boxes in forms: what matches, as options to pick from."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.choices import Level, OrganisationKind
from gonghui.kernel.org.rules import may_stand_under
from gonghui.kernel.people import queries as people_queries

from .. import queries
from ..forms.fields import TYPED, Option, organisation_options
from .loading import organisation_of

_FIELD = re.compile(r"[a-z-]{1,30}")


def _options(request: HttpRequest, options: list[Option], name: str, typed: str) -> HttpResponse:
    response = render(
        request,
        "membership/widgets/options.html",
        {"options": options, "name": name, "typed": typed, "chosen": ""},
    )
    response["Cache-Control"] = "no-store"
    return response


def _asked(request: HttpRequest) -> tuple[str, str]:
    """(field name, what was typed)."""
    name = request.GET.get("field", "")
    if not _FIELD.fullmatch(name):
        return "x", ""
    sent = request.POST if request.method == "POST" else request.GET
    return name, sent.get(name + TYPED, "").replace("\x00", "").strip()[:80]


@require_GET
@desk("org.view")
def organisations(request: HttpRequest) -> HttpResponse:
    """Organisations of the range; `parent_of` leaves those that could be a parent of that one."""
    viewer = viewer_of(request)
    name, typed = _asked(request)
    found = org_queries.search(viewer, typed, 40) if typed else []
    child = request.GET.get("parent_of", "")
    if child.isdigit():
        body = organisation_of(request, int(child))
        found = [
            one
            for one in found
            if not one.path.startswith(body.path)
            and may_stand_under(
                OrganisationKind(body.kind), Level(body.level), OrganisationKind(one.kind), Level(one.level)
            )
        ]
    return _options(request, organisation_options(found[:12]), name, typed)


@require_GET
@desk("member.manage")
def unions(request: HttpRequest) -> HttpResponse:
    """Unions anywhere that may receive a member; their names are public."""
    name, typed = _asked(request)
    found = queries.public_unions(typed)
    return _options(request, organisation_options(found), name, typed)


@require_POST
@desk("member.view")
def people(request: HttpRequest) -> HttpResponse:
    """People of the range; what was typed came in the body, never in the address."""
    name, typed = _asked(request)
    hits = people_queries.search(viewer_of(request), typed, 12) if typed else []
    options = [
        Option(hit.person_id, hit.name, "·".join(filter(None, (hit.id_mask, hit.organisation))), personal=True)
        for hit in hits
    ]
    return _options(request, options, name, typed)
