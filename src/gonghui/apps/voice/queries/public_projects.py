"""What everybody may read: lists of the year, how they came about, projects with their results, promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.files.services import open_file
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.queries import public
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import SYSTEM

from ..choices import ProjectState, SelectionState
from ..models import Project, ProjectFile, PublicVoice, Selection
from ..rules.progress import percent

SHOWN = 200


def body(pk: int) -> PublicOrganisation | None:
    found = public(pk)
    return found if found is not None and found.state == "active" else None


def years(organisation: PublicOrganisation) -> list[int]:
    """Years in which a body published a list or shows a project, the latest first."""
    shown = Project.objects.filter(organisation_id=organisation.pk, shown=True).values_list("year", flat=True)
    lists = Selection.objects.filter(organisation_id=organisation.pk, state=SelectionState.PUBLISHED)
    return sorted({*shown, *lists.values_list("year", flat=True)}, reverse=True)


def selections(organisation: PublicOrganisation, year: int) -> list[Selection]:
    """Published lists and weighings that run or were counted."""
    rows = Selection.objects.filter(organisation_id=organisation.pk, year=year)
    return list(rows.exclude(state__in=(SelectionState.DRAFT, SelectionState.GATHERING)).order_by("pk"))


def selection(pk: int) -> Selection | None:
    """One whose choices are published."""
    return Selection.objects.filter(pk=pk, state__in=(SelectionState.DECIDING, SelectionState.PUBLISHED)).first()


@dataclass(frozen=True)
class Card:
    """A project on a list."""

    row: Project
    share: int


def projects(organisation: PublicOrganisation, year: int) -> list[Card]:
    rows = Project.objects.filter(organisation_id=organisation.pk, year=year, shown=True)
    return _cards(rows.order_by("-listed", "number"))


def _cards(rows: QuerySet[Project]) -> list[Card]:
    found = list(rows.prefetch_related("milestones")[:SHOWN])
    return [
        Card(one, percent((step.weight, step.done_on is not None) for step in one.milestones.all())) for one in found
    ]


def project(pk: int) -> Project | None:
    return Project.objects.filter(pk=pk, shown=True).select_related("candidate__selection").first()


def children(row: Project) -> list[dict[str, Any]]:
    """Parts that bodies below carry out, as far as they are public, with names of the bodies."""
    found = _cards(Project.objects.filter(parent=row, shown=True).order_by("path"))
    names = PublicOrganisation.objects.in_bulk([one.row.organisation_id for one in found])
    return [{"card": one, "name": names[one.row.organisation_id].name} for one in found]


def picture(pk: int) -> tuple[StoredFile, IO[bytes]] | None:
    """A picture of a public project that is shown; it lies in its body's range, so its bytes are fetched widened."""
    row = ProjectFile.objects.filter(pk=pk, shown=True, project__shown=True).first()
    if row is None:
        return None
    with widened():
        stored = StoredFile.objects.get(pk=row.file_id)
        return stored, open_file(SYSTEM, stored)


# -- promises ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promise:
    """Something promised by a day: `state` is kept, kept_late, broken or ahead."""

    title: str
    text: str
    promised_on: date
    kept_on: date | None
    project: int | None
    state: str


WORDS = {
    "kept": ("已兑现", "ok"),
    "kept_late": ("逾期兑现", "wait"),
    "broken": ("未按期兑现", "bad"),
    "ahead": ("未到期", "info"),
}
"""State → what its tag says and its colour."""


def state_of(promised_on: date, kept_on: date | None, today: date) -> str:
    if kept_on is not None:
        return "kept" if kept_on <= promised_on else "kept_late"
    return "broken" if promised_on < today else "ahead"


def promises(organisation: PublicOrganisation) -> list[Promise]:
    """Answers that promised a day, and due days of public projects by the day first announced; broken ones first."""
    today = timezone.localdate()
    below = Q(path__gte=organisation.path, path__lt=organisation.path + "~")
    voices = PublicVoice.objects.filter(below, promised_on__isnull=False).order_by("promised_on")[:SHOWN]
    found = [
        Promise(
            one.title, one.answered_by or one.organisation_name, one.promised_on, one.kept_on, None,
            state_of(one.promised_on, one.kept_on, today),
        )
        for one in voices
        if one.promised_on is not None
    ]  # fmt: skip
    rows = Project.objects.filter(below, shown=True).exclude(state=ProjectState.STOPPED).order_by("first_due_on")
    names = PublicOrganisation.objects.filter(pk__in={one.organisation_id for one in rows[:SHOWN]}).in_bulk()
    for one in rows[:SHOWN]:
        # a project that was judged insufficient is not kept, whatever was reported before
        done = one.done_on if one.state != ProjectState.REOPENED else None
        found.append(
            Promise(
                one.title, names[one.organisation_id].name, one.first_due_on, done, one.pk,
                state_of(one.first_due_on, done, today),
            )
        )  # fmt: skip
    order = {"broken": 0, "ahead": 1, "kept_late": 2, "kept": 3}
    return sorted(found, key=lambda one: (order[one.state], one.promised_on))
