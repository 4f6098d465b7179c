"""Asking for a place from the phone: tickets for the gate, the slow door beside it, waiting and entering."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from gonghui.kernel.access.doors import member
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.quotas.models import Offer
from gonghui.kernel.refusal import Refusal

from .. import forms, queries
from . import number_of
from .member import found, page_of, told


def _session(request: HttpRequest, row: Offer) -> int | None:
    """The session named in the form, if it is one of this offer's; the only one when none is named."""
    number = number_of(request.POST.get("session", ""))
    known = list(row.sessions.filter(state="planned").values_list("pk", flat=True))
    if number is None and len(known) == 1:
        return int(known[0])
    return number if number in known else None


def _key(request: HttpRequest) -> UUID:
    """The page's own key for this wish; a new one when what was sent is none."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


@member
@require_POST
def tickets(request: HttpRequest, pk: int) -> JsonResponse:
    """Fresh signed tickets for a session: they live fifteen minutes, and a page may be open for longer."""
    session = _session(request, found(request, pk))
    if session is None:
        return JsonResponse({"words": "没有这个场次，刷新页面后再选"}, status=422)
    try:
        made = quota_services.tickets(viewer_of(request), session_id=session)
    except Refusal as refusal:
        return JsonResponse({"words": refusal.message, "hint": refusal.hint or ""}, status=422)
    rows = [{"counter": one.counter, "share": one.share, "token": one.token} for one in made]
    return JsonResponse({"session": session, "tickets": rows})


@member
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Without script, or when the gate is not reached: one person, the same answers."""
    row = found(request, pk)
    session = _session(request, row)
    if session is None:
        messages.error(request, "选一个场次再领取")
        return redirect("benefits:m-offer", pk=pk)
    try:
        taken = quota_services.take(viewer_of(request), session_id=session, key=_key(request))
    except Refusal as refusal:
        told(request, refusal)
        return redirect("benefits:m-offer", pk=pk)
    if taken.claim is not None and taken.outcome in ("granted", "yours"):
        messages.success(request, taken.words)
        return redirect("benefits:m-ticket", pk=taken.claim)
    messages.error(request, taken.words)
    return redirect("benefits:m-offer", pk=pk)


@member
@require_POST
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    """Stand in line for a full session."""
    row = found(request, pk)
    session = _session(request, row)
    try:
        if session is None:
            raise Refusal("GH-BEN-040", "选一个场次再登记候补", "session")
        quota_services.wait(viewer_of(request), session_id=session, key=_key(request))
        messages.success(request, "已登记候补，有人退回会按顺序给您，记得看消息")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:m-offer", pk=pk)


@member
@require_POST
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply for a draw."""
    viewer, row = viewer_of(request), found(request, pk)
    standing = queries.member.standing(viewer, row, quota_services.moment())
    form = forms.EntryForm(
        request.POST, sessions=[one.session for one in standing.choices], ranked=standing.ranked
    )  # fmt: skip
    try:
        if not form.is_valid():
            if standing.act == "enter":
                return page_of(request, row, entry=form)
            raise Refusal("GH-BEN-041", "选至少一个场次，第一志愿要选", "choices")
        quota_services.enter(viewer, offer_id=pk, choices=form.choices, key=_key(request))
        messages.success(request, "已报名，名单锁定以前可以撤回")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:m-offer", pk=pk)


@member
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an application or a place in the line back."""
    viewer = viewer_of(request)
    row = queries.member.entry(viewer, pk)
    if row is None:
        raise Http404
    try:
        quota_services.withdraw(viewer, entry_id=pk)
        messages.success(request, "已撤回")
    except Refusal as refusal:
        told(request, refusal)
    return redirect("benefits:m-offer", pk=row.offer_id)
