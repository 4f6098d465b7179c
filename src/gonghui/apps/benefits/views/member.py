"""The member's phone: what is for me, one offer with its one button, reminders, photos and stars."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.doors import member, signed_in
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.quotas import audience
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.quotas.choices import DRAWN, Allocation, DrawState
from gonghui.kernel.quotas.models import Offer
from gonghui.kernel.refusal import Refusal

from .. import forms, queries, services
from ..choices import HOW, SEVERAL, Kind
from ..queries.member import Standing
from ..rules.pages import in_yuan
from .editing import shown_trip


def told(request: HttpRequest, refusal: Refusal) -> None:
    messages.error(request, refusal.sentence)


def found(request: HttpRequest, pk: int) -> Offer:
    row = queries.member.offer(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


@member
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is for me: open, coming, mine."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    now = quota_services.moment()
    shelf = queries.member.shelf(viewer_of(request), now, kind)
    context = {
        "shelf": shelf,
        "kind": kind,
        "kind_title": Kind.said(kind) if kind else "",
        "kinds": Kind.choices,
        "now": now,
    }
    return render(request, "benefits/m_home.html", context)


def _tickets(request: HttpRequest, standing: Standing) -> list[dict[str, Any]]:
    """Signed tickets of the only session, ready before the rush; those of several are asked for when one is chosen."""
    if standing.offer.allocation != Allocation.FIRST_COME or len(standing.choices) != 1:
        return []
    if standing.act not in ("remind", "claim", "wait", "full"):
        return []
    try:
        made = quota_services.tickets(viewer_of(request), session_id=standing.choices[0].session.pk)
    except Refusal:
        return []
    return [{"counter": one.counter, "share": one.share, "token": one.token} for one in made]


def _claiming(request: HttpRequest, standing: Standing) -> dict[str, Any]:
    """What the script needs; tokens hold row numbers only."""
    sessions = {}
    if tickets := _tickets(request, standing):
        sessions[str(standing.choices[0].session.pk)] = tickets
    return {"gate": settings.GATE_URL, "offer": standing.offer.pk, "waits": standing.offer.waits, "tickets": sessions}


@member
@require_GET
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    return page_of(request, found(request, pk))


def page_of(
    request: HttpRequest,
    row: Offer,
    *,
    entry: forms.EntryForm | None = None,
    rate: forms.RateForm | None = None,
    photo: forms.PhotoForm | None = None,
) -> HttpResponse:
    """The offer's page; with a form that was filled in wrongly it comes back with what was typed."""
    viewer, now = viewer_of(request), quota_services.moment()
    standing = queries.member.standing(viewer, row, now)
    page = row.page
    drawn = row.allocation in DRAWN
    finished = drawn and row.draw.state == DrawState.DRAWN
    context = {
        "offer": row, "page": page, "s": standing, "now": now, "kind": Kind.said(row.kind),
        "price": in_yuan(page.price), "subsidy": in_yuan(page.subsidy) if page.subsidy else "",
        "how": SEVERAL if row.each > 1 else HOW.get(row.allocation, "由工作人员审核后给名额。"),
        "words": audience.in_words(row.audience),
        "key": uuid4(), "form": entry or _entry_form(None, standing), "draw": row.draw if drawn else None,
        "drawn": finished, "wait": queries.public.waits_for(row.draw) if drawn and not finished else "",
        "why": queries.member.sentence(standing.entry) if finished and standing.entry is not None else None,
        "claiming": _claiming(request, standing) if row.allocation == Allocation.FIRST_COME else None,
        "pictures": queries.opinions.pictures(row),
        "wall": queries.opinions.wall(row), "may_rate": queries.member.may_rate(viewer, row),
        "was_there": queries.member.was_there(viewer, row), "own_photos": queries.opinions.own_photos(viewer, row),
        "trip": _trip(row),
        "rate": rate or forms.RateForm(auto_id="rate_%s"), "photo": photo or forms.PhotoForm(auto_id="photo_%s"),
    }  # fmt: skip
    answer = render(request, "benefits/m_offer.html", context, status=422 if entry or rate or photo else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _trip(row: Offer) -> dict[str, Any] | None:
    """What a rest cure's page tells besides: the base, what each side pays, insurance, companions and the rule."""
    if not queries.trips.is_trip(row):
        return None
    return (shown_trip(row) or {}) | {"rules": queries.trips.rules_for_members(row)}


def _entry_form(data: Any, standing: Standing) -> forms.EntryForm | None:
    if not standing.drawn:
        return None
    return forms.EntryForm(data, sessions=[one.session for one in standing.choices], ranked=standing.ranked)


@member
@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """到点提醒我, or no longer."""
    viewer = viewer_of(request)
    found(request, pk)
    try:
        if request.POST.get("off"):
            services.forget(viewer, offer_id=pk)
            messages.success(request, "已取消提醒")
        else:
            services.remind(viewer, offer_id=pk)
            messages.success(request, "已登记，开始当天会在消息里提醒您")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:m-offer", pk=pk)


@member
@require_POST
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(request, pk)
    form = forms.RateForm(request.POST, auto_id="rate_%s")
    if not form.is_valid():
        return page_of(request, row, rate=form)
    try:
        data = form.cleaned_data
        services.rate(viewer_of(request), offer_id=pk, stars=int(data["stars"]), words=data["words"])
        messages.success(request, "已收到您的评价，只显示平均分，不显示姓名")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:m-offer", pk=pk)


@member
@require_POST
def add_photo(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(request, pk)
    form = forms.PhotoForm(request.POST, request.FILES, auto_id="photo_%s")
    if not form.is_valid():
        return page_of(request, row, photo=form)
    data = form.cleaned_data
    upload = data["photo"]
    try:
        if upload.size > 5 * 1024 * 1024:
            raise Refusal("GH-BEN-002", "图片要是5MB以内的JPG或PNG", "photo", "用手机拍的照片可以先压缩")
        services.give_photo(
            viewer_of(request), offer_id=pk, content=upload.read(), alt=data["alt"], consent=data["consent"]
        )
        messages.success(request, "已收到，工作人员看过后展示")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:m-offer", pk=pk)


@member
@require_POST
def take_back_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever gave a photo takes it off the wall at once."""
    try:
        row = services.take_back_photo(viewer_of(request), photo_id=pk)
    except Refusal:
        raise Http404 from None
    messages.success(request, "已撤下，别人看不到这张照片了")
    return redirect("benefits:m-offer", pk=row.offer_id)


@signed_in
@require_GET
def image(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture of an offer, for whoever may read the offer."""
    return _found_picture(queries.opinions.open_image(viewer_of(request), pk))


@signed_in
@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One more picture of an offer, for whoever may read the offer."""
    return _found_picture(queries.opinions.open_picture(viewer_of(request), pk))


@signed_in
@require_GET
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A photo of the wall; one that waits is seen by its giver and by staff of the range.

    Asked for again each time it is shown: what was taken down is gone at once, also from a phone that has seen it.
    """
    row = queries.opinions.photo(viewer_of(request), pk)
    if row is None:
        raise Http404
    tag = f'"{row.file_id}"'
    answer = get_conditional_response(request, etag=tag) or _picture(*queries.opinions.open_photo(row))
    answer["Cache-Control"], answer["ETag"] = "private, no-cache", tag
    return answer


def _found_picture(opened: tuple[Any, Any] | None) -> FileResponse:
    if opened is None:
        raise Http404
    return _picture(*opened)


def _picture(stored: Any, content: Any) -> FileResponse:
    answer = FileResponse(content, content_type=stored.content_type)
    answer["Cache-Control"] = "private, max-age=86400"
    return answer
