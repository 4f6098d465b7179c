"""Closed periods: the number as it was, and every later count that differs. Nothing is changed silently."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from ...org.choices import OrganisationKind
from ...org.models import PublicOrganisation
from ...scope import acting
from ...viewer import SYSTEM
from ..models import Figure, FigureClosing, FigureCorrection
from ..queries.counting import count
from ..queries.definitions import in_force, parts
from ..queries.values import by_place
from ..rules.periods import Period, around, read

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
    found = by_place(SYSTEM, rows, [body], period, today) if rows else {}
    return FigureClosing.objects.bulk_create(
        [
            FigureClosing(
                path=body.path, figure=row, organisation_id=body.pk, period=period.key,
                top=found[row.key][body.pk].top, bottom=found[row.key][body.pk].bottom,
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def check_closed(today: date, months: int = WATCHED) -> list[FigureCorrection]:
    """Count closed periods again from the records; each that now differs from what was last known is written down."""
    since = today.replace(day=1)
    for _ in range(months):
        since = (since - timedelta(days=1)).replace(day=1)
    with acting(SYSTEM):
        rows = [
            row
            for row in FigureClosing.objects.select_related("figure").prefetch_related("corrections").order_by("path")
            if read(row.period).last >= since
        ]
        new = []
        for row in rows:
            asked = parts(row.figure, in_force(row.path))
            numbers = count(asked.measures, row.path, read(row.period), today)
            now = (numbers[asked.top], None if asked.bottom is None else numbers[asked.bottom])
            last = max(row.corrections.all(), key=lambda one: one.pk, default=row)
            if now != (int(last.top), None if last.bottom is None else int(last.bottom)):
                new.append(
                    FigureCorrection(path=row.path, closing=row, top=now[0], bottom=now[1], seen_at=timezone.now())
                )
        return FigureCorrection.objects.bulk_create(new)
