"""The desk's look at members' photos before they show."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal

from .. import queries, services
from . import number_of


@desk("benefit.manage")
@require_http_methods(["GET", "POST"])
def photos(request: HttpRequest) -> HttpResponse:
    """Photos that wait, the oldest first; each is answered in place."""
    viewer = viewer_of(request)
    if request.method == "POST":
        show = request.POST.get("show") == "1"
        try:
            services.answer_photo(viewer, photo_id=number_of(request.POST.get("photo", "")) or 0, show=show)
            messages.success(request, "已展示在照片墙" if show else "没有采用这张照片")
        except Refusal as refusal:
            messages.error(request, refusal.message)
        return redirect("benefits:photos")
    return render(request, "benefits/photos.html", {"rows": list(queries.opinions.photos_waiting(viewer)[:30])})
