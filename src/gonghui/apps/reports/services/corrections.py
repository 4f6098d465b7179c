"""Issued reports are counted again every night; what comes out differently is written beside them, never into them."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.queries.lineage import LISTED
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM

from ..choices import ReportState
from ..models import Correction, Draft, Quoted, Report
from ..queries import content_of
from ..rules import wording
from ..rules.content import Number

WATCHED = timedelta(days=800)
"""How long after issuing: this year's and last year's reports are those that next year's is compared with."""
log = logging.getLogger("gonghui.reports")


def recheck_all(today: date) -> int:
    """Counts the numbers of all reports issued lately anew; how many came out differently. One that fails is told in
    the log and leaves the others alone."""
    with acting(SYSTEM):
        rows = Report.objects.filter(state=ReportState.ISSUED, issued_at__date__gte=today - WATCHED)
        numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    found = 0
    for pk in numbers:
        try:
            with acting(SYSTEM):
                found += recheck(Report.objects.get(pk=pk), today)
        except Exception:
            log.exception("report %s could not be counted again", pk)
    return found


def recheck(report: Report, today: date) -> int:
    """Counts the numbers of one issued report anew, of the same days as then. To be called as the platform itself.

    A period that still ran when it was counted is counted up to that day, so that only records entered or changed
    later make a difference, not time.
    """
    draft = Draft.objects.get(report=report, no=report.draft_no)
    content = content_of(draft)
    counted = datetime.fromisoformat(content.counted_at).date()
    rows = Quoted.objects.filter(report=report).select_related("figure").order_by("number")
    return sum(_differs(row, content.numbers[row.number], draft, counted, today) for row in rows)


def _differs(row: Quoted, number: Number, draft: Draft, counted: date, today: date) -> bool:
    place = PublicOrganisation.objects.filter(pk=row.place_id).first()
    if place is None:
        return False
    period = read(row.period).so_far(counted)
    value = figures.value(SYSTEM, row.figure, place, period, today)
    before = Correction.objects.filter(quoted=row).order_by("-seen_at").first()
    last = before or row
    print_ = None
    if (number.records or 0) <= LISTED:
        print_ = figures.fingerprint(row.figure, place, period, "top", today)
    same_records = print_ is None or print_.digest == (before.lineage if before else row.lineage)
    if (value.top, value.bottom) == (last.top, last.bottom) and same_records:
        return False
    told = not value.few and value.number is not None
    said = wording.official(value.number) if told and value.number is not None else value.said
    then, now = (draft.keys or {}).get(str(row.number)), print_.keys if print_ else None
    Correction.objects.create(
        path=row.path, quoted=row, top=value.top, bottom=value.bottom,
        said=f"{said}{value.definition.unit if told else ''}", lineage=print_.digest if print_ else "",
        came=None if then is None or now is None else len(set(now) - set(then)),
        went=None if then is None or now is None else len(set(then) - set(now)),
    )  # fmt: skip
    record(SYSTEM, "report.corrected", path=row.path, object_type="report", object_id=row.report_id,
           object_name=draft.report.title, detail={"number": row.number, "figure": row.figure.key})  # fmt: skip
    return True
