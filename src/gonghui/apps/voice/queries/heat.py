"""What is said where, and how it moves: by unit and topic, never by person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN
from .voices import voices
from .words import topics


@dataclass(frozen=True)
class Cell:
    """How many voices of a topic in a unit; `open` are not answered, `late` are over their day."""

    count: int
    open: int
    late: int
    level: int
    """0 to 4: how strongly the page colours it."""


@dataclass(frozen=True)
class Row:
    organisation: Organisation
    cells: list[Cell]
    total: int
    before: int
    """In the same number of days before."""


@dataclass(frozen=True)
class Heat:
    topics: list[tuple[str, str]]
    rows: list[Row]
    since: date
    until: date
    repeats: list[dict[str, object]]


def level(count: int, most: int) -> int:
    """The shade of a number beside the largest."""
    return 0 if not count or not most else min(4, 1 + int(3 * count / most))


def heat(viewer: Viewer, days: int = 90) -> Heat:
    """Bodies directly below (or the own one), by topic, over the last days, beside the days before."""
    today = timezone.localdate()
    since = today - timedelta(days=days)
    before = since - timedelta(days=days)
    own = Organisation.objects.filter(pk=viewer.organisation_id or 0).first()
    if own is None:
        return Heat([], [], since, today, [])
    below = list(Organisation.objects.filter(parent=own, state="active").exclude(kind="party_body").order_by("path"))
    units = [*below, own]  # what the own body handles for units below without naming them stands at itself
    listed = topics(own.path, today)
    paths = sorted(((unit.path, unit.pk) for unit in units), key=lambda one: -len(one[0]))
    table: dict[int, Counter[tuple[str, str]]] = {unit.pk: Counter() for unit in units}
    for path, topic, now, earlier, waiting, late in _sums(viewer, since, before):
        unit = next((pk for prefix, pk in paths if path.startswith(prefix)), None)
        if unit is not None:
            table[unit][topic, "count"] += now
            table[unit][topic, "open"] += waiting
            table[unit][topic, "late"] += late
            table[unit]["", "before"] += earlier
    most = max((table[u.pk][code, "count"] for u in units for code, _ in listed), default=0)
    rows = [_row(unit, table[unit.pk], listed, most) for unit in units]
    heard = [row for row in rows if row.total or row.before]
    named = [at for at, _ in enumerate(listed) if any(row.cells[at].count for row in heard)]
    listed = [listed[at] for at in named]
    rows = [replace(row, cells=[row.cells[at] for at in named]) for row in heard]
    return Heat(listed, rows, since, today, repeats(viewer, since))


def _sums(viewer: Viewer, since: date, before: date) -> list[tuple[str, str, int, int, int, int]]:
    """Of each place and topic: since the day, before it, not answered, late; summed by the database."""
    now, waiting = Q(received_on__gte=since), Q(received_on__gte=since, state__in=OPEN)
    rows = voices(viewer).filter(received_on__gte=before).order_by().values_list("path", "topic")
    found = rows.annotate(
        now=Count("pk", filter=now),
        earlier=Count("pk", filter=~now),
        waiting=Count("pk", filter=waiting),
        overdue=Count("pk", filter=waiting & Q(late=True)),
    )
    return list(found)


def _row(unit: Organisation, found: Counter[tuple[str, str]], listed: list[tuple[str, str]], most: int) -> Row:
    cells = [
        Cell(found[code, "count"], found[code, "open"], found[code, "late"], level(found[code, "count"], most))
        for code, _ in listed
    ]
    return Row(unit, cells, sum(cell.count for cell in cells), found["", "before"])


def repeats(viewer: Viewer, since: date, limit: int = 8) -> list[dict[str, object]]:
    """Groups that keep coming: at least three in the days, with one that stands for them."""
    groups = (
        voices(viewer)
        .filter(received_on__gte=since, group__isnull=False)
        .values("group")
        .annotate(size=Count("pk"), waiting=Count("pk", filter=Q(state__in=OPEN)))
        .filter(size__gte=3)
        .order_by("-size")[:limit]
    )
    found = []
    for one in groups:
        first = voices(viewer).filter(group=one["group"]).order_by("received_on").first()
        if first is not None:
            found.append({**one, "first": first})
    return found
