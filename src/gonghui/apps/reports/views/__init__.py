"""Pages of reports: writing, reading with the records behind each number, deciding, templates, verification."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from gonghui.kernel.access.requests import viewer_of

from .. import queries
from ..models import Report


def report_or_404(request: HttpRequest, pk: int) -> Report:
    row = queries.report(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row
