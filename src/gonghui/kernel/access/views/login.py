"""Staff log-in: password or passkey, then the second factor; logging out; switching posts."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ... import yamls
from ...refusal import Refusal
from .. import queries, services
from ..choices import AccountKind, Role
from ..doors import GonghuiRequest, public, signed_in
from ..forms import LoginForm
from ..models import Account

TEMPLATE = "access/login.html"


@lru_cache(maxsize=1)
def _cast() -> list[dict[str, str]]:
    """The accounts of the demonstration, as the log-in page lists them."""
    path = files("gonghui.catalogue") / "demo_cast.yaml"
    if not path.is_file():
        return []
    people = yamls.shipped(path.read_text(encoding="utf-8")) or []
    return [person | {"role_name": Role(person["role"]).label} for person in people]


def _demo() -> list[dict[str, str]]:
    return _cast() if settings.DEMO else []


def safe_next(request: HttpRequest, default: str) -> str:
    """Where to go afterwards, inside this site only."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if inside else default


def _page(request: HttpRequest, form: LoginForm, status: int = 200, **context: Any) -> HttpResponse:
    staff = [person for person in _demo() if person["role"] != Role.MEMBER]
    context |= {"form": form, "next": safe_next(request, ""), "demo": staff}
    return render(request, TEMPLATE, context, status=status)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def log_in(request: HttpRequest) -> HttpResponse:
    """`/login/`"""
    viewer = cast(GonghuiRequest, request).viewer
    if viewer.account_id is not None and viewer.role != Role.MEMBER:
        return HttpResponseRedirect(safe_next(request, settings.LOGIN_REDIRECT_URL))
    form = LoginForm(request.POST or None)
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, 422)
    username = form.cleaned_data["username"].strip().lower()
    account = authenticate(request, username=username, password=form.cleaned_data["password"])
    if not isinstance(account, Account) or account.kind != AccountKind.STAFF:
        locked = bool(getattr(request, "axes_locked_out", False))
        services.note_failure(username, request, locked=locked)
        form.add_error("password", f"用户名或密码不对，连续错{settings.AXES_FAILURE_LIMIT}次会锁定15分钟")
        return _page(request, form, 422)
    login = Login(user=account, redirect_url=safe_next(request, settings.LOGIN_REDIRECT_URL))
    return cast(HttpResponse, perform_password_login(request, {"username": account.username}, login))


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """Named in settings: too many wrong passwords, and when the lock opens again."""
    username = str((credentials or {}).get("username", "") or request.POST.get("username", "")).strip().lower()
    opens = queries.opens_again(username, request.META.get("REMOTE_ADDR", ""))
    now = timezone.now()
    seconds = max(60, int((opens - now).total_seconds())) if opens else 900
    at = timezone.localtime(opens or now + timedelta(seconds=seconds))
    form = LoginForm(request.POST or None, initial={"username": username})
    context = {
        "form": form,
        "locked_until": at,
        "next": safe_next(request, ""),
        "demo": [],
        "is_locked": True,
    }
    answer = render(request, TEMPLATE, context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


@require_POST
@public
def log_out(request: HttpRequest) -> HttpResponse:
    """`/logout/`: for staff and members; pressing it twice is no error."""
    viewer = cast(GonghuiRequest, request).viewer
    if viewer.account_id is None:
        return redirect("account_login")
    member = viewer.role == Role.MEMBER
    services.log_out(request, cast(Account, request.user))
    messages.success(request, "已退出")
    return redirect("access:member_login" if member else "account_login")


@require_POST
@signed_in
def switch_post(request: HttpRequest) -> HttpResponse:
    """`/desk/post`"""
    viewer = cast(GonghuiRequest, request).viewer
    try:
        if viewer.role == Role.MEMBER:
            raise Refusal("GH-ACC-023", "会员登录不能切换岗位", hint="用用户名和密码登录工作台")
        wanted = request.POST.get("post", "")
        post = services.switch_post(
            viewer, request, cast(Account, request.user), int(wanted) if wanted.isdigit() else 0
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect(settings.LOGIN_REDIRECT_URL)
    messages.success(request, f"已切换到{Role(post.role).label}岗位")
    return HttpResponseRedirect(safe_next(request, settings.LOGIN_REDIRECT_URL))
