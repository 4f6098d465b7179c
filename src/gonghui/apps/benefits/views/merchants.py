"""Merchants: the union's list, and the pages of a merchant's own post, which show nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.quotas import services as quota_services
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, ListPage, write_xlsx

from .. import forms, queries, services
from ..models import Provider
from . import number_of
from .scanning import handed_in, read_photo, scanned, scanning

PROVIDERS = ListPage(
    key="benefit-providers",
    title="合作商户",
    unit="家",
    columns=[
        Column("name", "商户", head=True, sort="name", cell=lambda r: r.name),
        Column("organisation", "签约单位", kind="organisation", cell=lambda r: r.organisation.name),
        Column("contact", "联系人和电话", cell=lambda r: r.contact),
        Column("offers", "项目", kind="number", cell=lambda r: r.offers),
        Column("accounts", "核销账号", kind="number", cell=lambda r: r.accounts),
        Column("active", "合作中", nowrap=True, cell=lambda r: r.active),
    ],
    empty=Empty("还没有合作商户", "影院、药店、健身馆这些由商户核销的项目，先在这里登记商户，再添加它的核销账号。",
                "登记商户", "/desk/benefits/providers/new"),
    default_sort="name",
    order=("pk",),
    row_url=lambda r: reverse("benefits:provider", args=[r.pk]),
    export=write_xlsx,
    template="benefits/providers.html",
)  # fmt: skip

SETTLEMENT = ListPage(
    key="benefit-settlement",
    title="商户结算",
    unit="行",
    columns=[
        Column("month", "月份", head=True, cell=lambda r: f"{r.month:%Y年%-m月}", nowrap=True),
        Column("title", "项目", cell=lambda r: r.title),
        Column("count", "核销笔数", kind="number", cell=lambda r: r.count),
        Column("parts", "核销次数", kind="number", cell=lambda r: r.parts),
        Column("subsidy", "每次补贴（元）", kind="money", cell=lambda r: r.subsidy / 100),
        Column("fen", "应结（元）", kind="money", cell=lambda r: r.fen / 100),
    ],
    empty=Empty("还没有核销", "核销以后按月汇总在这里：笔数、次数、补贴乘次数就是应结金额。"),
    export=write_xlsx,
)  # fmt: skip


@desk("benefit.view")
def listing(request: HttpRequest) -> Any:
    viewer = viewer_of(request)
    return PROVIDERS.respond(request, queries.merchants.providers(viewer), may_edit=viewer.may("benefit.manage"))


@desk("benefit.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    form = forms.ProviderForm(request.POST or None)
    if viewer.organisation_id is None:
        raise Http404
    if request.method == "POST" and form.is_valid():
        place = org_queries.organisation(viewer, viewer.organisation_id)
        try:
            made = services.add_provider(viewer, organisation=place, **form.cleaned_data)
            messages.success(request, "已登记商户，接着添加它的核销账号")
            return redirect("benefits:provider", pk=made.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return render(request, "benefits/provider_new.html", {"form": form}, status=422 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Provider:
    row = queries.merchants.provider(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


@desk("benefit.view")
@require_http_methods(["GET", "POST"])
def provider(request: HttpRequest, pk: int) -> HttpResponse:
    """One merchant: its accounts, its offers, what it redeemed and is owed."""
    viewer, row = viewer_of(request), _found(request, pk)
    form = forms.ClerkForm(request.POST if request.POST.get("act") == "add" else None)
    try:
        if request.POST.get("act") == "drop":
            services.drop_clerk(viewer, clerk_id=number_of(request.POST.get("clerk", "")) or 0)
            messages.success(request, "已移除核销账号")
            return redirect("benefits:provider", pk=pk)
        if form.is_bound and form.is_valid():
            services.add_clerk(viewer, provider_id=pk, username=form.cleaned_data["username"])
            messages.success(request, "已添加核销账号")
            return redirect("benefits:provider", pk=pk)
    except Refusal as refusal:
        if form.is_bound:
            form.add_error("username", refusal.sentence)
        else:
            messages.error(request, refusal.message)
    context = {
        "provider": row, "clerks": queries.merchants.clerks(viewer, row), "form": form,
        "offers": queries.merchants.offers_of(row), "sums": queries.merchants.settlement(row),
        "may_edit": viewer.may("benefit.manage"),
    }  # fmt: skip
    return render(request, "benefits/provider.html", context, status=422 if form.errors else 200)


# -- a merchant's own post ----------------------------------------------------------------------------------------


@desk("benefit.redeem")
@require_GET
def redeem(request: HttpRequest) -> HttpResponse:
    """The merchant's door: scan a ticket of the offers that name it."""
    viewer = viewer_of(request)
    row = queries.merchants.own(viewer)
    context = {
        "provider": row,
        "offers": queries.merchants.offers_of(row) if row else [],
        "last": queries.merchants.redemptions(row, 20) if row else [],
        "scanning": scanning(
            "merchant", *(reverse(f"benefits:redeem-{act}") for act in ("take", "merge", "read")),
            quota_services.door_pass(viewer, provider_id=row.pk) if row else "",
        ),
    }  # fmt: skip
    answer = render(request, "benefits/redeem.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@desk("benefit.redeem")
@require_POST
def take(request: HttpRequest) -> JsonResponse:
    viewer = viewer_of(request)
    answer = scanned(request, lambda scan: services.redeem(viewer, key=scan.key, text=scan.text, part=scan.part))
    return _with_pass(viewer, answer)


def _with_pass(viewer: Viewer, answer: JsonResponse) -> JsonResponse:
    """Every answer of the till brings its pass anew: its page stays open for days."""
    if row := queries.merchants.own(viewer):
        answer["X-Listed"] = quota_services.door_pass(viewer, provider_id=row.pk)
    return answer


@desk("benefit.redeem")
@require_POST
def read(request: HttpRequest) -> JsonResponse:
    return read_photo(request)


@desk("benefit.redeem")
@require_POST
def merge(request: HttpRequest) -> JsonResponse:
    viewer = viewer_of(request)
    try:
        return _with_pass(viewer, handed_in(request, lambda scans: services.hand_in(viewer, scans=scans)))
    except Refusal as refusal:
        return JsonResponse({"words": refusal.message, "hint": refusal.hint or ""}, status=409)


@desk("benefit.redeem")
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """A mistaken redemption taken back within minutes; it stays on record."""
    try:
        services.undo_redemption(
            viewer_of(request), check_in_id=number_of(request.POST.get("check_in", "")) or 0,
            reason=request.POST.get("reason", "")[:200],
        )  # fmt: skip
        messages.success(request, "已撤销核销，这张票券可以再用")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("benefits:redeem")


@desk("benefit.redeem")
def settlement(request: HttpRequest) -> Any:
    """What the merchant is owed, by month and offer."""
    row = queries.merchants.own(viewer_of(request))
    rows = queries.merchants.settlement(row) if row else []
    return SETTLEMENT.respond(request, rows, heading=f"{row.name}：结算" if row else "结算")
