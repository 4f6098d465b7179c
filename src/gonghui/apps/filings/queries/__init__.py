"""Reading filings: forms in use, filings of the range, their cells, what is asked, what a check finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.rules.periods import Period, around
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import ancestors, subtree
from gonghui.kernel.viewer import Viewer

from ..choices import HANDED_IN, OPEN, SEEN_ABOVE, Fillers, Rhythm, TemplateState
from ..models import Filing, FilingAct, FormTemplate
from ..rules.guessing import Guess
from ..rules.mapping import Mapped, read_all
from .answers import Answer, answer, answers, answers_of, asker_of, below_of, own_open, question, questions
from .checking import cells, findings, seen, spoken_of, sums
from .filling import Filled, fill, period_of
from .received import book_of, bytes_of, guesses_of

__all__ = [
    "Answer",
    "Expected",
    "Filled",
    "acts",
    "answer",
    "answers",
    "answers_of",
    "asker_of",
    "below_of",
    "book_of",
    "bytes_of",
    "cells",
    "child_names",
    "due",
    "expected",
    "filed_with",
    "filing",
    "filings",
    "fill",
    "findings",
    "mapping_of",
    "own_open",
    "owners",
    "period_of",
    "proposals",
    "question",
    "questions",
    "seen",
    "spoken_of",
    "standing",
    "sums",
    "template",
    "templates",
    "usable",
]


def templates(viewer: Viewer) -> QuerySet[FormTemplate]:
    """Forms of the own body, whatever their state, and those in use that bodies above have them file."""
    above = Q(path__in=ancestors(viewer.lo), state=TemplateState.PUBLISHED)
    parent = Q(path__in=ancestors(viewer.lo)[-1:], fillers=Fillers.CHILDREN)
    own = Q(organisation_id=viewer.organisation_id or 0)
    return FormTemplate.objects.filter(own | above & (parent | Q(fillers=Fillers.ALL))).order_by("title", "pk")


def template(viewer: Viewer, pk: int) -> FormTemplate | None:
    return templates(viewer).filter(pk=pk).first()


def usable(viewer: Viewer) -> QuerySet[FormTemplate]:
    """Forms that a filing can be begun with."""
    return templates(viewer).filter(state=TemplateState.PUBLISHED)


def owners(rows: Iterable[FormTemplate]) -> dict[int, str]:
    """Names of the bodies whose forms these are; they may lie above the reader's range."""
    found = PublicOrganisation.objects.filter(pk__in={one.organisation_id for one in rows})
    return dict(found.values_list("pk", "name"))


def mapping_of(row: FormTemplate | Filing) -> list[Mapped]:
    return read_all(row.mapping)


def child_names(place: PublicOrganisation) -> set[str]:
    """What a form may call the bodies directly below."""
    names = {one.name for one in figures.children_of(place)}
    return names | {figures.short(one) for one in names}


def proposals(viewer: Viewer, row: FormTemplate, place: PublicOrganisation) -> list[Guess]:
    """Figures that empty cells most likely mean."""
    titles = {key: one.title for key, one in figures.in_force(place.path).items()}
    mapped = {one.key for one in mapping_of(row)}
    return [one for one in guesses_of(row, titles, child_names(place)) if (one.sheet, one.cell) not in mapped]


def filings(viewer: Viewer) -> QuerySet[Filing]:
    """Filings of the range. Of others' only what they signed: what is not signed yet is their own."""
    own = Q(organisation_id=viewer.organisation_id or 0)
    rows = Filing.objects.visible(viewer).filter(own | Q(state__in=HANDED_IN))
    return rows.select_related("organisation").order_by("-changed_at")


def filing(viewer: Viewer, pk: int) -> Filing | None:
    return filings(viewer).filter(pk=pk).first()


def acts(viewer: Viewer, row: Filing) -> QuerySet[FilingAct]:
    """What was done with a filing; of another body's what concerns others."""
    rows = FilingAct.objects.visible(viewer).filter(filing=row).order_by("at", "pk")
    return rows if row.organisation_id == viewer.organisation_id else rows.filter(act__in=SEEN_ABOVE)


def standing(viewer: Viewer, row: FormTemplate, period: Period) -> QuerySet[PublicOrganisation]:
    """The bodies below that have to file a form, with `filing_id`, `filing_state` and `filing_due` of the last version
    for a period: how far each is, and nothing that stands in it."""
    lo, hi = subtree(row.path)
    below = PublicOrganisation.objects.filter(path__gt=lo, path__lt=hi, state__in=["active", "founding"])
    if row.fillers != Fillers.ALL:
        below = below.filter(parent_id=row.organisation_id if row.fillers == Fillers.CHILDREN else 0)
    last = Filing.objects.visible(viewer).filter(
        organisation_id=OuterRef("pk"), template=row, period=period.key
    ).order_by("-version")  # fmt: skip
    return below.exclude(pk=row.organisation_id).annotate(
        filing_id=Subquery(last.values("pk")[:1]),
        filing_state=Subquery(last.values("state")[:1]),
        filing_due=Coalesce(Subquery(last.values("due_on")[:1]), Value(period.last + timedelta(days=row.due_days))),
    )


def filed_with(viewer: Viewer, row: Filing) -> bool:
    """Whether a filing is of the viewer's body, or of the form that it has others file."""
    if row.organisation_id == viewer.organisation_id:
        return True
    own = FormTemplate.objects.filter(pk=row.template_id, organisation_id=viewer.organisation_id or 0)
    return own.exists()


def due(viewer: Viewer, days: int) -> QuerySet[Filing]:
    """Filings of the own body that are still open and due within some days, or overdue."""
    until = timezone.localdate() + timedelta(days=days)
    rows = Filing.objects.visible(viewer).filter(organisation_id=viewer.organisation_id or 0, state__in=OPEN)
    return rows.filter(due_on__lte=until).order_by("due_on", "pk")


MOST_MISSED = 12
"""Periods of one form that are told as missing."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A form that the own body has not begun to file for a period that is over."""

    template: FormTemplate
    period: Period
    due_on: date


def expected(viewer: Viewer) -> list[Expected]:
    """Forms that the own body has to file, for all periods over since they are in use, and not begun yet; those due
    first."""
    today, own = timezone.localdate(), viewer.organisation_id or 0
    begun = set(Filing.objects.visible(viewer).filter(organisation_id=own).values_list("template_id", "period"))
    found = []
    for row in usable(viewer).exclude(rhythm=Rhythm.ONCE):
        period, first = around(today, row.rhythm).before(), around(row.published_on or today, row.rhythm).before().first
        for _ in range(MOST_MISSED):
            if period.first >= first and (row.pk, period.key) not in begun:
                found.append(Expected(row, period, period.last + timedelta(days=row.due_days)))
            period = period.before()
    return sorted(found, key=lambda one: one.due_on)
