"""What anybody may see of a ballot, and the door through which votes come without a name."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import public
from gonghui.kernel.refusal import Refusal
from gonghui.pages.answers import attachment

from .. import queries, services
from ..models import Ballot, Vote
from ..rules import recount
from .session import results

LARGEST = 8192


def nameless(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whoever brings a vote brings no session: one that comes with it is refused and never read."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.user = AnonymousUser()
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return JsonResponse({"words": "投票不能带登录信息，刷新页面再投", "code": "GH-DEM-056"}, status=400)
        return view(request, *args, **kwargs)

    return inner


def _found(token: UUID) -> tuple[Ballot, list[Vote], str]:
    row = queries.by_token(token)
    if row is None:
        raise Http404
    return row


@public
@never_cache
@require_http_methods(["GET", "POST"])
def ballot(request: HttpRequest, token: UUID) -> HttpResponse:
    """Counts, every vote under its token, and how to count again. A voter's token travels in the body of the request:
    an address is logged beside who asked."""
    row, votes, turnout = _found(token)
    titles = {one["key"]: one["title"] for one in row.options}
    shown = [(one.token, "、".join(titles[key] for key in one.choice) or "弃权") for one in votes]
    asked = "".join(request.POST.get("token", "").split()).lower()[:64]
    context = {
        "row": row, "results": results(row), "turnout": turnout, "votes": shown, "asked": asked,
        "mine": next((words for kept, words in shown if kept == asked), ""),
    }  # fmt: skip
    return render(request, "democracy/public.html", context)


@public
@require_GET
def data(request: HttpRequest, token: UUID) -> HttpResponse:
    """What a recount needs; there is nothing before the count."""
    row, votes, _ = _found(token)
    if row.state != "counted":
        raise Http404
    told = json.dumps(services.published(row, votes), ensure_ascii=False, indent=1)
    return attachment(told, f"ballot-{row.token}.json", "application/json; charset=utf-8")


@public
@require_GET
def script(request: HttpRequest) -> HttpResponse:
    """The program that counts again, as it runs here."""
    return attachment(Path(recount.__file__).read_bytes(), "recount.py", "text/x-python; charset=utf-8")


@csrf_exempt
@nameless
@public
@require_POST
def cast(request: HttpRequest, token: UUID) -> HttpResponse:
    """Drop a vote. The address carries no right: the signature does."""
    try:
        given = json.loads(request.body[:LARGEST])
        vote, signature, choice = str(given["token"]), str(given["signature"]), [str(one) for one in given["choice"]]
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"words": "选票看不懂，刷新页面再投", "code": "GH-DEM-057"}, status=400)
    try:
        services.cast(ballot_token=token, token=vote, signature=signature, choice=choice)
    except Refusal as refusal:
        return JsonResponse({"words": refusal.sentence, "code": refusal.code}, status=409)
    return JsonResponse({"words": "已投入"})
