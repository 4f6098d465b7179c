"""改了会怎样: last year's decided applications under another value of one rule, before anybody sets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.requests import viewer_of

from ....access.doors import desk
from ....refusal import Refusal
from ....rules import queries as rule_queries
from ....rules.forms import ValueForm
from ....rules.rules import Definition, definitions
from ....rules.words import shown
from ...services.simulating import what_if
from .common import here_of, path_bar


class WhatIfForm(ValueForm):
    """Another value, and the period whose decisions are looked at again."""

    since = forms.DateField(label="从", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until = forms.DateField(label="到", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, definition: Definition, now: Any, data: Any = None) -> None:
        super().__init__(definition, now, data)
        today = timezone.localdate()
        self.fields["since"].initial, self.fields["until"].initial = today - timedelta(days=365), today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", "比开始的日期早，改成更晚的日期")
        return data


@desk("rule.view")
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Counts, and the list of those that would be decided otherwise; nothing is set here."""
    viewer, definition = viewer_of(request), definitions().get(key)
    if definition is None or definition.fixed or definition.kind == "bands":
        raise Http404
    here = here_of(viewer)
    now = rule_queries.value(key, here.path, timezone.localdate())
    form, found = WhatIfForm(definition, now.value, request.POST or None), None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            found = what_if(viewer, key=key, value=data["value"], since=data["since"], until=data["until"])
        except Refusal as refusal:
            form.add_error("value", refusal.message)
    context = {
        "definition": definition, "form": form, "now": shown(definition, now.value), "found": found,
        "path": path_bar(here), "may_list": viewer.may("application.view") or viewer.may("application.handle"),
    }  # fmt: skip
    return render(request, "procedures/editing/what_if.html", context, status=422 if form.errors else 200)
