"""Pages of wishes: the wall for anybody, the phone of members, the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from gonghui.kernel.files import pictures
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules

TONES = {
    "asked": "wait", "returned": "wait", "shown": "info", "claimed": "info", "delivered": "wait", "done": "ok",
    "declined": "", "withdrawn": "", "down": "",
}  # fmt: skip
CLAIM_TONES = {"running": "info", "delivered": "wait", "confirmed": "ok", "lapsed": "", "dropped": "", "ended": ""}


def most(path: str) -> float:
    """What a wish may cost at a place, in yuan."""
    return float(rules.value("wishes.most_price", path, timezone.localdate()).value) / 100


def tell(form: forms.Form, refusal: Refusal) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


def acted(request: HttpRequest, act: Callable[[], str], to: str, *args: Any) -> HttpResponse:
    """One act; a refusal is told on the page it leads back to."""
    try:
        messages.success(request, act())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(to, *args)


def bytes_of(upload: Any, limit: int = pictures.MOST_BYTES) -> bytes:
    return b"" if upload is None else bytes(upload.read(limit + 1))
