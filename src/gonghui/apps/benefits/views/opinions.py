"""The desk's look at members' photos: before they show, and to take one down again."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal

from .. import queries, services
from . import number_of

A_PAGE = 30
_DONE = {"1": "已展示在照片墙", "down": "已从照片墙撤下，上传的会员看得到原因"}


@desk("benefit.manage")
@require_http_methods(["GET", "POST"])
def photos(request: HttpRequest) -> HttpResponse:
    """Photos that wait, the oldest first, and those that show; each is answered in place."""
    viewer = viewer_of(request)
    if request.method == "POST":
        number, act = number_of(request.POST.get("photo", "")) or 0, request.POST.get("show", "")
        try:
            if act == "down":
                services.take_down_photo(viewer, photo_id=number, reason=request.POST.get("reason", "")[:200])
            else:
                services.answer_photo(viewer, photo_id=number, show=act == "1")
            messages.success(request, _DONE.get(act, "没有采用这张照片"))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("benefits:photos")
    shown = Paginator(queries.opinions.photos_shown(viewer), A_PAGE).get_page(request.GET.get("page"))
    context = {"rows": list(queries.opinions.photos_waiting(viewer)[:A_PAGE]), "page": shown}
    return render(request, "benefits/photos.html", context)
