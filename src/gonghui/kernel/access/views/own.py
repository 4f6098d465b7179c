"""One's own account: password, second factor, browsers that are logged in, posts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ...org.models import PublicOrganisation
from ...refusal import Refusal
from .. import queries, services, sessions
from ..choices import Role
from ..doors import GonghuiRequest, signed_in
from ..forms import PasswordForm
from ..models import Account

View = Callable[..., HttpResponseBase]


def own_account(view: View) -> View:
    """Behind the door of the logged in, and only for a log-in with a password or passkey.

    A log-in by phone code proves the phone alone; it must not be able to add a key to an account that holds posts.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if cast(GonghuiRequest, request).viewer.role == Role.MEMBER:
            return redirect("/m/me/")
        return view(request, *args, **kwargs)

    return signed_in(inner)


def second_factor_page(view: View) -> View:
    """A page of allauth behind our door; what it changed is noted in the session and on the trail."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        account = cast(Account, request.user)
        before = set(Authenticator.objects.filter(user=account).values_list("pk", "type"))
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            after = set(Authenticator.objects.filter(user=account).values_list("pk", "type"))
            if before != after:
                words = dict(Authenticator.Type.choices) | {
                    "totp": "身份验证器",
                    "webauthn": "通行密钥",
                    "recovery_codes": "恢复码",
                }
                services.note(
                    account,
                    request,
                    "access.second_factor_changed",
                    增加=sorted(str(words[kind]) for _, kind in after - before),
                    移除=sorted(str(words[kind]) for _, kind in before - after),
                )
            sessions.note_second_factor(request, account)
        return response

    return own_account(inner)


def _factors(account: Account) -> dict[str, Any]:
    found = list(Authenticator.objects.filter(user=account))
    codes = next((f for f in found if f.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "totp": next((f for f in found if f.type == Authenticator.Type.TOTP), None),
        "passkeys": sum(f.type == Authenticator.Type.WEBAUTHN for f in found),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
    }


@never_cache
@require_safe
@own_account
def own(request: HttpRequest) -> HttpResponse:
    """`/account/`"""
    account = cast(Account, request.user)
    viewer = cast(GonghuiRequest, request).viewer
    posts = queries.posts_of(account, timezone.localdate())
    names = dict(PublicOrganisation.objects.filter(pk__in=[p.organisation_id for p in posts]).values_list("pk", "name"))
    context = {
        "account": account,
        "posts": [
            {"post": p, "organisation": names.get(p.organisation_id, ""), "current": p.pk == viewer.post_id}
            for p in posts
        ],
        "browsers": [
            {"row": row, "here": row.session_key == request.session.session_key} for row in queries.sessions_of(account)
        ],
        "factors": _factors(account),
    }
    return render(request, "access/own.html", context)


@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@own_account
def password(request: HttpRequest) -> HttpResponse:
    """`/account/password/`"""
    account = cast(Account, request.user)
    forced = account.must_change_password
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not account.check_password(form.cleaned_data["old"]):
            form.add_error("old", "现在的密码不对")
        else:
            try:
                viewer = cast(GonghuiRequest, request).viewer
                services.change_password(viewer, request, account, form.cleaned_data["new"])
            except Refusal as refusal:
                form.add_error(refusal.field, refusal.sentence)
            else:
                messages.success(request, "已修改密码，其他设备上的登录已全部退出")
                return redirect("/desk/" if forced else "access:own")
    status = 422 if form.is_bound else 200
    return render(request, "access/password.html", {"form": form, "forced": forced, "account": account}, status=status)


@require_POST
@own_account
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """`/account/sessions/<pk>/end`"""
    if sessions.end_one(cast(Account, request.user), pk):
        messages.success(request, "已退出那台设备上的登录")
    return redirect("access:own")


@require_POST
@own_account
def end_sessions(request: HttpRequest) -> HttpResponse:
    """`/account/sessions/end`: log out everywhere but here."""
    viewer = cast(GonghuiRequest, request).viewer
    count = services.end_other_sessions(viewer, request, cast(Account, request.user))
    messages.success(request, f"已退出其他{count}处登录" if count else "没有其他设备在登录")
    return redirect("access:own")
