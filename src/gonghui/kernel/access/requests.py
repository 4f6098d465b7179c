"""Who asks, and for which body: what every page begins with."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from ..org import queries as org_queries
from ..org.models import Organisation
from ..viewer import Viewer


def viewer_of(request: HttpRequest) -> Viewer:
    """Who looks or acts; the middleware has put it there."""
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def here(request: HttpRequest) -> Organisation:
    """The body of the active post.

    :raises Http404: there is none in range.
    """
    viewer = viewer_of(request)
    found: Organisation | None = org_queries.organisations(viewer).filter(pk=viewer.organisation_id or 0).first()
    if found is None:
        raise Http404
    return found


def address_of(request: HttpRequest) -> str:
    """The network address that asks; kept nowhere as it is."""
    return str(request.META.get("REMOTE_ADDR", ""))
