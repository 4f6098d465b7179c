"""A small form in a dialog, or on a page of its own where there is no script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def ask(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: str,
    submit: str,
    back: str,
    lines: Sequence[str] = (),
    bad: bool = False,
    **context: Any,
) -> HttpResponse:
    """The question, with whatever was wrong in the last answer."""
    partial = request.headers.get("HX-Request") == "true"
    shown = {
        "form": form,
        "title": title,
        "submit": submit,
        "back": back,
        "lines": lines,
        "bad": bad,
        "action": request.path,
    }
    template = "membership/parts/dialog.html" if partial else "membership/dialog.html"
    response = render(request, template, shown | context, status=422 if form.is_bound else 200)
    response["Cache-Control"] = "no-store"
    return response
