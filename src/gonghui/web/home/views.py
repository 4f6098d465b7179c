"""The desk's first page: what waits, and the numbers of the post's area."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from gonghui.kernel.access.doors import public, signed_in
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.viewer import Viewer

from ..registry import tasks


@public
def alive(request: HttpRequest) -> HttpResponse:
    """Answers when the process and its database do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def _headline(waiting: int) -> str:
    return f"{waiting}件待办" if waiting else "没有待办"


@signed_in
def desk_home(request: HttpRequest) -> HttpResponse:
    """Home of a post; an account without a post is told so and whom to ask."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.is_staff:
        return render(request, "home/no_post.html", status=200 if viewer.person_id is None else 302)
    waiting = tasks(viewer)
    organisation = org_queries.public(viewer.organisation_id) if viewer.organisation_id else None
    context = {
        "title": _headline(len(waiting)),
        "tasks": waiting,
        "today": timezone.localdate(),
        "organisation": organisation,
        "path": org_queries.ancestors(organisation) if organisation else [],
    }
    if viewer.may("org.view") and organisation is not None:
        context["counts"] = org_queries.counts(viewer, None)
        context["children"] = org_queries.counts_by_child(viewer, organisation)
    return render(request, "home/desk.html", context)
