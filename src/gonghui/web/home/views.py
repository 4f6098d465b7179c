"""The desk's first page: what waits, and the numbers of the post's area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from gonghui.apps.boards import queries as boards
from gonghui.kernel.access.choices import Role
from gonghui.kernel.access.doors import member, public, signed_in, unfinished
from gonghui.kernel.manifest import Task
from gonghui.kernel.messages import queries as messages
from gonghui.kernel.messages import services as message_services
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.choices import OrganisationKind
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.queries import Counts
from gonghui.kernel.viewer import Viewer

from ..registry import member_tasks, tasks

TASKS_SHOWN = 12
CHILDREN_SHOWN = 40
CHANGES_SHOWN = 6
NUMBERS_SHOWN = 6


@public
def alive(request: HttpRequest) -> HttpResponse:
    """Answers when the process and its database do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def headline(waiting: list[Task]) -> str:
    """12件待办，1件已逾期: the situation in one sentence."""
    if not waiting:
        return "没有待办"
    words = f"{len(waiting)}件待办"
    overdue = sum(1 for task in waiting if task.due_tone == "bad")
    return words + (f"，{overdue}件已逾期" if overdue else "")


@dataclass(frozen=True)
class Row:
    """One line of the table of organisations directly below."""

    name: str
    url: str
    organisations: int
    grassroots: int
    counts: Counts

    @classmethod
    def of(cls, name: str, url: str, counts: Counts, own: int = 0) -> Row:
        grassroots = sum(counts.by_kind.get(kind, 0) for kind in ("grassroots_union", "joint_union"))
        return cls(name, url, max(0, counts.organisations - own), grassroots, counts)


def children(viewer: Viewer, organisation: PublicOrganisation) -> tuple[list[Row], Row | None, int]:
    """(rows, the post's own level when it has members itself, how many rows there are in all)."""
    found = org_queries.organisation(viewer, organisation.pk)
    counted = org_queries.counts_by_child(viewer, found)
    below = list(org_queries.children(viewer, found))
    rows = [
        Row.of(one.name, reverse("membership:organisation", args=[one.pk]), counted.get(one.pk, Counts()), own=1)
        for one in below[:CHILDREN_SHOWN]
    ]
    own = org_queries.own_counts(viewer, found)
    own_row = Row.of("本级直接管理", "", own, own=1) if own.members and below else None
    return rows, own_row, len(below)


def _links(viewer: Viewer) -> dict[str, str]:
    """Where each number leads, for posts that may open the records."""
    organisations = reverse("membership:organisations")
    members = reverse("membership:members") if viewer.may("member.view") else ""
    links = {kind.value: f"{organisations}?kind={kind.value}" for kind in OrganisationKind} | {
        "organisations": organisations
    }
    if members:
        links |= {
            "members": members,
            "women": members + "?status=active&sex=2",
            "new_form": members + "?flag=new_form",
            "retained": members + "?status=retained",
        }
    return links


@signed_in
def desk_home(request: HttpRequest) -> HttpResponse:
    """Home of a post; a member goes to the member pages, an account without a post is told whom to ask."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.role != Role.MEMBER and (step := unfinished(request)):
        return redirect(step)  # numbers are not shown before the first password is changed either
    if not viewer.is_staff:
        return redirect("/m/") if viewer.person_id is not None else render(request, "home/no_post.html")
    waiting = tasks(viewer)
    organisation = org_queries.public(viewer.organisation_id) if viewer.organisation_id else None
    context: dict[str, Any] = {
        "heading": headline(waiting),
        "tasks": waiting[:TASKS_SHOWN],
        "more_tasks": max(0, len(waiting) - TASKS_SHOWN),
        "today": timezone.localdate(),
        "organisation": organisation,
        "path": [(one.name, "") for one in (*org_queries.ancestors(organisation), organisation)]
        if organisation
        else [],
        "may_import": viewer.may("roster.import"),
        "may_restructure": viewer.may("org.restructure"),
        "may_admit": viewer.may("member.manage"),
    }
    if viewer.may("figure.view") and organisation is not None:
        context["board"] = boards.numbers(viewer, organisation, NUMBERS_SHOWN)
    if viewer.may("org.view") and organisation is not None:
        counts = org_queries.counts(viewer)
        rows, own_row, known = children(viewer, organisation)
        context |= {
            "changes": list(org_queries.changes(viewer)[:CHANGES_SHOWN]),
            "counts": counts,
            "links": _links(viewer),
            "rows": rows,
            "own_row": own_row,
            "total": Row.of("合计", "", counts, own=1),
            "known": known,
        }
    return render(request, "home/desk.html", context)


@member
def member_notices(request: HttpRequest) -> HttpResponse:
    """What the member has to do or answer, and the messages that came; what a line says already is not said twice."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    notices, newest = member_tasks(viewer), messages.newest(viewer)
    pages = {one.url for one in notices}
    message_services.read(viewer, [one.row for one in newest if one.page in pages])
    lines = [one for one in newest if one.page not in pages]
    waiting = len(notices) + sum(1 for one in lines if one.unread)
    return render(request, "home/notices.html", {"notices": notices, "lines": lines, "waiting": waiting})
