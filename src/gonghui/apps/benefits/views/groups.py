"""A rest cure's group at the desk: its list, leader, insurance, departure, return, and the list as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.quotas.models import Session
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, write_xlsx

from .. import queries, services
from ..forms.trip import InsureForm, LeadForm, TakeOutForm
from . import number_of
from .editing import shown_trip

COLUMNS = [
    Column("name", "姓名", head=True, cell=lambda r: r.name, personal=True),
    Column("kind", "身份", cell=lambda r: r.kind),
    Column("paper", "证件号码", cell=lambda r: r.number or r.paper, personal=True),
    Column("insured", "投保", cell=lambda r: "已投保" if r.insured else "未投保"),
    Column("arrived", "到团", cell=lambda r: "已到" if r.arrived else ""),
]


def _session(request: HttpRequest, pk: int) -> Session:
    row = queries.desk.session(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def _shown(request: HttpRequest, row: Session, status: int = 200, **forms: Any) -> HttpResponse:
    viewer = viewer_of(request)
    group, lines = queries.groups.departure(row), queries.groups.lines(viewer, row)
    known = group.leader_phone_mask if group else ""
    initial = {"leader": group.leader, "meeting": group.meeting} if group else {}
    insured = {"policy_no": group.policy_no} if group else {}
    bare = queries.groups.not_insured(lines)
    context = {
        "session": row, "offer": row.offer, "group": group, "lines": lines, "bare": bare,
        "trip": shown_trip(row.offer), "is_trip": queries.trips.is_trip(row.offer),
        "lead": LeadForm(initial=initial, known=known), "insure": InsureForm(initial=insured),
        "take_out": TakeOutForm(may_reveal=viewer.may("member.reveal"), auto_id="out_%s"),
        "may_edit": viewer.may("benefit.manage"), "may_check_in": viewer.may("benefit.checkin"),
    } | forms  # fmt: skip
    return render(request, "benefits/group.html", context, status=status)


@desk("benefit.view")
@require_GET
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """Who travels, masked."""
    row = _session(request, pk)
    if not queries.trips.is_trip(row.offer):
        messages.error(request, "只有疗休养才有团")
        return redirect("benefits:offer", pk=row.offer_id)
    return _shown(request, row)


def _acted(request: HttpRequest, pk: int, name: str, form: Any, act: Callable[[dict[str, Any]], str]) -> HttpResponse:
    """One small form of the group's page: done, or shown again with what is wrong beside its field."""
    row = _session(request, pk)
    if form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
            return redirect("benefits:group", pk=pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return _shown(request, row, 422, **{name: form})


@desk("benefit.manage")
@require_POST
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """Leader and meeting place."""
    group = queries.groups.departure(_session(request, pk))

    def act(data: dict[str, Any]) -> str:
        services.lead(viewer_of(request), session_id=pk, **data)
        return "已登记领队和集合地点，有名额的会员看得到"

    return _acted(request, pk, "lead", LeadForm(request.POST, known=group.leader_phone_mask if group else ""), act)


@desk("benefit.manage")
@require_POST
def insure(request: HttpRequest, pk: int) -> HttpResponse:
    """The policy: everybody on the list now is insured."""

    def act(data: dict[str, Any]) -> str:
        count = services.insure(viewer_of(request), session_id=pk, **data)
        return f"已登记保险单，名单上{count}人记为已投保"

    return _acted(request, pk, "insure", InsureForm(request.POST), act)


@desk("benefit.manage")
@require_POST
def depart(request: HttpRequest, pk: int) -> HttpResponse:
    """出团."""
    _session(request, pk)
    try:
        services.depart(viewer_of(request), session_id=pk)
        messages.success(request, "已登记出团，名单和家属不能再改")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("benefits:group", pk=pk)


@desk("benefit.checkin")
@require_POST
def come_back(request: HttpRequest, pk: int) -> HttpResponse:
    """返回, with who of the list was there."""
    _session(request, pk)
    claims = [number for one in request.POST.getlist("claim") if (number := number_of(one)) is not None]
    try:
        count = services.come_back(viewer_of(request), session_id=pk, claims=claims)
        messages.success(request, f"已登记返回，{count}名会员记为到团，可以评价")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("benefits:group", pk=pk)


@desk("benefit.manage")
@require_POST
def take_out(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The list as a workbook; why it was taken out stays on the trail."""
    row, viewer = _session(request, pk), viewer_of(request)
    form = TakeOutForm(request.POST, may_reveal=viewer.may("member.reveal"), auto_id="out_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            _, lines = services.take_out(viewer, session_id=pk, reason=data["reason"], full=bool(data.get("full")))
            title = f"{row.offer.title}{row.title}名单"
            return write_xlsx(
                request, title=title, columns=COLUMNS, rows=lines, total=len(lines),
                conditions=[f"导出理由：{data['reason']}"],
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error("reason" if refusal.field == "reason" else None, refusal.sentence)
    return _shown(request, row, 422, take_out=form)
