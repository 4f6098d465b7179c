"""Pages of the rules: what holds here, where it comes from, what it was, and setting it for one's own area."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from ..access.doors import desk
from ..org import queries as org_queries
from ..org.models import PublicOrganisation
from ..refusal import Refusal
from ..viewer import Viewer
from . import queries, services
from .forms import RuleForm
from .rules import definitions
from .words import shown


def _here(viewer: Viewer) -> PublicOrganisation:
    found = org_queries.public(viewer.organisation_id) if viewer.organisation_id else None
    if found is None:
        raise Http404
    return found


@desk("rule.view")
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every parameter with the value that holds at the post's organisation today."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    here = _here(viewer)
    rows = queries.overview(here, timezone.localdate())
    names = dict(
        PublicOrganisation.objects.filter(pk__in={v.organisation_id for _, v in rows if v.organisation_id}).values_list(
            "pk", "name"
        )
    )
    listed = [
        {
            "definition": one,
            "value": shown(one, value.value),
            "place": names.get(value.organisation_id or 0, ""),
            "rule": value,
            "own": value.organisation_id == here.pk,
        }
        for one, value in rows
    ]
    return render(
        request, "rules/list.html", {"listed": listed, "here": here, "path": [*org_queries.ancestors(here), here]}
    )


@desk("rule.view")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One parameter: its history here and above, and the form for those who may set it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    definition = definitions().get(key)
    if definition is None:
        raise Http404
    here = _here(viewer)
    may_set = viewer.may("rule.manage") and not definition.fixed and definition.kind != "bands"
    now = queries.value(key, here.path, timezone.localdate()).value
    form = RuleForm(definition, now, request.POST or None) if may_set else None
    if request.method == "POST":
        if form is None:
            raise Refusal("GH-RUL-010", "当前岗位不能改这条规则", hint="由有“维护规则”权限的岗位办理")
        if form.is_valid():
            try:
                services.set_rule(
                    viewer,
                    key=key,
                    organisation=org_queries.organisation(viewer, here.pk),
                    value=None if form.cleaned_data["inherit"] else form.cleaned_data["value"],
                    valid_from=form.cleaned_data["valid_from"],
                    source=form.cleaned_data["source"],
                )
                messages.success(request, f"已设定“{definition.title}”")
                return redirect("rules:one", key=key)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    rows = list(queries.history(key, here)[:50])
    history = [{"rule": row, "value": shown(definition, row.value)} for row in rows]
    context = {
        "definition": definition,
        "now": shown(definition, now),
        "tests": form.test_rows() if form is not None and definition.kind == "formula" else [],
        "may_try": not definition.fixed and definition.kind != "bands",
        "default": shown(definition, definition.value),
        "history": history,
        "names": dict(
            PublicOrganisation.objects.filter(pk__in={row.organisation_id for row in rows}).values_list("pk", "name")
        ),
        "form": form,
        "here": here,
        "path": [*org_queries.ancestors(here), here],
    }
    return render(request, "rules/one.html", context, status=422 if form is not None and form.errors else 200)
