"""Pages of filings: forms and what their cells mean, filling, asking, deciding."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from gonghui.kernel.access.requests import viewer_of

from .. import queries
from ..models import Filing, FormTemplate


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
