"""Pages of plans at the desk; they work at the width of a phone too, because 三员 record visits on the spot."""

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
    ("board", "看板", "reform:board"),
    ("timeline", "时间轴", "reform:timeline"),
    ("items", "任务名单", "reform:items"),
    ("plans", "年度计划", "reform:plans"),
    ("pilots", "试点", "reform:pilots"),
    ("brands", "品牌项目", "reform:brands"),
    ("rounds", "督查", "reform:rounds"),
    ("issues", "问题", "reform:issues"),
    ("cases", "案例", "reform:cases"),
)


def sections(current: str) -> list[dict[str, Any]]:
    """The tabs that all pages of plans share."""
    return [{"title": title, "url": reverse(name), "current": key == current} for key, title, name in SECTIONS]


def found(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row


def tell(form: forms.Form, refusal: Refusal) -> None:
    """The sentence of a refusal, beside its field where the form has it."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


def post_choices(rows: Any) -> list[tuple[Any, str]]:
    return [
        (str(one.pk), f"{one.department}{one.title or one.get_role_display()}·{one.account.name}") for one in rows
    ]  # fmt: skip


def acted(request: HttpRequest, act: Callable[[], str], to: str, *args: Any) -> HttpResponse:
    """One act without a form of its own; a refusal is told on the page it leads back to."""
    try:
        messages.success(request, act())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(to, *args)
