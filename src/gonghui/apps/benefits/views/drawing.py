"""The stages of a draw at the desk, and the page on which anybody follows and recomputes it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk, public
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.quotas.choices import DrawState
from gonghui.kernel.quotas.models import Draw
from gonghui.kernel.refusal import Refusal

from .. import queries
from . import number_of
from .editing import found


def _did(request: HttpRequest, pk: int, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("benefits:offer", pk=pk)


def party_of(request: HttpRequest, pk: int) -> int:
    """The witness that the form names, if it is one of this offer's."""
    number = number_of(request.POST.get("party", ""))
    row = found(request, pk)
    if number is None or not row.draw.parties.filter(pk=number).exists():
        raise Http404
    return number


@desk("benefit.manage")
@require_POST
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    party = party_of(request, pk)

    def act() -> str:
        quota_services.commit(viewer_of(request), party_id=party, commitment=request.POST.get("commitment", "")[:200])
        return "已登记承诺值，名单锁定后由见证方揭示"

    return _did(request, pk, act)


@desk("benefit.manage")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    party = party_of(request, pk)

    def act() -> str:
        quota_services.reveal(viewer_of(request), party_id=party, value=request.POST.get("value", "")[:200])
        return "揭示的内容与承诺值一致，已公布"

    return _did(request, pk, act)


@desk("benefit.publish")
@require_POST
def outside(request: HttpRequest, pk: int) -> HttpResponse:
    found(request, pk)

    def act() -> str:
        quota_services.outside_value(viewer_of(request), offer_id=pk, value=request.POST.get("value", "")[:200])
        return "已登记公开数值，还要另一人对照来源核对"

    return _did(request, pk, act)


@desk("benefit.manage")
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person reads the public value."""
    found(request, pk)

    def act() -> str:
        quota_services.check_outside(viewer_of(request), offer_id=pk, value=request.POST.get("value", "")[:200])
        return "与登记的一致，公开数值已核对"

    return _did(request, pk, act)


@desk("benefit.publish")
@require_POST
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """Another witness, or a public value, before the list is locked."""
    found(request, pk)

    def act() -> str:
        quota_services.add_source(
            viewer_of(request), offer_id=pk, title=request.POST.get("title", "")[:200],
            outside=request.POST.get("outside", "")[:300],
        )  # fmt: skip
        return "已补充种子的来源，公开页面上看得到"

    return _did(request, pk, act)


@desk("benefit.manage")
@require_POST
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    found(request, pk)

    def act() -> str:
        draw = quota_services.lock_list(viewer_of(request), offer_id=pk)
        return f"名单已锁定，{draw.count}人，摘要已公布"

    return _did(request, pk, act)


@desk("benefit.manage")
@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    found(request, pk)

    def act() -> str:
        quota_services.run_draw(viewer_of(request), offer_id=pk)
        return "已摇号，结果已公布，摇到的会员可以看到票券"

    return _did(request, pk, act)


@desk("benefit.manage")
@require_POST
def rest(request: HttpRequest, pk: int) -> HttpResponse:
    """What nobody drew goes to those who drew none, by their numbers."""
    found(request, pk)

    def act() -> str:
        count = quota_services.offer_rest(viewer_of(request), offer_id=pk)
        return f"{count}个剩余名额已按签值给没摇到的人，等他们确认"

    return _did(request, pk, act)


# -- anybody ------------------------------------------------------------------------------------------------------


def _draw(number: str) -> Draw:
    row = queries.public.draw(number[:24])
    if row is None:
        raise Http404
    return row


@public
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, number: str) -> HttpResponse:
    """The whole draw: rule, list, witnesses, values, result. A tag is asked for by POST and stands in no address."""
    draw = _draw(number)
    offer = draw.offer
    order = [DrawState.COLLECTING, DrawState.LISTED, DrawState.DRAWN]
    at = order.index(DrawState(draw.state))
    asked = queries.public.by_tag(draw, request.POST.get("tag", "")) if request.method == "POST" else None
    context = {
        "draw": draw, "offer": offer, "host": quotas.host(offer), "asked": asked,
        "parties": sorted(draw.parties.all(), key=lambda one: one.order),
        "sessions": queries.public.places(draw), "wait": queries.public.waits_for(draw),
        "outside_value": quota_services.shown_value(draw), "passed": len(draw.rule.get("passed", [])),
        "steps": [("报名", at > 0, at == 0), ("名单锁定", at > 1, at == 1), ("摇号", at == 2, False)],
        "drawn": at == 2, "listed": at >= 1, "weights": draw.rule.get("weights", []),
    }  # fmt: skip
    return render(request, "benefits/draw.html", context)


@public
@require_GET
def published(request: HttpRequest, number: str) -> HttpResponseBase:
    """The file that anybody may recompute: header and list, without names."""
    draw = _draw(number)
    if draw.state == DrawState.COLLECTING:
        raise Http404
    chunks = quota_services.publication(draw.offer)
    begun = chain([next(chunks)], chunks)  # the rows are read inside the door, the kept list afterwards
    answer = StreamingHttpResponse(begun, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="draw-{draw.offer.number}.txt"'
    return answer


@public
@require_GET
def verifier(request: HttpRequest, number: str) -> HttpResponse:
    """The stand-alone script that drew, as it drew."""
    _draw(number)
    answer = HttpResponse(quota_services.source_of_verifier(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="recompute.py"'
    return answer
