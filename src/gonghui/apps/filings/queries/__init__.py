"""Reading filings: forms in use, filings of the range, their cells, what is asked, what a check finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.rules.periods import Period, around, read
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.viewer import Viewer

from ..choices import DONE, HANDED_IN, OPEN, PERCENT, SEEN_ABOVE, Fillers, Kind, Rhythm, TemplateState
from ..models import Filing, FilingAct, FilledCell, FormTemplate
from ..rules.checks import Finding, Seen, check
from ..rules.formulas import totals
from ..rules.guessing import Guess
from ..rules.mapping import Mapped, read_all
from ..rules.sheets import Key
from .answers import Answer, answer, answers, asker_of, below_of, own_open, question, questions
from .filling import Filled, fill, period_of
from .received import book_of, bytes_of, guesses_of

__all__ = [
    "Answer",
    "Filled",
    "acts",
    "answer",
    "answers",
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


def expected(viewer: Viewer) -> list[tuple[FormTemplate, Period]]:
    """Forms that are demanded of the own body by those above, for the last period that is over, and not begun yet."""
    today = timezone.localdate()
    found = []
    for row in usable(viewer).exclude(organisation_id=viewer.organisation_id or 0).exclude(rhythm=Rhythm.ONCE):
        period = around(today, row.rhythm).before()
        begun = Filing.objects.visible(viewer).filter(
            organisation_id=viewer.organisation_id or 0, template=row, period=period.key
        )
        if not begun.exists():
            found.append((row, period))
    return found


def seen(rows: Iterable[FilledCell], mapping: Iterable[Mapped]) -> list[Seen]:
    """Kept cells as the checks see them, in the order of the mapping."""
    kept = {(one.sheet, one.cell): one for one in rows}
    found = []
    for one in mapping:
        cell = kept.get(one.key)
        if cell is None:
            found.append(Seen(one, why="还没有计算"))
        else:
            found.append(Seen(one, cell.number, cell.text, cell.few, cell.why))
    return found


def cells(viewer: Viewer, row: Filing) -> list[FilledCell]:
    """What stands in the cells; while the filing is open, answers that have come in since stand in theirs."""
    rows = list(
        FilledCell.objects.visible(viewer).filter(filing=row).select_related("figure", "question").order_by("pk")
    )
    if row.state in OPEN:
        given = answers(viewer, row.organisation_id, row.period)
        for one in rows:
            answer_ = given.get((one.title, one.unit)) if one.kind == Kind.ASKED else None
            if answer_ is not None:
                one.number, one.text, one.why = answer_.number, answer_.text, answer_.why
                one.question = answer_.question
    return rows


def sums(row: Filing, rows: Iterable[FilledCell]) -> dict[Key, Decimal]:
    """What the form's own plain sums come to."""
    kept = list(rows)
    numbers = {(one.sheet, one.cell): one.number or Decimal(0) for one in kept}  # whatever stood there when it came
    return totals(book_of(row), numbers, {(one.sheet, one.cell) for one in kept if one.few or one.unit == PERCENT})


def findings(viewer: Viewer, row: Filing, rows: list[FilledCell]) -> list[Finding]:
    """What a check finds in what stands in the cells."""
    last = (
        Filing.objects.visible(viewer)
        .filter(organisation_id=row.organisation_id, template_id=row.template_id, state__in=DONE)
        .exclude(pk=row.pk)
        .order_by("-signed_at")
    )
    first = read(row.period).first
    earlier = next((one for one in last if read(one.period).first < first), None)
    before = {}
    if earlier is not None:
        kept = FilledCell.objects.visible(viewer).filter(filing=earlier, number__isnull=False)
        before = {(one.sheet, one.cell): one.number for one in kept if one.number is not None}
    return check(
        book_of(row), seen(rows, mapping_of(row)), sums(row, rows), before, row.remarks, row.tolerance
    )  # fmt: skip
