"""Pages of orders: the list with its totals, and one order to approve, pay, return and print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.rules import definitions as rule_definitions
from gonghui.kernel.rules.words import shown
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx

from . import forms, queries, services
from .choices import OrderKind, OrderState
from .models import GrantOrder
from .rules import in_yuan

PAGE = ListPage(
    key="grant-orders",
    title="补助单",
    unit="张",
    columns=[
        Column("thing", "补助对象", head=True, sort="thing", cell=lambda r: r.thing),
        Column("organisation", "受补单位", kind="organisation", sort="organisation__name_key",
               cell=lambda r: r.organisation.name),
        Column("kind", "类别", cell=lambda r: r.get_kind_display(), nowrap=True),
        Column("period", "年度", cell=lambda r: r.period, nowrap=True),
        Column("amount", "金额（元）", kind="number", sort="amount", cell=lambda r: in_yuan(r.amount)),
        Column("state", "状态", sort="state", nowrap=True, template="funds/_state.html",
               export=lambda r: r.get_state_display()),
        Column("ordered_on", "开单日期", kind="date", sort="ordered_on", cell=lambda r: r.ordered_on),
    ],
    filters=[
        Filter("state", "状态", choices=OrderState.choices),
        Filter("kind", "类别", choices=OrderKind.choices),
        Filter("q", "查找补助对象", "search", "thing__icontains", placeholder="设施或成果名称"),
    ],
    views=[
        View("all", "全部补助单"),
        View("asked", "待审批", {"state": "asked"}),
        View("approved", "待支付", {"state": "approved"}),
    ],
    empty=Empty("还没有补助单", "以奖代补申请核定以后，补助单出现在这里，由领导审批、财务支付。"),
    default_sort="-ordered_on",
    order=("-pk",),
    row_url=lambda r: reverse("funds:order", args=[r.pk]),
    row_label=lambda r: r.thing,
    export=write_xlsx,
    template="funds/list.html",
)  # fmt: skip


@desk("fund.view")
def listing(request: HttpRequest) -> Any:
    """Orders of the range with the totals of each state."""
    viewer = viewer_of(request)
    totals = queries.totals(viewer)
    shown = [
        {"title": OrderState(state).label, "count": one["count"], "yuan": in_yuan(one["sum"]), "state": state}
        for state, one in totals.items()
    ]
    return PAGE.respond(request, queries.orders(viewer), heading="以奖代补", totals=shown)


def _found(request: HttpRequest, pk: int) -> GrantOrder:
    row = queries.order(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def _standards(row: GrantOrder) -> list[dict[str, Any]]:
    """The rules that gave the sum, as they stood; not those of the other kinds of things."""
    known, other = rule_definitions(), {f"funds.grant_{kind}" for kind in OrderKind.values if kind != row.kind}
    return [
        {"title": known[one["key"]].title, "value": shown(known[one["key"]], one["value"]), "version": one["version"]}
        for one in row.rules if one["key"] in known and one["key"] not in other
    ]  # fmt: skip


def _page(request: HttpRequest, row: GrantOrder, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    above = viewer.organisation_id != row.organisation_id
    context = {
        "order": row,
        "yuan": in_yuan(row.amount),
        "standards": _standards(row),
        "path": [*org_queries.ancestors(row.organisation), row.organisation],
        "approve_form": forms.ApproveForm(auto_id="approve_%s"),
        "pay_form": forms.PayForm(auto_id="pay_%s"),
        "return_form": forms.ReturnForm(auto_id="return_%s"),
        "may_approve": above and row.state == "asked" and viewer.may("fund.approve"),
        "may_pay": above and row.state == "approved" and viewer.may("fund.pay")
        and row.approved_by != viewer.account_id,
        "may_return": above and row.state in ("asked", "approved")
        and (viewer.may("fund.approve") or viewer.may("fund.pay")),
        **more,
    }  # fmt: skip
    return render(request, "funds/order.html", context, status=status)


@desk("fund.view")
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


def _acted(
    request: HttpRequest, pk: int, name: str, form: django_forms.Form, act: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    row = _found(request, pk)
    if form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
            return redirect("funds:order", pk=pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return _page(request, row, 422, **{name: form})


@desk("fund.approve")
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    def act(data: dict[str, Any]) -> str:
        services.approve(viewer_of(request), order_id=pk, note=data["note"])
        return "已批准，等财务支付"

    return _acted(request, pk, "approve_form", forms.ApproveForm(request.POST, auto_id="approve_%s"), act)


@desk("fund.pay")
@require_POST
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    def act(data: dict[str, Any]) -> str:
        services.pay(viewer_of(request), order_id=pk, payment_ref=data["payment_ref"])
        return "已登记支付"

    return _acted(request, pk, "pay_form", forms.PayForm(request.POST, auto_id="pay_%s"), act)


@desk("fund.view")
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    def act(data: dict[str, Any]) -> str:
        services.send_back(viewer_of(request), order_id=pk, reason=data["reason"])
        return "已退回，可以重新申请"

    return _acted(request, pk, "return_form", forms.ReturnForm(request.POST, auto_id="return_%s"), act)
