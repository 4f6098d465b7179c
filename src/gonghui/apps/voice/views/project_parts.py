"""What pages of selections and projects share: tabs, acts with their forms, pictures that were sent along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from gonghui.kernel.refusal import Refusal

from ..services.project_ground import Photo

Row = TypeVar("Row")
VIEW, MANAGE = "voice.view", "project.manage"
SECTIONS = (("projects", "实事项目", "voice:projects"), ("selections", "年度遴选", "voice:selections"))


def sections(current: str) -> list[dict[str, Any]]:
    return [{"title": title, "url": reverse(name), "current": key == current} for key, title, name in SECTIONS]


def found(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row


def tell(form: forms.Form, refusal: Refusal) -> None:
    """The sentence of a refusal, beside its field where the form has it."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


@dataclass(frozen=True)
class Act:
    """One thing that a page offers: the form as it was sent (None: none is needed) and what it does."""

    form: forms.Form | None
    run: Callable[[dict[str, Any]], str]


def perform(
    request: HttpRequest, act: Act | None, to: str, pk: int, again: Callable[[forms.Form], HttpResponse]
) -> HttpResponse:
    """Do it and lead back; a refusal is told beside the field, on the page that `again` draws."""
    if act is None:
        raise Http404
    if act.form is None or act.form.is_valid():
        try:
            messages.success(request, act.run(act.form.cleaned_data if act.form is not None else {}))
            return redirect(to, pk)
        except Refusal as refusal:
            if act.form is None:
                messages.error(request, refusal.sentence)
                return redirect(to, pk)
            tell(act.form, refusal)
    return again(act.form)


def photos_of(data: dict[str, Any]) -> list[Photo]:
    """The picture of a form, read at most as far as a picture may go."""
    sent = data.get("photo")
    return [Photo(sent.read(), data.get("alt", ""), sent.name)] if sent else []


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def post_choices(rows: Any) -> list[tuple[Any, str]]:
    return [
        (str(one.pk), f"{one.department}{one.title or one.get_role_display()}·{one.account.name}") for one in rows
    ]  # fmt: skip
