"""Acts of a page: which are possible now, their forms, and what comes of sending one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import forms

SECTIONS = (
    ("congresses", "职代会", "democracy:board"),
    ("motions", "提案和询问", "democracy:motions"),
    ("bargains", "集体协商", "democracy:bargains"),
    ("contracts", "集体合同", "democracy:contracts"),
)


def sections(current: str) -> list[dict[str, Any]]:
    return [{"title": title, "url": reverse(name), "current": key == current} for key, title, name in SECTIONS]


@dataclass(frozen=True)
class Act:
    """One act on a row: when it is offered, what is filled in, and what it does.

    `run(viewer, row, data)` answers what happened, in words; `goes` leads on to what was made.
    """

    key: str
    title: str
    run: Callable[[Viewer, Any, dict[str, Any]], str]
    states: tuple[str, ...] = ()
    fields: Callable[[Any], dict[str, django_forms.Field]] = field(default=lambda row: {})
    when: Callable[[Any], bool] = field(default=lambda row: True)
    bad: bool = False
    main: bool = False
    note: str = ""


def possible(row: Any, acts: tuple[Act, ...]) -> list[Act]:
    return [one for one in acts if (not one.states or row.state in one.states) and one.when(row)]


def offered(row: Any, acts: tuple[Act, ...], sent: tuple[str, django_forms.Form] | None = None) -> list[dict[str, Any]]:
    """The acts with their forms; the one that was sent wrong keeps what was typed."""
    made = []
    for one in possible(row, acts):
        bound = sent is not None and sent[0] == one.key
        form = sent[1] if sent and bound else forms.made(one.fields(row), prefix=one.key, auto_id=f"{one.key}_%s")
        made.append({"act": one, "form": form, "open": bound or (one.main and not bound)})
    return made


def done(
    request: HttpRequest, row: Any, acts: tuple[Act, ...], to: str, page: Callable[..., HttpResponseBase]
) -> HttpResponseBase:
    """Do what was sent; a refusal stands beside its field on the same page."""
    key = request.POST.get("do", "")
    one = next((act for act in possible(row, acts) if act.key == key), None)
    if one is None:
        messages.error(request, "现在不能这样办理，下面是最新状态")
        return page(request, row, None, 422)
    form = forms.made(one.fields(row), request.POST, request.FILES, prefix=key, auto_id=f"{key}_%s")
    if form.is_valid():
        try:
            messages.success(request, one.run(viewer_of(request), row, form.cleaned_data))
            return redirect(to, row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return page(request, row, (key, form), 422)


def found(row: Any) -> Any:
    if row is None:
        raise Http404
    return row


def own(viewer: Viewer, row: Any, permission: str) -> bool:
    return viewer.may(permission) and viewer.lo == row.path
