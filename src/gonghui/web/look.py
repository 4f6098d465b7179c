"""The reader's own choices of size, colour and script, kept in cookies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from gonghui.kernel.access.doors import public

from .shell import COOKIE_AGE, COOKIES


@public
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """`/look?size=large&next=/m/`: works without script; a GET because it changes nothing but this browser."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    for name, allowed in COOKIES.items():
        value = request.GET.get(name)
        if value in allowed:
            # the page script switches size and colour by itself, so it may write these cookies
            response.set_cookie(
                name, value, max_age=COOKIE_AGE, samesite="Lax", secure=request.is_secure(), httponly=False
            )
    response["Cache-Control"] = "no-store"
    return response
