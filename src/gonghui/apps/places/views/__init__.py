"""Pages of places: the desk, and what anybody opens on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from gonghui.kernel.refusal import Refusal

Row = TypeVar("Row")
SECTIONS = (
    ("places", "名录", "places:list"),
    ("map", "分布图", "places:map"),
    ("tickets", "小修小补", "places:tickets"),
    ("rounds", "巡查", "places:rounds"),
    ("questions", "指导站咨询", "places:questions"),
)


def sections(current: str) -> list[dict[str, Any]]:
    """The tabs that all pages of places share."""
    return [{"title": title, "url": reverse(name), "current": key == current} for key, title, name in SECTIONS]


def found(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row


def tell(form: forms.Form, refusal: Refusal) -> None:
    """The sentence of a refusal, beside its field where the form has it."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


def acted(request: HttpRequest, act: Callable[[], str], to: str, *args: Any) -> HttpResponse:
    """One act without a form of its own; a refusal is told on the page it leads back to."""
    try:
        messages.success(request, act())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(to, *args)


def bytes_of(upload: Any, most: int) -> bytes:
    """What was uploaded; of too much only so much that the service refuses it."""
    return b"" if upload is None else bytes(upload.read(most + 1))
