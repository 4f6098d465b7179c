"""Which rows a bulk action is about, and the question asked before one that cannot be taken lightly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gonghui.kernel.refusal import Refusal

from .declare import BulkAction, Row, Source, look_up

MOST_IDS: Final = 500


@dataclass
class Picked:
    """The selected rows: by their keys, or all rows under the conditions the list had."""

    rows: Source
    count: int
    ids: list[str]
    whole: bool
    query: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a confirmation sends back so that it acts on the same rows."""
        if self.whole:
            return [("all", "1"), ("query", self.query), ("expected", str(self.count))]
        return [("query", self.query), *(("ids", key) for key in self.ids)]


def conditions_of(request: HttpRequest) -> dict[str, str]:
    """The address of the list at the time of picking."""
    return dict(parse_qsl(request.POST.get("query", "").removeprefix("?")))


def pick(request: HttpRequest, everything: Source, filtered: Source, filtered_total: int) -> Picked:
    """Rows picked in a POST. Picking all says how many there were; a list that changed since is not acted on."""
    query = request.POST.get("query", "")
    if request.POST.get("all") == "1":
        expected = request.POST.get("expected", "")
        if expected != str(filtered_total):
            raise Refusal(
                "GH-LIST-002",
                f"名单有变化：选择时{expected or '—'}条，现在{filtered_total}条。返回名单核对后再选",
                hint="没有任何记录被改动。",
            )
        return Picked(filtered, filtered_total, [], True, query)
    ids = list(dict.fromkeys(request.POST.getlist("ids")))
    if not ids:
        raise Refusal("GH-LIST-003", "还没有选择。先在名单里勾选要办理的记录", hint="没有任何记录被改动。")
    if len(ids) > MOST_IDS:
        raise Refusal("GH-LIST-004", f"一次最多逐条勾选{MOST_IDS}条，更多时用“选择全部”")
    if isinstance(everything, QuerySet):
        try:
            rows: Source = everything.filter(pk__in=ids)
            count = rows.count()
        except (ValueError, TypeError, OverflowError):
            rows, count = everything.none(), 0
    else:
        rows = [row for row in everything if row_key(row) in ids]
        count = len(rows)
    if count != len(ids):
        raise Refusal(
            "GH-LIST-005",
            f"选中的{len(ids)}条里有{len(ids) - count}条已不在名单中。返回名单核对后再选",
            hint="没有任何记录被改动。",
        )
    return Picked(rows, count, ids, False, query)


def row_key(row: Row) -> str:
    """The value a checkbox carries: the primary key, or `id` of a plain row."""
    key = getattr(row, "pk", None)
    return str(look_up(row, "id") if key is None else key)


def ask(request: HttpRequest, action: BulkAction, picked: Picked, *, unit: str, back: str) -> HttpResponse | None:
    """The question before an action, or None once it has been answered; `picked.data` then has the extra fields."""
    answered = request.POST.get("answered") == action.key
    form = action.form(request.POST if answered else None, prefix="ask") if action.form else None
    typed = request.POST.get("typed", "").strip()
    needs_count = action.destructive and picked.count > 1
    error = ""
    if answered:
        if needs_count and typed.replace(",", "") != str(picked.count):
            error = f"现在是{typed}，应输入{picked.count}" if typed else f"还没有填写，应输入{picked.count}"
        if not error and (form is None or form.is_valid()):
            picked.data = dict(form.cleaned_data) if form else {}
            return None
        if form is not None:
            form.is_valid()
    partial = request.headers.get("HX-Request") == "true"
    context = {
        "action": action,
        "picked": picked,
        "title": action.question.format(count=f"{picked.count:,}") or f"{action.title}（{picked.count:,}{unit}）",
        "effect": action.effect.format(count=f"{picked.count:,}"),
        "form": form if form is not None else forms.Form(),
        "needs_count": needs_count,
        "typed": typed,
        "error": error,
        "unit": unit,
        "back": back + picked.query,
    }
    template = "gonghui/_ask.html" if partial else "gonghui/ask.html"
    return render(request, template, context, status=422 if answered else 200)
