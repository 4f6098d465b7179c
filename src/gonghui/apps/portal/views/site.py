"""The public site: what a federation is, its unions, how to join, and whether a member card is valid."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from gonghui.kernel.access.doors import public
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.refusal import Refusal
from gonghui.pages.codes import qr

from .. import queries


def _federation_context(organisation: PublicOrganisation) -> dict[str, object]:
    below = list(queries.public_below(organisation)[:200])
    return {
        "organisation": organisation,
        "federations": [o for o in below if o.kind == "federation"],
        "unions": [o for o in below if o.kind not in ("federation", "branch", "group")],
        "branches": [o for o in below if o.kind in ("branch", "group")],
        "members": queries.public_members(organisation),
        "union_count": queries.public_unions(organisation),
        "above": [o for o in org_queries.ancestors(organisation) if o.listed],
    }


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the installation, for anybody."""
    federation = queries.site_federation()
    if federation is None:
        return render(request, "portal/empty.html")
    return render(request, "portal/site.html", {**_federation_context(federation), "home": True})


@public
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = queries.public_one(pk)
    if organisation is None:
        raise Http404
    return render(request, "portal/site.html", _federation_context(organisation))


@public
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Look for one's union by a piece of its name."""
    federation = queries.site_federation()
    text = request.GET.get("q", "")[:40]
    found = queries.public_find(federation, text) if federation else []
    return render(request, "portal/find.html", {"organisation": federation, "found": found, "text": text})


@public
@require_GET
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a poster's QR leads: which union this is, who may join, and how."""
    organisation = queries.public_one(pk)
    if organisation is None:
        return redirect("portal:site")
    address = request.build_absolute_uri(reverse("portal:join", args=[pk]))
    return render(
        request,
        "portal/join.html",
        {
            "organisation": organisation,
            "above": [o for o in org_queries.ancestors(organisation) if o.listed],
            "qr": qr(address, "入会二维码"),
        },
    )


@public
@require_GET
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """A page to print and put on the wall."""
    organisation = queries.public_one(pk)
    if organisation is None:
        raise Http404
    address = request.build_absolute_uri(reverse("portal:join", args=[pk]))
    return render(
        request, "portal/poster.html", {"organisation": organisation, "qr": qr(address, "扫码入会"), "address": address}
    )


@public
@require_GET
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """What a stranger's phone sees after scanning a member card."""
    try:
        context = {"card": people_queries.verify_card(token)}
    except Refusal as refusal:
        context = {"card": None, "refusal": refusal}
    response = render(request, "portal/verify.html", context, status=200 if context["card"] else 404)
    response["Cache-Control"] = "no-store"
    return response
