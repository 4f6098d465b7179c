"""The member's menu: what may be voted for, what became of it, and a wish of one's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.doors import member
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.quotas.services import moment
from gonghui.kernel.refusal import Refusal

from .. import queries, services
from ..forms.menu import WishForm
from .member import told


def _page(request: HttpRequest, form: WishForm | None = None, of: int = 0) -> HttpResponse:
    sheets = queries.menus.sheets(viewer_of(request), moment())
    listed = [
        {"sheet": one, "form": form if form and one.menu.pk == of else WishForm(auto_id=f"w{one.menu.pk}_%s")}
        for one in sheets
    ]
    voting = sum(len(one.voting) for one in sheets if one.votable)
    context = {"listed": listed, "voting": voting, "left": sum(one.left for one in sheets if one.votable)}
    return render(request, "benefits/m_menu.html", context, status=422 if form is not None else 200)


@member
@require_GET
def menu(request: HttpRequest) -> HttpResponse:
    return _page(request)


@member
@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: a vote, or the vote back."""
    viewer = viewer_of(request)
    found = queries.menus.dish_for_member(viewer, pk)
    if found is None:
        raise Http404
    title = found[0].title
    try:
        if request.POST.get("off"):
            services.unvote(viewer, dish_id=pk)
            messages.success(request, f"已收回投给“{title}”的一票")
        else:
            services.vote(viewer, dish_id=pk)
            messages.success(request, f"已投给“{title}”")
    except Refusal as refusal:
        told(request, refusal)
    return redirect(f"{reverse('benefits:m-menu')}#d{pk}")


@member
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    if queries.menus.menu_for_member(viewer, pk) is None:
        raise Http404
    form = WishForm(request.POST, auto_id=f"w{pk}_%s")
    if not form.is_valid():
        return _page(request, form, pk)
    try:
        services.propose(viewer, menu_id=pk, **form.cleaned_data)
        messages.success(request, "已提交，审核后会员就能投票；不开会写明原因")
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, form, pk)
    return redirect("benefits:m-menu")
