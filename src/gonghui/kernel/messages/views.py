"""The member's choice, opening a message, and how sending fares. The list stands with the notices (web/home)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from ..access import senders
from ..access.doors import desk, member
from ..access.requests import viewer_of
from ..access.services.codes import openid_of
from ..refusal import Refusal
from . import queries, services

LIST = "/m/notices/"


@member
@require_GET
def opened(request: HttpRequest, pk: int) -> HttpResponse:
    """What a message on the phone leads to: it is read, and its page opens."""
    viewer = viewer_of(request)
    row = queries.own(viewer).filter(pk=pk).first()
    if row is None:
        raise Http404
    services.read(viewer, [row])
    return redirect(queries.line(row).page or LIST)


@member
@require_http_methods(["GET", "POST"])
def choosing(request: HttpRequest) -> HttpResponse:
    """Which ordinary messages come to the phone."""
    viewer = viewer_of(request)
    if request.method == "POST":
        try:
            services.choose(viewer, wanted=request.POST.getlist("kind"))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, "已保存")
        return redirect("messages:settings")
    muted = queries.muted(viewer)
    context = {
        "ordinary": [{"kind": one, "on": one.key not in muted} for one in queries.ordinary()],
        "urgent": queries.urgent(),
        "tells": senders.sender(openid_of).tells,
        "wechat": settings.CONFIG.sender == "wechat",
    }
    return render(request, "messages/settings.html", context)


@desk(queries.VIEW)
@require_GET
def desk_page(request: HttpRequest) -> HttpResponse:
    """How many wait, were sent or failed, by kind and day, and the last reasons."""
    viewer, today = viewer_of(request), timezone.localdate()
    sender = senders.sender(openid_of)
    context = {
        "days": queries.days(viewer, today),
        "troubles": queries.troubles(viewer, today),
        "span": queries.DAYS,
        "channel": senders.CHANNELS[sender.name],
        "tells": sender.tells,
        "setting": f"GONGHUI_{sender.name.upper()}_NOTICE_TEMPLATE",
    }
    return render(request, "messages/desk.html", context)
