"""Find: people and organisations at once. What was typed comes by POST, so that no name reaches an address or a log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.choices import OrganisationKind, OrganisationState
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.viewer import Viewer
from gonghui.pages.words import hide_numbers

from .. import queries
from .loading import organisation_url, person_url
from .organisations import STATE_TAGS

PEOPLE_SHOWN = ORGANISATIONS_SHOWN = 20


@dataclass(frozen=True)
class Found:
    """One line of the result."""

    url: str
    name: str
    note: str
    union: str = ""
    state: str = ""
    tag: str = ""


def _people(viewer: Viewer, text: str) -> list[Found]:
    if not viewer.may("member.view"):
        return []
    tags = {"在籍": "ok", "保留会籍": "wait"}
    return [
        Found(
            url=person_url(hit.person_id),
            name=hit.name,
            note="，".join(filter(None, (hit.id_mask, hit.phone_mask))),
            union=hit.organisation,
            state=hit.status or "没有会籍",
            tag=tags.get(hit.status, ""),
        )
        for hit in people_queries.search(viewer, text, PEOPLE_SHOWN + 1)
    ]


def _organisations(viewer: Viewer, text: str) -> list[Found]:
    rows = org_queries.search(viewer, text, ORGANISATIONS_SHOWN + 1, ended=True)
    above = queries.parent_names(rows)
    return [
        Found(
            url=organisation_url(row.pk),
            name=row.name,
            note="·".join(filter(None, (OrganisationKind(row.kind).label, above.get(row.parent_id or 0)))),
            state=OrganisationState(row.state).label,
            tag=STATE_TAGS[row.state],
        )
        for row in rows
    ]


@desk("org.view")
def find(request: HttpRequest) -> HttpResponse:
    """The results in two groups, or what can be typed."""
    viewer = viewer_of(request)
    text = request.POST.get("q", "").replace("\x00", "").strip()[:100] if request.method == "POST" else ""
    people = _people(viewer, text) if text else []
    organisations = _organisations(viewer, text) if text else []
    shown = hide_numbers(text)
    context: dict[str, Any] = {
        "typed": shown,
        "again": text if shown == text else "",  # a full number is not written back into the box
        "people": people[:PEOPLE_SHOWN],
        "more_people": len(people) > PEOPLE_SHOWN,
        "organisations": organisations[:ORGANISATIONS_SHOWN],
        "more_organisations": len(organisations) > ORGANISATIONS_SHOWN,
        "sees_people": viewer.may("member.view"),
        "none": bool(text) and not people and not organisations,
    }
    response = render(request, "membership/find.html", context)
    response["Cache-Control"] = "no-store"
    return response
