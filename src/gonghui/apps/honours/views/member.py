"""The member's phone: my honours and their certificates."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from gonghui.kernel.access.doors import member
from gonghui.kernel.access.requests import viewer_of

from .. import queries
from .common import certificate_context, pdf_answer


@member
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    rows = [{"row": row, "honour": queries.kind_title(row)} for row in queries.own(viewer_of(request))]
    return render(request, "honours/own.html", {"rows": rows})


@member
@require_GET
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own certificate on the phone, with its code."""
    row = queries.own(viewer_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return render(request, "honours/own_certificate.html", certificate_context(request, row))


@member
@require_GET
def certificate_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.own(viewer_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return pdf_answer(request, row) or redirect("honours:own-certificate", pk=row.pk)
