"""What pages of honours share."""

from __future__ import annotations

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from .. import printing
from ..models import Conferral
from ..queries import kind_title
from ..services import said


def code_text(request: HttpRequest, row: Conferral) -> str:
    """What the QR holds: the page of verification, and behind "#", which no server sees, the signed certificate."""
    address = request.build_absolute_uri(reverse("honours:verify", args=[row.token]))
    return f"{address}#{row.certificate}"


def code(text: str, *, fixed: bool = False) -> SafeString:
    """The QR as inline SVG, ink on white in every theme; `fixed` keeps its size on paper.

    Much text and the least correction: a certificate is not a poster, and fewer modules scan better.
    """
    made = segno.make(text, error="l", boost_error=False)
    body = made.svg_inline(scale=2, border=2, dark="#111", light="#fff", omitsize=not fixed)
    return mark_safe(body.replace("<svg ", '<svg class="qr" role="img" aria-label="证书核验二维码" ', 1))


def certificate_context(request: HttpRequest, row: Conferral) -> dict[str, Any]:
    text = code_text(request, row)
    return {
        "row": row,
        "honour": kind_title(row),
        "said": said(row),
        "qr": code(text),
        "fixed_qr": code(text, fixed=True),
    }


def pdf_answer(request: HttpRequest, row: Conferral) -> HttpResponse | None:
    """The certificate as a file; None where the machine has no Chinese font and the page has to be printed."""
    day = f"{row.conferred_on.year}年{row.conferred_on.month}月{row.conferred_on.day}日"
    whole = {"unit": "", "doc": "", **said(row), "day": day}
    made = printing.pdf(whole, code_text(request, row))
    if made is None:
        return None
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="certificate-{row.number}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
