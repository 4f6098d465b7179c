"""A refusal that no view caught becomes a page that says what, where and how to mend it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gonghui.kernel.refusal import Refusal


class Refusals:
    """Runs after the view's transaction was rolled back, so nothing half-written stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return render(request, "gonghui/refused.html", {"refusal": exception}, status=409)
        return None


refusals = Refusals
