"""What an address names: the record in the post's range, or a page that says it is not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation, OrganisationChange, PublicOrganisation
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.people.models import Appointment, Membership, Person, PersonMerge, TransferRequest
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import queries

Crumbs = list[tuple[str, str]]


def organisation_of(request: HttpRequest, pk: int) -> Organisation:
    try:
        return org_queries.organisation(viewer_of(request), pk)
    except Refusal as refusal:
        raise Http404(refusal.code) from None


def change_of(request: HttpRequest, pk: int) -> OrganisationChange:
    try:
        return org_queries.change(viewer_of(request), pk)
    except Refusal as refusal:
        raise Http404(refusal.code) from None


def person_of(request: HttpRequest, pk: int) -> Person:
    """The person in range; a merged record is shown as what it was merged into by the page itself."""
    return _found(people_queries.person(viewer_of(request), pk))


def membership_of(request: HttpRequest, pk: int) -> Membership:
    found: Membership = _found(people_queries.membership(viewer_of(request), pk))
    if not viewer_of(request).reaches(found.path):
        raise Http404("membership")
    return found


def appointment_of(request: HttpRequest, pk: int) -> Appointment:
    return _found(queries.appointment(viewer_of(request), pk))


def transfer_of(request: HttpRequest, pk: int) -> TransferRequest:
    return _found(queries.transfer(viewer_of(request), pk))


def merge_of(request: HttpRequest, pk: int) -> PersonMerge:
    return _found(queries.merge(viewer_of(request), pk))


def _found(record: Any) -> Any:
    if record is None:
        raise Http404("record")
    return record


def organisation_url(pk: int, tab: str = "") -> str:
    return reverse(f"membership:organisation{'-' + tab if tab else ''}", args=[pk])


def person_url(pk: int) -> str:
    return reverse("membership:person", args=[pk])


def crumbs(viewer: Viewer, organisation: Organisation | PublicOrganisation, *, here: bool = True) -> Crumbs:
    """From the root down to the organisation; only what the post reaches can be opened.

    :param here: the page is the organisation's own; else it lies below, and the organisation too is a link.
    """
    above = org_queries.ancestors(organisation)
    rows = [(one.name, organisation_url(one.pk) if viewer.reaches(one.path) else "") for one in above]
    own = "" if here or not viewer.reaches(organisation.path) else organisation_url(organisation.pk)
    return [*rows, (organisation.name, own)]


def own_of(viewer: Viewer) -> PublicOrganisation | None:
    """The organisation of the post."""
    return org_queries.public(viewer.organisation_id) if viewer.organisation_id else None


def own_crumbs(viewer: Viewer) -> Crumbs:
    """Down to the organisation of the post, for pages about its whole range."""
    own = own_of(viewer)
    return crumbs(viewer, own, here=False) if own else []


def conditions(request: HttpRequest) -> Mapping[str, str]:
    """The conditions of a list, wherever the list component sends them: address, filter form or bulk form."""
    if request.method == "POST":
        if request.POST.get("list") == "filter":
            return request.POST.dict()
        return dict(parse_qsl(request.POST.get("query", "").removeprefix("?")))
    return request.GET.dict()


def done(request: HttpRequest, url: str) -> HttpResponse:
    """Where to go after something was done; a dialog is told so by a header."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
