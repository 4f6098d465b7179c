"""The member on the way: companions of a rest cure, and handing a place on to somebody else."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.doors import member
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.quotas.models import Handover
from gonghui.kernel.refusal import Refusal

from .. import queries, services
from ..forms.trip import CompanionForm, HandOnForm
from ..rules.pages import in_yuan
from . import number_of
from .editing import shown_trip
from .member import told
from .tickets import own, shown_ticket


@member
@require_POST
def companions(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody comes along, or stays at home."""
    row, viewer = own(request, pk), viewer_of(request)
    traveller = number_of(request.POST.get("drop", ""))
    if traveller is not None:
        try:
            services.drop_companion(viewer, claim_id=pk, traveller_id=traveller)
            messages.success(request, "已取消这名家属")
        except Refusal as refusal:
            told(request, refusal)
        return redirect("benefits:m-ticket", pk=pk)
    form = CompanionForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.name_companion(viewer, claim_id=pk, name=data.pop("companion_name"), **data)
            messages.success(request, "已登记家属，费用在出发前交给主办单位")
            return redirect("benefits:m-ticket", pk=pk)
        except Refusal as refusal:
            field = {"id_number": "number", "name": "companion_name"}.get(refusal.field or "", refusal.field)
            form.add_error(field if field in form.fields else None, refusal.sentence)
    return shown_ticket(request, row, 422, companion=form)


@member
@require_POST
def hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Name somebody, or keep the place after all. Whether the number is anybody's is not told."""
    row, viewer = own(request, pk), viewer_of(request)
    kept = number_of(request.POST.get("keep", ""))
    if kept is not None:
        try:
            quota_services.take_back_offer(viewer, handover_id=kept)
            messages.success(request, "已收回，名额还是您的")
        except Refusal as refusal:
            told(request, refusal)
        return redirect("benefits:m-ticket", pk=pk)
    form = HandOnForm(request.POST)
    if form.is_valid():
        try:
            quota_services.ask_to_take_over(viewer, claim_id=pk, number=form.cleaned_data["number"])
            messages.success(request, "已发给对方，对方在手机上接受后名额才转过去")
            return redirect("benefits:m-ticket", pk=pk)
        except Refusal as refusal:
            form.add_error("number", refusal.sentence)
    return shown_ticket(request, row, 422, hand_on=form)


def _offered(request: HttpRequest, pk: int) -> Handover:
    row = quotas.offered_to(viewer_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@member
@require_GET
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """A place that somebody wants to hand on to the reader."""
    row = _offered(request, pk)
    offer = queries.member.offer(viewer_of(request), row.offer_id)
    if offer is None:
        raise Http404
    session = quotas.handed_session(viewer_of(request), row)
    answer = render(
        request, "benefits/m_handover.html",
        {"row": row, "offer": offer, "page": offer.page, "session": session, "price": in_yuan(offer.page.price),
         "trip": shown_trip(offer)},
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


@member
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes or no."""
    _offered(request, pk)
    viewer = viewer_of(request)
    try:
        if request.POST.get("accept") == "1":
            claim = quota_services.accept_handover(viewer, handover_id=pk)
            messages.success(request, "名额已经是您的")
            return redirect("benefits:m-ticket", pk=claim.pk)
        quota_services.decline_handover(viewer, handover_id=pk)
        messages.success(request, "已谢绝")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:m-home")
