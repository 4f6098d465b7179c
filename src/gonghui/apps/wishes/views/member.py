"""The wall for anybody, and a member's own wishes and claims on the phone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import member, public
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.people.queries import own_membership
from gonghui.kernel.refusal import Refusal
from gonghui.pages.tags import tag

from .. import forms, queries, services
from ..choices import Category, ClaimantKind, WishState
from ..models import Wish
from . import CLAIM_TONES, TONES, acted, bytes_of, most, tell


def _tagged(rows: Iterable[Wish]) -> list[tuple[Wish, Any]]:
    """Each with its state as a tag, the same as at the desk."""
    return [(one, tag(one.get_state_display(), TONES[one.state])) for one in rows]


@public
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """What is wished for and what came true, without a name."""
    category = request.GET.get("category", "")
    rows = queries.wall()
    if category in Category.values:
        rows = rows.filter(category=category)
    number = request.GET.get("page", "")
    page = Paginator(rows.exclude(state=WishState.DONE).order_by("-shown_on", "-pk"), 30).get_page(
        number if number.isascii() and number.isdigit() else 1
    )
    context = {
        "page": page, "shown": _tagged(page), "counts": queries.counts(),
        "done": list(rows.filter(state=WishState.DONE).order_by("-done_on", "-pk")[:12]),
        "categories": Category.choices, "category": category if category in Category.values else "",
    }  # fmt: skip
    return render(request, "wishes/wall.html", context)


@member
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    context = {
        "own": _tagged(queries.own(viewer)[:20]),
        "claims": [(one, tag(one.get_state_display(), CLAIM_TONES[one.state])) for one in queries.claims(viewer)[:20]],
        "free": list(queries.free()[:30]), "may_wish": own_membership(viewer) is not None,
    }  # fmt: skip
    return render(request, "wishes/m_home.html", context)


@member
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    own = own_membership(viewer)
    first = {"occupation": own.occupation if own else ""}
    form = forms.WishForm(request.POST or None, most=most(own.path if own else ""), initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.make(viewer, **form.facts)
            messages.success(request, "已提交，工会核对后展示，不显示姓名")
            return redirect("wishes:m-one", row.pk)
        except Refusal as refusal:
            tell(form, refusal)
    return render(request, "wishes/m_new.html", {"form": form}, status=422 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Wish:
    row = queries.for_member(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, row: Wish, status: int = 200, **more: object) -> HttpResponse:
    viewer = viewer_of(request)
    own = queries.is_own(viewer, row)
    mine = queries.live_claim(row)
    mending = own and row.state == WishState.RETURNED
    context = {
        "row": row, "own": own, "tone": TONES[row.state],
        "mine": mine if mine and mine.person_id == viewer.person_id else None,
        "may_claim": not own and row.state == WishState.SHOWN,
        "may_withdraw": own and row.state in (WishState.ASKED, WishState.RETURNED, WishState.SHOWN),
        "may_answer": own and row.state == WishState.DELIVERED,
        "mend_form": forms.WishForm(most=most(row.path), initial=forms.initial(row)) if mending else None,
        "deliver_form": forms.DeliverForm(auto_id="deliver_%s"), "thanks_form": forms.ThanksForm(auto_id="thanks_%s"),
        **more,
    }  # fmt: skip
    return render(request, "wishes/m_one.html", context, status=status)


@member
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


@member
@require_POST
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    row = _found(request, pk)
    form = forms.WishForm(request.POST, most=most(row.path))
    if form.is_valid():
        try:
            services.mend(viewer_of(request), wish_id=pk, **form.facts)
            messages.success(request, "已重新提交")
            return redirect("wishes:m-one", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, mend_form=form)


@member
@require_POST
def deliver(request: HttpRequest, pk: int) -> HttpResponse:
    row = _found(request, pk)
    form = forms.DeliverForm(request.POST, request.FILES, auto_id="deliver_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.deliver(viewer_of(request), wish_id=pk, words=data["words"], picture=bytes_of(data["picture"]))
            messages.success(request, "已登记送到，等对方确认")
            return redirect("wishes:m-one", pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, row, 422, deliver_form=form)


@member
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Claim, give back, take back, confirm, not arrived: which one is the button that was pressed."""
    _found(request, pk)
    viewer, what = viewer_of(request), request.POST.get("act", "")

    def done() -> str:
        if what == "claim":
            made = services.claim(viewer, wish_id=pk, kind=ClaimantKind.VOLUNTEER)
            return f"已认领，{made.due_on.month}月{made.due_on.day}日前送到"
        if what == "drop":
            services.drop(viewer, wish_id=pk)
            return "已退回，别人可以认领"
        if what == "withdraw":
            services.withdraw(viewer, wish_id=pk)
            return "已撤回"
        if what == "confirm":
            services.confirm(viewer, wish_id=pk, thanks=request.POST.get("thanks", ""))
            return "已确认，谢谢的话写在心愿墙上"
        if what == "not_arrived":
            services.not_arrived(viewer, wish_id=pk)
            return "已告诉认领的人"
        raise Refusal("GH-WSH-009", "没有这一步", None, "刷新页面看最新状态")

    return acted(request, done, "wishes:m-one", pk)
