"""Log-in of members on the phone: number, code, and the end of the paper where several share a number."""

from __future__ import annotations

from typing import cast

import httpx
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from ...refusal import Refusal
from .. import rules, services
from ..choices import Role
from ..doors import GonghuiRequest, member, public
from ..forms import CodeForm, PhoneForm, TailForm
from ..models import Account
from ..services import codes
from .login import _demo, safe_next

PHONE, MASK, SHOWN, NEXT, PROVEN, TRIES, STATE = (
    f"gonghui.m.{part}" for part in ("phone", "mask", "shown", "next", "proven", "tries", "wechat")
)
HOME = "/m/"


def _forget(request: HttpRequest) -> None:
    for key in (PHONE, MASK, SHOWN, NEXT, PROVEN, TRIES):
        request.session.pop(key, None)


def _words(refusal: Refusal) -> str:
    return f"{refusal.message}，{refusal.hint}" if refusal.hint else refusal.message


@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def phone(request: HttpRequest) -> HttpResponse:
    """`/m/login/`"""
    viewer = cast(GonghuiRequest, request).viewer
    if viewer.person_id is not None:
        return HttpResponseRedirect(safe_next(request, HOME))
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = services.send_code(form.cleaned_data["phone"], address=request.META.get("REMOTE_ADDR", ""))
        except Refusal as refusal:
            form.add_error("phone", _words(refusal))
        else:
            _forget(request)
            request.session[PHONE], request.session[MASK] = sent.sealed, sent.mask
            request.session[SHOWN], request.session[NEXT] = sent.shown, safe_next(request, HOME)
            return redirect("access:member_code")
    members = [person for person in _demo() if person["role"] == Role.MEMBER]
    context = {"form": form, "next": safe_next(request, ""), "demo": members}
    return render(request, "access/member_phone.html", context, status=422 if form.is_bound else 200)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def code(request: HttpRequest) -> HttpResponse:
    """`/m/login/code/`"""
    if PHONE not in request.session:
        return redirect("access:member_login")
    number = codes.kept(request.session[PHONE])
    if request.method == "POST" and "again" in request.POST:
        return _again(request, number)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.check_code(number, form.cleaned_data["code"])
        except Refusal as refusal:
            form.add_error("code", _words(refusal))
        else:
            return _proven(request, number)
    context = {
        "form": form,
        "mask": request.session[MASK],
        "shown": request.session.get(SHOWN, ""),
        "minutes": codes.MINUTES,
    }
    return render(request, "access/member_code.html", context, status=422 if form.is_bound else 200)


def _again(request: HttpRequest, number: str) -> HttpResponse:
    try:
        sent = services.send_code(number, address=request.META.get("REMOTE_ADDR", ""))
    except Refusal as refusal:
        messages.error(request, _words(refusal))
    else:
        request.session[SHOWN] = sent.shown
        messages.success(request, "已重新发送验证码")
    return redirect("access:member_code")


def _proven(request: HttpRequest, number: str) -> HttpResponse:
    """The phone is the visitor's: now it may be said whether it is on record."""
    persons = codes.persons_of(number)
    if len(persons) == 1:
        return _enter(request, persons[0])
    if persons:
        request.session[PROVEN] = True
        return redirect("access:member_who")
    mask = request.session[MASK]
    _forget(request)
    return render(request, "access/member_unknown.html", {"mask": mask})


def _enter(request: HttpRequest, person_id: int) -> HttpResponse:
    target = request.session.get(NEXT) or HOME
    try:
        services.enter_member(request, person_id)
    except Refusal as refusal:
        messages.error(request, _words(refusal))
        return redirect("access:member_login")
    _forget(request)
    return HttpResponseRedirect(target)


@never_cache
@sensitive_post_parameters("tail")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def who(request: HttpRequest) -> HttpResponse:
    """`/m/login/who/`: several persons share the number."""
    if not request.session.get(PROVEN) or PHONE not in request.session:
        return redirect("access:member_login")
    form = TailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tries = request.session[TRIES] = request.session.get(TRIES, 0) + 1
        if tries > rules.PAPER_TRIES:
            _forget(request)
            messages.error(request, f"已试过{rules.PAPER_TRIES}次，重新验证手机号")
            return redirect("access:member_login")
        try:
            person_id = codes.pick_person(codes.kept(request.session[PHONE]), form.cleaned_data["tail"])
        except Refusal as refusal:
            form.add_error("tail", _words(refusal))
        else:
            return _enter(request, person_id)
    context = {"form": form, "mask": request.session[MASK]}
    return render(request, "access/member_who.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
@member
def wechat(request: HttpRequest) -> HttpResponse:
    """`/m/wechat/`: bind this account to the union's public account, inside WeChat's own browser."""
    config = settings.CONFIG
    if not config.wechat_app_id:
        messages.error(request, "这里没有开通微信公众号")
        return redirect("/m/me/")
    if "code" not in request.GET:
        state = request.session[STATE] = get_random_string(24)
        query = urlencode(
            {
                "appid": config.wechat_app_id,
                "redirect_uri": f"{settings.PUBLIC_URL}/m/wechat/",
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
            }
        )
        return HttpResponseRedirect(f"https://open.weixin.qq.com/connect/oauth2/authorize?{query}#wechat_redirect")
    if request.GET.get("state") != request.session.pop(STATE, None):
        messages.error(request, "绑定没有完成，再试一次")
        return redirect("/m/me/")
    body = {
        "appid": config.wechat_app_id,
        "secret": config.wechat_app_secret.get_secret_value(),
        "code": request.GET["code"],
        "grant_type": "authorization_code",
    }
    try:
        answer = httpx.get(
            f"{config.wechat_endpoint.rstrip('/')}/sns/oauth2/access_token", params=body, timeout=8
        ).json()
        openid = str(answer["openid"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        messages.error(request, "微信没有答复，过一会儿再试")
        return redirect("/m/me/")
    try:
        codes.bind_wechat(cast(Account, request.user), openid=openid)
    except Refusal as refusal:
        messages.error(request, _words(refusal))
    else:
        messages.success(request, "已绑定微信，以后的验证码发到公众号")
    return redirect("/m/me/")
