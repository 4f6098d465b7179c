"""Closed periods: the number as it was, and every later count that differs. Nothing is changed silently."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.utils import timezone

from ...org.choices import OrganisationKind
from ...org.models import PublicOrganisation
from ...scope import acting
from ...viewer import SYSTEM
from ..models import Figure, FigureClosing, FigureCorrection
from ..queries.counting import count
from ..queries.definitions import in_force, parts
from ..rules.periods import Period, around

WAIT = 5
"""Days after the end of a period in which late entries still count."""
WATCHED = 3
"""Months whose closed numbers are counted again every night."""


def due(today: date) -> list[Period]:
    """Periods whose days of waiting are over: the last month, and the quarter, half and year that ended with it."""
    last = today.replace(day=1) - timedelta(days=1)
    if today < last + timedelta(days=WAIT + 1):
        return []
    return [one for one in (around(last, kind) for kind in ("month", "quarter", "half", "year")) if one.last == last]


def close(today: date) -> int:
    """Write down the numbers of every federation for the periods that are due; returns how many were new."""
    done = 0
    for period in due(today):
        with acting(SYSTEM):
            bodies = list(PublicOrganisation.objects.filter(kind=OrganisationKind.FEDERATION, state="active"))
            kept = set(FigureClosing.objects.filter(period=period.key).values_list("organisation_id", "figure_id"))
            for body in bodies:
                rows = [row for row in in_force(body.path).values() if (body.pk, row.pk) not in kept]
                done += len(_closed(body, rows, period, today))
    return done


def _closed(body: PublicOrganisation, rows: list[Figure], period: Period, today: date) -> list[FigureClosing]:
    known = in_force(body.path)
    asked = {row: parts(row, known) for row in rows}
    numbers = count([one for part in asked.values() for one in part.measures], body.path, period, today)
    return FigureClosing.objects.bulk_create(
        [
            FigureClosing(
                path=body.path, figure=row, organisation_id=body.pk, period=period.key,
                top=numbers[part.top], bottom=numbers[part.bottom] if part.bottom else None,
            )
            for row, part in asked.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def watched(today: date, months: int = WATCHED) -> list[Period]:
    """The periods whose closed numbers are still counted again: those that ended in the last months."""
    found: dict[str, Period] = {}
    last = today.replace(day=1) - timedelta(days=1)
    for _ in range(months):
        for period in (around(last, kind) for kind in ("month", "quarter", "half", "year")):
            if period.last == last:
                found[period.key] = period
        last = last.replace(day=1) - timedelta(days=1)
    return list(found.values())


def check_closed(today: date, months: int = WATCHED) -> list[FigureCorrection]:
    """Count closed periods again from the records; each that now differs from what was last known is written down."""
    new = []
    with acting(SYSTEM):
        for period in watched(today, months):
            rows = FigureClosing.objects.filter(period=period.key).select_related("figure")
            together: dict[str, list[FigureClosing]] = defaultdict(list)
            for row in rows.prefetch_related("corrections").order_by("path"):
                together[row.path].append(row)
            for path, closed in together.items():
                new += _differing(path, closed, period, today)
        return FigureCorrection.objects.bulk_create(new)


def _differing(path: str, closed: list[FigureClosing], period: Period, today: date) -> list[FigureCorrection]:
    """All figures of one place and period are counted together."""
    known = in_force(path)
    asked = {row: parts(row.figure, known) for row in closed}
    numbers = count([one for part in asked.values() for one in part.measures], path, period, today)
    found = []
    for row, part in asked.items():
        now = (numbers[part.top], None if part.bottom is None else numbers[part.bottom])
        last = max(row.corrections.all(), key=lambda one: one.pk, default=row)
        if now != (int(last.top), None if last.bottom is None else int(last.bottom)):
            found.append(FigureCorrection(path=path, closing=row, top=now[0], bottom=now[1], seen_at=timezone.now()))
    return found
