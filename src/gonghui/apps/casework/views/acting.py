"""One page with the acts that are possible now: each a form, a sentence and a service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from gonghui.kernel.refusal import Refusal

T = TypeVar("T")


@dataclass
class Choice:
    """One act on a page. `do(data)` calls the service and answers what has happened, in the past tense."""

    key: str
    title: str
    form: forms.Form
    do: Callable[[dict[str, Any]], str]
    button: str
    main: bool = False
    bad: bool = False


def found_or_404(row: T | None) -> T:
    if row is None:
        raise Http404
    return row


def bound(request: HttpRequest, key: str) -> Any:
    """What was posted for this act; None for the others, whose forms stay fresh."""
    return request.POST if request.method == "POST" and request.POST.get("act") == key else None


def show(request: HttpRequest, template: str, context: dict[str, Any], acts: list[Choice], back: str) -> HttpResponse:
    """Show a page, or do the act that was posted; what was typed stays where something is wrong."""
    if request.method == "POST":
        chosen = next((one for one in acts if one.key == request.POST.get("act")), None)
        if chosen is None:
            messages.error(request, "现在不能这样办理，页面已刷新为最新状态")
            return redirect(back)
        if chosen.form.is_valid():
            try:
                messages.success(request, chosen.do(chosen.form.cleaned_data))
                return redirect(back)
            except Refusal as refusal:
                field = refusal.field if refusal.field in chosen.form.fields else None
                chosen.form.add_error(field, refusal.sentence)
    wrong = any(one.form.errors for one in acts)
    return render(request, template, context | {"acts": acts}, status=422 if wrong else 200)
