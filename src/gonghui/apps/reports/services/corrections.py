"""Issued reports are counted again every night; what comes out differently is written beside them, never into them."""

from __future__ import annotations

from datetime import date, timedelta

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM

from ..choices import ReportState
from ..models import Correction, Draft, Quoted, Report
from ..rules import wording
from ..rules.content import from_json

WATCHED = timedelta(days=800)
"""How long after issuing: this year's and last year's reports are those that next year's is compared with."""


def recheck_all(today: date) -> int:
    """Counts the numbers of all reports issued lately anew; how many came out differently."""
    with acting(SYSTEM):
        rows = Report.objects.filter(state=ReportState.ISSUED, issued_at__date__gte=today - WATCHED)
        return sum(recheck(row, today) for row in rows.order_by("pk"))


def recheck(report: Report, today: date) -> int:
    """Counts the numbers of one issued report anew, of the same days as then. To be called as the platform itself.

    A period that still ran at the time is counted up to the day of then, so that only records entered or changed
    later make a difference, not time.
    """
    content = from_json(Draft.objects.get(report=report, no=report.draft_no).content)
    seen = date.fromisoformat(content.as_of)
    found = 0
    for row in Quoted.objects.filter(report=report).select_related("figure").order_by("number"):
        place = PublicOrganisation.objects.filter(pk=row.place_id).first()
        if place is None or content.numbers[row.number].few:
            continue
        value = figures.value(SYSTEM, row.figure, place, read(row.period).so_far(seen), today)
        before = Correction.objects.filter(quoted=row).order_by("-seen_at").first()
        last = (before.top, before.bottom) if before else (row.top, row.bottom)
        if (value.top, value.bottom) == last:
            continue
        said = value.said if value.few or value.number is None else wording.official(value.number)
        print_ = figures.fingerprint(row.figure, place, read(row.period).so_far(seen), "top", today)
        then, now = content.numbers[row.number].keys, print_.keys
        Correction.objects.create(
            path=row.path, quoted=row, top=value.top, bottom=value.bottom, said=f"{said}{value.definition.unit}",
            came=None if then is None or now is None else len(set(now) - set(then)),
            went=None if then is None or now is None else len(set(then) - set(now)),
        )  # fmt: skip
        record(SYSTEM, "report.corrected", path=row.path, object_type="report", object_id=report.pk,
               object_name=report.title, detail={"number": row.number, "figure": row.figure.key})  # fmt: skip
        found += 1
    return found
