"""For anybody who holds a report: whether it was issued, by whom, and whether the file in hand is the one."""

from __future__ import annotations

import hashlib
import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.doors import public
from gonghui.kernel.trail.verifier import ed25519_valid

from .. import forms, queries
from ..models import Report
from ..verify_report import DOMAIN

LARGEST = 30_000_000


def _signed(row: Report) -> bool:
    """Whether what is kept is what was signed: somebody may have changed the tables."""
    message = DOMAIN + row.proof.encode()
    return ed25519_valid(bytes.fromhex(row.public_key), message, bytes.fromhex(row.signature))


@public
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """What the proof says; with a file, whether it is one of those that were signed. The file is not kept."""
    row = queries.by_token(token) if len(token) <= 32 else None
    form = forms.CheckForm(request.POST or None, request.FILES or None)
    answer = ""
    if row is not None and request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > LARGEST:
            form.add_error("file", "文件超过30MB")
        else:
            digest = hashlib.sha256(file.read()).hexdigest()
            proof = json.loads(row.proof)
            answer = "same" if digest in (proof["word"], proof.get("pdf")) else "other"
    good = row is not None and _signed(row)
    context = {
        "row": row, "form": form, "answer": answer if good else "", "good": good,
        "proof": json.loads(row.proof) if row else None,
    }  # fmt: skip
    status = 404 if row is None else 422 if form.errors and request.method == "POST" else 200
    response = render(request, "reports/verify.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
