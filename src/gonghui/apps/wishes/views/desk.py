"""Wishes at the desk: checked, written for others, claimed for the own union, delivered and confirmed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.files.services import open_file
from gonghui.kernel.refusal import Refusal
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import forms, queries, services
from ..choices import PUBLIC, Category, ClaimantKind, ClaimState, WishState
from ..models import Wish
from . import TONES, acted, bytes_of, most, tell

LIST = ListPage(
    key="wishes",
    title="微心愿",
    unit="个",
    columns=[
        Column("title", "心愿", head=True, sort="title"),
        Column("nickname", "笔名", cell=lambda row: f"{row.nickname}（{row.occupation}）"),
        Column("category", "类别", cell=lambda row: row.get_category_display(), nowrap=True),
        Column("price", "价格", kind="money", unit="元", sort="price", cell=lambda row: row.price / 100),
        Column("union_name", "所在工会", kind="organisation", cell=lambda row: row.union_name),
        Column("asked_on", "许愿日期", kind="date", sort="asked_on"),
        Column("claimed_by", "认领", kind="organisation", cell=lambda row: row.claimed_by),
        Column("state", "状态", nowrap=True, cell=lambda row: tag(row.get_state_display(), TONES[row.state]),
               export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找心愿", "search", "title__contains", placeholder="心愿里的字"),
        Filter("state", "状态", choices=WishState.choices),
        Filter("category", "类别", choices=Category.choices),
        Filter("sensitive", "不公开", "boolean", main=False),
        Filter("asked_on", "许愿日期", "date", main=False),
    ],
    views=[
        View("all", "全部"),
        View("asked", "待核对", {"state": "asked"}),
        View("shown", "待认领", {"state": "shown"}),
        View("done", "已实现", {"state": "done"}),
    ],
    empty=Empty("还没有人许愿", "会员在手机“微心愿”里许愿，工会核对后展示；也可以代职工登记。",
                "代为登记", "/desk/wishes/new"),
    default_sort="-asked_on",
    order=("-pk",),
    row_url=lambda row: reverse("wishes:one", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="wishes/list.html",
)  # fmt: skip


@desk("wish.view")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return LIST.respond(
        request, queries.wishes(viewer), heading="微心愿", sums=queries.of_range(viewer),
        may_manage=viewer.may("wish.manage"), free=list(queries.free().exclude(
            path__gte=viewer.lo, path__lt=viewer.hi)[:8]),
    )  # fmt: skip


@desk("wish.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Written for a worker who does not do it on the phone."""
    viewer, body = viewer_of(request), here(request)
    form = forms.StaffWishForm(request.POST or None, viewer=viewer, most=most(body.path))
    if request.method == "POST" and form.is_valid():
        facts = form.facts
        try:
            row = services.write(viewer, organisation=facts.pop("organisation") or body, **facts)
            messages.success(request, "已登记，核对后展示")
            return redirect("wishes:one", row.pk)
        except Refusal as refusal:
            tell(form, refusal)
    return render(request, "wishes/new.html", {"form": form}, status=422 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Wish:
    row = queries.one(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, row: Wish, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    may, reached = viewer.may("wish.manage"), viewer.reaches(row.path)
    written = may and reached and row.by_staff
    live = queries.live_claim(row)
    brought = live is not None and viewer.account_id in (live.by, live.delivered_by)
    mine = live if live and live.organisation_id == viewer.organisation_id else None
    context = {
        "row": row, "state": tag(row.get_state_display(), TONES[row.state]), "reached": reached,
        "claims": queries.history(row) if reached else [one for one in [mine] if one],
        "may_ask_owner": may and not row.by_staff and row.organisation_id == viewer.organisation_id,
        "owner_form": forms.OwnerForm(auto_id="owner_%s"),
        "may_withdraw": written and row.state in (WishState.ASKED, WishState.RETURNED, WishState.SHOWN),
        "mend_form": forms.WishForm(most=most(row.path), initial=forms.initial(row), auto_id="mend_%s")
        if written and row.state == WishState.RETURNED
        else None,
        "may_take_down": may and reached and row.state in PUBLIC,
        "down_form": forms.ReasonForm(auto_id="down_%s"),
        "may_check": may and reached and row.state == WishState.ASKED,
        "may_claim": may and row.state == WishState.SHOWN,
        "may_deliver": may and mine is not None and mine.state == ClaimState.RUNNING,
        "may_confirm": may and reached and row.state == WishState.DELIVERED and not brought,
        "mine": mine, "check_form": forms.CheckForm(auto_id="check_%s"),
        "claim_form": forms.ClaimForm(auto_id="claim_%s"),
        "deliver_form": forms.DeliverForm(auto_id="deliver_%s"), "thanks_form": forms.ThanksForm(auto_id="thanks_%s"),
        **more,
    }  # fmt: skip
    return render(request, "wishes/one.html", context, status=status)


@desk("wish.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


@desk("wish.manage")
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Shown, sent back or not shown: which one is the button that was pressed."""
    row, form = _found(request, pk), forms.CheckForm(request.POST, auto_id="check_%s")
    outcome = request.POST.get("act", "")
    if form.is_valid() and outcome in (WishState.SHOWN, WishState.RETURNED, WishState.DECLINED):
        try:
            services.check(viewer_of(request), wish_id=pk, outcome=WishState(outcome), **form.cleaned_data)
            messages.success(request, "已展示" if outcome == WishState.SHOWN else "已告诉许愿的人")
            return redirect("wishes:one", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, check_form=form)


@desk("wish.manage")
@require_POST
def owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose wish it is, shown once on this page, for a reason."""
    row, form = _found(request, pk), forms.OwnerForm(request.POST, auto_id="owner_%s")
    if form.is_valid():
        try:
            name = services.show_owner(viewer_of(request), wish_id=pk, reason=form.cleaned_data["reason"])
            answer = _page(request, row, owner=name)
            answer["Cache-Control"] = "no-store"
            return answer
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, owner_form=form)


@desk("wish.manage")
@require_POST
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """What was written for a worker and sent back is handed in again."""
    row = _found(request, pk)
    form = forms.WishForm(request.POST, most=most(row.path), auto_id="mend_%s")
    if form.is_valid():
        try:
            services.mend(viewer_of(request), wish_id=pk, **form.facts)
            messages.success(request, "已重新提交，核对后展示")
            return redirect("wishes:one", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, mend_form=form)


@desk("wish.manage")
@require_POST
def down(request: HttpRequest, pk: int) -> HttpResponse:
    """Off the wall, with the reason."""
    row, form = _found(request, pk), forms.ReasonForm(request.POST, auto_id="down_%s")
    if form.is_valid():
        try:
            services.take_down(viewer_of(request), wish_id=pk, reason=form.cleaned_data["reason"])
            messages.success(request, "已从心愿墙撤下")
            return redirect("wishes:one", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, down_form=form)


@desk("wish.manage")
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """For the own union, or for a firm that asked it to."""
    row, form = _found(request, pk), forms.ClaimForm(request.POST, auto_id="claim_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = services.claim(viewer_of(request), wish_id=pk, kind=ClaimantKind(data["kind"]), name=data["name"])
            messages.success(request, f"已认领，{made.due_on.month}月{made.due_on.day}日前送到")
            return redirect("wishes:one", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, claim_form=form)


@desk("wish.manage")
@require_POST
def deliver(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _found(request, pk), forms.DeliverForm(request.POST, request.FILES, auto_id="deliver_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.deliver(viewer_of(request), wish_id=pk, words=data["words"], picture=bytes_of(data["picture"]))
            messages.success(request, "已登记送到，等确认")
            return redirect("wishes:one", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, deliver_form=form)


@desk("wish.manage")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Given back, taken back, confirmed for whoever wished, not arrived: which one is the button that was pressed."""
    _found(request, pk)
    viewer, what = viewer_of(request), request.POST.get("act", "")

    def done() -> str:
        if what == "drop":
            services.drop(viewer, wish_id=pk)
            return "已退回，别人可以认领"
        if what == "withdraw":
            services.withdraw(viewer, wish_id=pk)
            return "已撤回"
        if what == "confirm":
            services.confirm(viewer, wish_id=pk, thanks=request.POST.get("thanks", ""))
            return "已确认实现"
        if what == "not_arrived":
            services.not_arrived(viewer, wish_id=pk)
            return "已退给认领方"
        raise Refusal("GH-WSH-009", "没有这一步", None, "刷新页面看最新状态")

    return acted(request, done, "wishes:one", pk)


@desk("wish.view")
@require_GET
def proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture of what one claim brought, for staff where the wish is; the look stands on the trail."""
    viewer = viewer_of(request)
    made = queries.claim_in_range(viewer, pk)
    if made is None or made.proof is None:
        raise Http404
    reply = FileResponse(open_file(viewer, made.proof), content_type=made.proof.content_type)
    reply["Cache-Control"] = "private, no-store"
    return reply
