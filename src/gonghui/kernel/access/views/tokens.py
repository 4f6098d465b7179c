"""Tokens of the programming interface at the desk."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gonghui.pages.lists import Column, Empty, Filter, ListPage

from ...refusal import Refusal
from .. import queries, services
from ..choices import Role
from ..doors import GonghuiRequest, desk
from ..forms import TokenForm
from ..models import ApiToken


def _state(row: ApiToken) -> str:
    if row.revoked_at:
        return "已作废"
    if row.expires_on <= timezone.localdate():
        return "已到期"
    return "有效" if queries.state_of(row.post, timezone.localdate()) == "valid" else "岗位已收回"


def _revoke(row: ApiToken) -> Any:
    if row.revoked_at:
        return ""
    return format_html('<a class="btn btn-s" href="/desk/tokens/{}/revoke">作废</a>', row.pk)


PAGE = ListPage(
    key="tokens",
    title="接口令牌",
    unit="个",
    columns=[
        Column("name", "用途", head=True, sort="name"),
        Column("prefix", "开头", nowrap=True),
        Column("post", "代表的岗位", cell=lambda r: f"{r.post.account.name}·{Role(r.post.role).label}"),
        Column("organisation", "组织", cell=lambda r: r.post.organisation.name, kind="organisation"),
        Column("state", "状态", cell=_state, kind="tag"),
        Column("expires_on", "到期", kind="date", sort="expires_on"),
        Column("last_used_at", "最近使用", kind="time", sort="last_used_at"),
        Column("act", "操作", cell=_revoke, export=lambda r: ""),
    ],
    filters=[Filter("q", "查找", "search", "name__icontains", placeholder="用途")],
    empty=Empty(
        "还没有接口令牌",
        "别的平台要按接口取数或办事时，为它建一个令牌，代表一个岗位。",
        "建立令牌",
        "/desk/tokens/new",
    ),
    default_sort="expires_on",
    order=("pk",),
    row_label=lambda r: r.name,
    template="access/tokens.html",
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk("token.manage")
def listing(request: HttpRequest) -> HttpResponseBase:
    """`/desk/tokens/`"""
    return PAGE.respond(request, queries.tokens(cast(GonghuiRequest, request).viewer))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk("token.manage")
def new(request: HttpRequest) -> HttpResponse:
    """`/desk/tokens/new`: the secret stands on the answer to this one POST, and nowhere else."""
    viewer = cast(GonghuiRequest, request).viewer
    form = TokenForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = services.create_token(viewer, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
        else:
            return render(request, "access/token_shown.html", {"token": token, "secret": secret})
    return render(request, "access/token_new.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk("token.manage")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """`/desk/tokens/<pk>/revoke`: asks first, because whoever uses the token stops at once."""
    viewer = cast(GonghuiRequest, request).viewer
    token = queries.tokens(viewer).filter(pk=pk).first()
    if token is None:
        raise Http404
    if request.method != "POST":
        return render(request, "access/token_revoke.html", {"token": token})
    try:
        services.revoke_token(viewer, token=token)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"已作废令牌“{token.name}”")
    return redirect("access:tokens")
