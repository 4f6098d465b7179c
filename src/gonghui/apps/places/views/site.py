"""Without a log-in: stations nearby, one place, what is wrong with it, and the answer by a code."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel import codes
from gonghui.kernel.access.doors import public
from gonghui.kernel.access.requests import address_of
from gonghui.kernel.refusal import Refusal
from gonghui.pages.answers import attachment
from gonghui.pages.codes import qr

from .. import catalog, forms, services
from ..models import Place
from ..queries import public as queries
from ..services.pictures import MOST
from . import bytes_of, found, tell
from .listing import hours_words
from .tickets import lines_of, took


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
    """One tap on what is wrong; the code is told on the answer's page alone."""
    row = found(queries.one(pk, timezone.localdate()))
    form = forms.ReportForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = services.report(
                place_id=pk, fault=data["fault"], text=data["text"], picture=bytes_of(data["picture"], MOST),
                phone=data["phone"], sender=address_of(request),
            )  # fmt: skip
            messages.success(request, "已收到" if not made.joined else "已收到，和别人反映的并在一起处理")
            return _reported(request, codes.plain(made.code), fresh=True)
        except Refusal as refusal:
            field = {"contact": "phone"}.get(refusal.field or "", refusal.field)
            form.add_error(field if field in ("text", "picture", "phone") else None, refusal.sentence)
    return _place_page(request, row, 422, form=form, opened=True)


@never_cache
@public
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A question to a guide station; the code is told on the answer's page alone."""
    row = found(queries.one(pk, timezone.localdate()))
    if row.kind not in catalog.kinds() or not catalog.kinds()[row.kind].guides:
        raise Http404
    form = forms.QuestionForm(request.POST, auto_id="ask_%s")
    if form.is_valid():
        try:
            made = services.ask(place_id=pk, sender=address_of(request), **form.cleaned_data)
            messages.success(request, "已收到")
            return _asked(request, codes.plain(made.code), fresh=True)
        except Refusal as refusal:
            tell(form, refusal)
    return _place_page(request, row, 422, ask_form=form)


@never_cache
@public
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """What became of a report or a question, by its code: it travels in the body, never in an address."""
    form = forms.CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        plain = codes.plain(form.cleaned_data["code"])
        if queries.report(plain) is not None:
            _act(request, plain)
            return _reported(request, plain)
        if queries.consultation(plain) is not None:
            return _asked(request, plain)
        form.add_error("code", "没有这个码，核对纸条或截屏上的16位字母和数字")
    return render(request, "places/code.html", {"form": form}, status=422 if form.errors else 200)


def _act(request: HttpRequest, plain: str) -> None:
    """Thanks, or not solved: which one is the button that was pressed; then that the answer was read."""
    do = request.POST.get("do", "")
    try:
        if do == "thanks":
            services.thank(code=plain)
            messages.success(request, "已送出感谢")
        elif do == "unsolved":
            services.unsolved(code=plain)
            messages.success(request, "已转上一级处理，还用这个反映码看结果")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    services.seen(code=plain)


def _reported(request: HttpRequest, plain: str, *, fresh: bool = False) -> HttpResponse:
    row = found(queries.report(plain))
    ticket, now = row.ticket, timezone.now()
    context = {
        "row": row, "ticket": ticket, "place": ticket.place, "line": lines_of([ticket], now)[0],
        "code": codes.spoken(plain), "fresh": fresh, "took": took(ticket), "others": max(ticket.reports - 1, 0),
        "may_thank": ticket.outcome == "fixed" and row.thanked_at is None,
        "may_say": ticket.closed_at is not None and row.unsolved_at is None and row.thanked_at is None,
    }  # fmt: skip
    return render(request, "places/reported.html", context)


def _asked(request: HttpRequest, plain: str, *, fresh: bool = False) -> HttpResponse:
    row = found(queries.consultation(plain))
    if row.answered_at is not None and row.seen_at is None:
        services.answer_read(code=plain)
    return render(request, "places/asked.html", {"row": row, "code": codes.spoken(plain), "fresh": fresh})


def _file(row: Any) -> HttpResponseBase:
    stored, stream = queries.opened(found(row))
    reply = FileResponse(stream, content_type=stored.content_type)
    reply["Cache-Control"] = "public, max-age=86400" if row.place.state == "open" else "private, no-store"
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


@public
@require_GET
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """A page to print and put on the wall."""
    row = found(queries.one(pk, timezone.localdate()))
    address = request.build_absolute_uri(reverse("places:place", args=[pk]))
    context = {
        "place": row, "kind": catalog.title(catalog.kinds(), row.kind), "hours": hours_words(row),
        "qr": qr(address, "这处阵地的二维码"),
        "address": address, "keeper": queries.keeper(row),
        "services": [catalog.title(catalog.services(), one) for one in row.offered],
    }  # fmt: skip
    return render(request, "places/poster.html", context)
