"""Without a log-in: stations nearby, one place, what is wrong with it, and the answer by a code."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import public
from gonghui.kernel.refusal import Refusal
from gonghui.pages.answers import attachment

from .. import catalog, forms, services
from ..models import Place
from ..queries import public as queries
from ..services.pictures import MOST
from . import bytes_of, found, tell
from .listing import hours_words
from .tickets import lines_of, took

CODE_LONG = 12


def _sender(request: HttpRequest) -> str:
    """The network, counted for a day under a keyed hash and kept nowhere."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _chosen(text: str, allowed: Any) -> str:
    return text if text in allowed else ""


@public
@require_GET
def nearby(request: HttpRequest) -> HttpResponse:
    """Stations whose door anybody may go through; the phone sorts by distance itself and tells nobody where it is."""
    now = timezone.now()
    counties = queries.counties()
    county = next((one for one in counties if str(one.pk) == request.GET.get("county", "")), None)
    towns = queries.towns(county) if county else []
    town = _chosen(request.GET.get("town", ""), towns)
    kind = _chosen(request.GET.get("kind", ""), catalog.kinds())
    service = _chosen(request.GET.get("service", ""), catalog.services())
    rows = queries.nearby(timezone.localdate(now), kind=kind, county=county, township=town, service=service)
    count = rows.count()
    shown = [queries.shown(row, now) for row in rows[: queries.MOST]]
    shown.sort(key=lambda one: not one.standing.open)
    context = {
        "shown": shown, "count": count, "more": count > queries.MOST, "most": queries.MOST,
        "open": sum(one.standing.open for one in shown), "counties": counties, "county": county, "towns": towns,
        "town": town, "kinds": catalog.options(catalog.kinds()), "kind": kind,
        "services": catalog.options(catalog.services()), "service": service,
    }  # fmt: skip
    return render(request, "places/nearby.html", context)


def _place_page(request: HttpRequest, row: Place, status: int = 200, **more: Any) -> HttpResponse:
    now = timezone.now()
    one = catalog.kinds().get(row.kind)
    context = {
        "place": row, "shown": queries.shown(row, now), "hours": hours_words(row), "photos": queries.photos(row),
        "keeper": queries.keeper(row), "running": lines_of(queries.running(row), now),
        "mended": [{**line, "took": took(line["row"])} for line in lines_of(queries.mended(row), now)],
        "thanks": queries.thanks(row), "faults": catalog.faults_at(row.offered), "form": forms.ReportForm(),
        "guides": bool(one and one.guides),
        "policies": queries.policies(row) if one and one.guides else [],
        "ask_form": forms.QuestionForm(auto_id="ask_%s"),
        **more,
    }  # fmt: skip
    return render(request, "places/place.html", context, status=status)


@public
@require_GET
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the code on the wall leads."""
    return _place_page(request, found(queries.one(pk, timezone.localdate())))


@never_cache
@public
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap on what is wrong."""
    row = found(queries.one(pk, timezone.localdate()))
    form = forms.ReportForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = services.report(
                place_id=pk, fault=data["fault"], text=data["text"], picture=bytes_of(data["picture"], MOST),
                phone=data["phone"], sender=_sender(request),
            )  # fmt: skip
            messages.success(request, "已收到" if not made.joined else "已收到，和别人反映的并在一起处理")
            return redirect("places:report", made.code)
        except Refusal as refusal:
            field = {"contact": "phone"}.get(refusal.field or "", refusal.field)
            form.add_error(field if field in ("text", "picture", "phone") else None, refusal.sentence)
    return _place_page(request, row, 422, form=form, opened=True)


@never_cache
@public
@require_http_methods(["GET", "HEAD"])
def reported(request: HttpRequest, code: str) -> HttpResponse:
    """What became of one's word."""
    row = queries.report(code) if len(code) == CODE_LONG else None
    if row is None:
        return render(request, "places/code.html", {"wrong": True}, status=404)
    ticket, now = row.ticket, timezone.now()
    if ticket.closed_at is not None and row.seen_at is None and request.method == "GET":
        services.seen(code=code)
    context = {
        "row": row, "ticket": ticket, "place": ticket.place, "line": lines_of([ticket], now)[0], "code": code.upper(),
        "took": took(ticket), "others": max(ticket.reports - 1, 0),
        "may_thank": ticket.outcome == "fixed" and row.thanked_at is None,
        "may_say": ticket.closed_at is not None and row.unsolved_at is None and row.thanked_at is None,
    }  # fmt: skip
    return render(request, "places/reported.html", context)


