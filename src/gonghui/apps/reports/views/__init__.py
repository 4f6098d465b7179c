"""Pages of reports: writing, reading with the records behind each number, deciding, templates, verification."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import Viewer

from .. import queries
from ..models import Report


def viewer_of(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def here(request: HttpRequest) -> Organisation:
    """The body of the post."""
    viewer = viewer_of(request)
    found = org_queries.organisations(viewer).filter(pk=viewer.organisation_id or 0).first()
    if found is None:
        raise Http404
    return found


def report_or_404(request: HttpRequest, pk: int) -> Report:
    row = queries.report(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row
