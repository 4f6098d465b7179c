"""Public notices: the list, one with its days and its QR, objecting to it, and what became of an objection."""

from __future__ import annotations

from typing import Any

import segno
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.requests import viewer_of

from ....access.doors import public
from ....refusal import Refusal
from ....rules.calendar import working_days_between
from ... import services
from ...choices import NoticeState
from ...models import Notice
from ...queries import notices as queries
from . import forms
from .common import put, unkept

SENT = "notice_objection_sent"
SHORTEST_SEARCH = 2


def _qr(text: str) -> SafeString:
    """A QR as inline SVG, ink on white in every theme."""
    body = segno.make(text, error="m").svg_inline(scale=5, border=2, dark="#111", light="#fff", omitsize=True)
    return mark_safe(body.replace("<svg ", '<svg class="qr" role="img" aria-label="本页网址的二维码" ', 1))


def _days(row: Notice) -> dict[str, Any]:
    """Whether the notice runs, and what is left of it."""
    today = timezone.localdate()
    running = row.state == NoticeState.OPEN and row.opens_on <= today <= row.closes_on
    return {
        "running": running,
        "left": (row.closes_on - today).days + 1 if running else 0,
        "left_working": working_days_between(today, row.closes_on) if running else 0,
    }


@public
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Every notice whose days run."""
    text = request.GET.get("q", "").strip()[:60]
    rows = queries.open_notices(timezone.localdate(), text)
    today = timezone.localdate()
    for row in rows:
        row.left = (row.closes_on - today).days + 1  # type: ignore[attr-defined]
    return render(request, "procedures/notices.html", {"rows": rows, "text": text})


def _notice(token: str) -> Notice:
    row = queries.notice(token)
    if row is None:
        raise Http404
    return row


@public
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """What is shown, for which days, by whom, and the form for an objection."""
    row = _notice(token)
    form = forms.ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.object_to(
                viewer_of(request), token=token, text=data["text"], name=data["name"], contact=data["contact"],
                in_confidence=data["how"] == "confidence",
            )  # fmt: skip
        except Refusal as refusal:
            put(form, refusal)
        else:
            request.session[SENT] = {"token": token, "number": made.number, "due_on": made.due_on.isoformat()}
            return redirect("procedures:notice-sent", token=token)
    address = request.build_absolute_uri(reverse("procedures:notice", args=[token]))
    context = {"notice": row, "rows": row.shown.get("rows", []), "form": form, "qr": _qr(address), "address": address,
               **_days(row)}  # fmt: skip
    return render(request, "procedures/notice.html", context, status=422 if form.errors else 200)


@public
@require_GET
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """The code of an objection, shown to whoever has just made it."""
    row, kept = _notice(token), request.session.get(SENT) or {}
    if kept.get("token") != token:
        return redirect("procedures:notice", token=token)
    return unkept(render(request, "procedures/notice_sent.html", {"notice": row, "kept": kept}))


TRIES, TRIES_WITHIN = 30, 3600
"""Look-ups of one address in an hour: a code has fifty random bits, so this is against noise, not against guessing."""


@public
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest) -> HttpResponse:
    """What became of an objection, by its code; the code is posted, so that it stands in no address or log."""
    form, found = forms.CodeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        key = f"objection:{request.META.get('REMOTE_ADDR', '')}"
        cache.add(key, 0, TRIES_WITHIN)
        if cache.incr(key) > TRIES:
            form.add_error("code", "查询太频繁，一小时后再查")
        else:
            found = queries.objection_by_code(form.cleaned_data["code"])
            if found is None:
                form.add_error("code", "没有这个查询码。核对10位字母和数字，其中没有字母I、O和数字0、1")
    context = {"form": form, "found": found}
    return unkept(render(request, "procedures/notice_objection.html", context, status=422 if form.errors else 200))
