"""Pages of filings: forms and what their cells mean, filling, asking, deciding."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse

from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import Viewer

from .. import queries
from ..models import Filing, FormTemplate
from ..services import XLSX


def viewer_of(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def here(request: HttpRequest) -> Organisation:
    """The body of the post."""
    viewer = viewer_of(request)
    found = org_queries.organisations(viewer).filter(pk=viewer.organisation_id or 0).first()
    if found is None:
        raise Http404
    return found


def filing_or_404(request: HttpRequest, pk: int) -> Filing:
    row = queries.filing(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def template_or_404(request: HttpRequest, pk: int) -> FormTemplate:
    row = queries.template(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def attachment(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
