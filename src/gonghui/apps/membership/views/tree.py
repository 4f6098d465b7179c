"""The tree of organisations, opened level by level, today or as it was on a past day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.choices import Level, OrganisationKind
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import ids
from gonghui.kernel.viewer import Viewer

from ..forms.fields import day_or_none
from .loading import crumbs, organisation_of, organisation_url


@dataclass
class Twig:
    """One line of the tree; `children` is None while they are not read yet."""

    id: int
    name: str
    kind: str
    level: str
    below: int
    members: int | None = None
    url: str = ""
    current: bool = False
    children: list[Twig] | None = field(default=None)


def today_below(viewer: Viewer, organisation: Organisation, opened: frozenset[int], current: int) -> list[Twig]:
    """The organisations directly below, with the numbers of their subtrees."""
    counts = org_queries.counts_by_child(viewer, organisation)
    twigs = []
    for row in org_queries.children(viewer, organisation):
        numbers = counts.get(row.pk)
        below = max(0, numbers.organisations - 1) if numbers else 0
        children = today_below(viewer, row, opened, current) if below and row.pk in opened else None
        twigs.append(
            Twig(
                id=row.pk,
                name=row.name,
                kind=OrganisationKind(row.kind).label,
                level=Level(row.level).label,
                below=below,
                members=numbers.members if numbers else 0,
                url=organisation_url(row.pk),
                current=row.pk == current,
                children=children,
            )
        )
    return twigs


def past_below(viewer: Viewer, organisation: Organisation, on: date) -> list[Twig]:
    """What stood directly below on a past day, under the names of then; `below` counts the next level."""
    nodes = org_queries.tree_on(viewer, organisation, on, depth=2)
    reached = {row.pk for row in org_queries.children(viewer, organisation, on)}
    next_level: dict[int | None, int] = {}
    for node in nodes:
        if node.depth == 2:
            next_level[node.parent_id] = next_level.get(node.parent_id, 0) + 1
    return [
        Twig(
            id=node.id,
            name=node.name,
            kind=node.kind_label,
            level=node.level_label,
            below=next_level.get(node.id, 0) if node.id in reached else 0,
            url=organisation_url(node.id) if node.id in reached else "",
        )
        for node in nodes
        if node.depth == 1
    ]


def _day(request: HttpRequest) -> date | None:
    """The past day asked for; today and the future are simply now."""
    on = day_or_none(request.GET.get("on"))
    return on if on and on < timezone.localdate() else None


@desk("org.view")
def tree(request: HttpRequest) -> HttpResponse:
    """The whole page: the post's organisation with the levels that lead to `open`."""
    viewer = viewer_of(request)
    if viewer.organisation_id is None:
        raise Http404("post without organisation")
    root = organisation_of(request, viewer.organisation_id)
    on = _day(request)
    wanted = request.GET.get("open", "")
    opened, current = frozenset({root.pk}), 0
    if wanted.isdigit():
        target = organisation_of(request, int(wanted))
        current = target.pk
        opened = frozenset(ids(target.path)) | {root.pk}
    twigs = past_below(viewer, root, on) if on else today_below(viewer, root, opened, current)
    counts = org_queries.counts(viewer, root)
    context = {
        "root": root,
        "root_url": organisation_url(root.pk),
        "counts": counts,
        "twigs": twigs,
        "on": on,
        "wrong_day": bool(request.GET.get("on")) and on is None and day_or_none(request.GET.get("on")) is None,
        "today": timezone.localdate(),
        "path": crumbs(viewer, root),
        "sees_members": viewer.may("member.view"),
    }
    return render(request, "membership/tree.html", context)


@desk("org.view")
def branch(request: HttpRequest, pk: int) -> HttpResponse:
    """One level of the tree, fetched when it is opened."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    on = _day(request)
    twigs = past_below(viewer, organisation, on) if on else today_below(viewer, organisation, frozenset(), 0)
    return render(
        request, "membership/parts/branch.html", {"twigs": twigs, "on": on, "sees_members": viewer.may("member.view")}
    )