@never_cache
@public
@require_GET
def code(request: HttpRequest) -> HttpResponse:
    """The code typed by hand: of a report, or of a question."""
    typed = "".join(request.GET.get("code", "").split()).upper()
    if not typed:
        return render(request, "places/code.html", {})
    if len(typed) == CODE_LONG and queries.report(typed) is not None:
        return redirect("places:report", typed)
    if len(typed) == CODE_LONG and queries.consultation(typed) is not None:
        return redirect("places:asked", typed)
    return render(request, "places/code.html", {"wrong": True}, status=404)


def _said(request: HttpRequest, act: Any, words: str, code: str) -> HttpResponse:
    try:
        act(code=code)
        messages.success(request, words)
    except Refusal as refusal:
        if refusal.code == "GH-PLC-047":
            raise Http404 from None
        messages.error(request, refusal.sentence)
    return redirect("places:report", code)


@public
@require_POST
def thank(request: HttpRequest, code: str) -> HttpResponse:
    """One tap, counted without a name."""
    return _said(request, services.thank, "已送出感谢", code)


@public
@require_POST
def unsolved(request: HttpRequest, code: str) -> HttpResponse:
    """Once: it goes on one tier higher."""
    return _said(request, services.unsolved, "已转上一级处理，还用这个反映码看结果", code)


@never_cache
@public
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A question to a guide station."""
    row = found(queries.one(pk, timezone.localdate()))
    if row.kind not in catalog.kinds() or not catalog.kinds()[row.kind].guides:
        raise Http404
    form = forms.QuestionForm(request.POST, auto_id="ask_%s")
    if form.is_valid():
        try:
            made = services.ask(place_id=pk, sender=_sender(request), **form.cleaned_data)
            messages.success(request, "已收到")
            return redirect("places:asked", made.code)
        except Refusal as refusal:
            tell(form, refusal)
    return _place_page(request, row, 422, ask_form=form)


@never_cache
@public
@require_GET
def asked(request: HttpRequest, code: str) -> HttpResponse:
    """What became of a question."""
    row = queries.consultation(code) if len(code) == CODE_LONG else None
    if row is None:
        return render(request, "places/code.html", {"wrong": True}, status=404)
    if row.answered_at is not None and row.seen_at is None:
        services.answer_read(code=code)
    return render(request, "places/asked.html", {"row": row, "code": code.upper()})


def _file(row: Any) -> HttpResponseBase:
    stored, stream = queries.opened(found(row))
    reply = FileResponse(stream, content_type=stored.content_type)
    reply["Cache-Control"] = "public, max-age=86400"
    return reply


@public
@require_GET
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A picture of a place that the reader may see."""
    return _file(queries.picture(pk))


@public
@require_GET
def fixed(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture of what was mended."""
    return _file(queries.ticket(pk))


@public
@require_GET
def policy(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The text of a policy, to keep."""
    stored, stream = queries.opened(found(queries.policy(pk)))
    with stream:
        return attachment(stream.read(), stored.name, stored.content_type)


def _qr(text: str) -> SafeString:
    """A QR as inline SVG, ink on white in every theme."""
    body = segno.make(text, error="m").svg_inline(scale=5, border=2, dark="#111", light="#fff", omitsize=True)
    return mark_safe(body.replace("<svg ", '<svg class="qr" role="img" aria-label="这处阵地的二维码" ', 1))


@public
@require_GET
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """A page to print and put on the wall."""
    row = found(queries.one(pk, timezone.localdate()))
    address = request.build_absolute_uri(reverse("places:place", args=[pk]))
    context = {
        "place": row, "kind": catalog.title(catalog.kinds(), row.kind), "hours": hours_words(row), "qr": _qr(address),
        "address": address, "keeper": queries.keeper(row),
        "services": [catalog.title(catalog.services(), one) for one in row.offered],
    }  # fmt: skip
    return render(request, "places/poster.html", context)
