"""Kept values follow their records: triggers mark where something changed, `drain` counts those places anew.

Own numbers of an organisation are counted from its own records; a change of one is added to everything above it.
What does not add up (people counted once) is counted anew for each place above. Losing the table loses nothing:
`rebuild` makes it from the records, every night and whenever a measure is new.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection
from django.utils import timezone

from ...org.rules import ancestors
from ...scope import acting
from ...viewer import SYSTEM
from .. import registry
from ..models import FigureMark, FigureMeasure, FigureValue
from ..queries import keeping as own_numbers
from ..queries.compiling import askable, guards
from ..rules.definition import Measure

log = logging.getLogger("gonghui.figures")
Key = tuple[int, str, str]
"""(measure row, path, period)."""

_BATCH = 20_000
_LOCK = 0x66696775
"""One keeper at a time: two would add the same difference twice."""

_ADD = """
INSERT INTO figure_value AS v (measure_id, path, period, own, total, at)
SELECT m, p, k, o, t, now()
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::numeric[], %s::numeric[]) AS n(m, p, k, o, t)
ON CONFLICT (path, measure_id, period) DO UPDATE
SET own = v.own + excluded.own, total = v.total + excluded.total, at = now()
"""
_SET_TOTAL = _ADD.replace(
    "SET own = v.own + excluded.own, total = v.total + excluded.total", "SET total = excluded.total"
)


def register(wanted: Iterable[Measure], using: str = "default") -> None:
    """Rows for measures that have none; the keeper fills them within seconds."""
    wanted = list(wanted)
    for one in dict.fromkeys([*wanted, *guards(wanted)]):
        body = {"source": one.source, "kind": one.kind, "what": one.what, "where": one.where, "time": one.time}
        FigureMeasure.objects.using(using).get_or_create(
            digest=one.digest, defaults={"source": one.source, "body": body, "adds_up": one.adds_up}
        )


def _measures(source: str, only: Iterable[int] | None = None) -> dict[Measure, int]:
    rows = FigureMeasure.objects.filter(source=source)
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    found = {}
    for row in rows:
        one = Measure(**row.body)
        if askable(one):
            found[one] = row.pk
        else:
            log.warning("measure %s asks what %s no longer offers", row.pk, source)
    return found


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def drain(today: date | None = None) -> int:
    """Count anew the places that were marked; returns how many. One transaction: marks and values go together."""
    today = today or timezone.localdate()
    with acting(SYSTEM):
        if not FigureMark.objects.exists():
            return 0
        _alone()
        marked: dict[str, set[str]] = defaultdict(set)
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM figure_mark WHERE id IN (SELECT id FROM figure_mark ORDER BY id LIMIT %s)"
                " RETURNING source, path",
                [_BATCH],
            )
            for source, path in cursor.fetchall():
                marked[source].add(path)
        for source, paths in sorted(marked.items()):
            if source in registry.sources():
                refresh(source, paths, today)
        return sum(map(len, marked.values()))


def refresh(source: str, paths: set[str], today: date) -> None:
    """Count the own numbers of some organisations anew and carry the differences up."""
    measures = _measures(source)
    offered = registry.sources()[source]
    adding = {one: pk for one, pk in measures.items() if one.adds_up}
    if adding:
        now = {
            (adding[one], path, key): number
            for (one, path, key), number in own_numbers.own(offered, list(adding), paths, today).items()
        }
        before = {
            (pk, path, key): int(number)
            for pk, path, key, number in FigureValue.objects.filter(
                path__in=paths, measure_id__in=adding.values()
            ).values_list("measure_id", "path", "period", "own")
        }
        _carry_up({key: now.get(key, 0) - before.get(key, 0) for key in {*now, *before}})
    rest = {one: pk for one, pk in measures.items() if not one.adds_up}
    if rest:
        places = {above for path in paths for above in (*ancestors(path), path)}
        found = own_numbers.distinct(offered, list(rest), places, today)
        zero = dict.fromkeys(
            FigureValue.objects.filter(path__in=places, measure_id__in=rest.values()).values_list(
                "measure_id", "path", "period"
            ),
            0,
        )
        _write(_SET_TOTAL, zero | {(rest[one], path, key): number for (one, path, key), number in found.items()}, {})


def _carry_up(differences: Mapping[Key, int]) -> None:
    totals: dict[Key, int] = defaultdict(int)
    own: dict[Key, int] = {}
    for (pk, path, key), difference in differences.items():
        if not difference:
            continue
        own[pk, path, key] = difference
        for above in (*ancestors(path), path):
            totals[pk, above, key] += difference
    _write(_ADD, totals, own)


def _write(sql: str, totals: Mapping[Key, int], own: Mapping[Key, int]) -> None:
    keys = sorted(totals)
    with connection.cursor() as cursor:
        for start in range(0, len(keys), _BATCH):
            some = keys[start : start + _BATCH]
            cursor.execute(
                sql,
                [
                    [one[0] for one in some],
                    [one[1] for one in some],
                    [one[2] for one in some],
                    [own.get(one, 0) for one in some],
                    [totals[one] for one in some],
                ],
            )


def rebuild(source: str, only: Iterable[int] | None = None, today: date | None = None) -> int:
    """Make the kept values of a source from its records; readers see the old ones until it is done.

    :param only: rows of the measures to make, all of the source when none are given.
    """
    today = today or timezone.localdate()
    offered = registry.sources()[source]
    with acting(SYSTEM):
        _alone()
        measures = _measures(source, only)
        if only is None:
            FigureMark.objects.filter(source=source).delete()
        FigureValue.objects.filter(measure_id__in=measures.values()).delete()
        adding = {one: pk for one, pk in measures.items() if one.adds_up}
        found = own_numbers.own(offered, list(adding), None, today) if adding else {}
        _carry_up({(adding[one], path, key): number for (one, path, key), number in found.items()})
        rest = {one: pk for one, pk in measures.items() if not one.adds_up}
        once = own_numbers.distinct(offered, list(rest), None, today) if rest else {}
        _write(_SET_TOTAL, {(rest[one], path, key): number for (one, path, key), number in once.items()}, {})
        FigureMeasure.objects.filter(pk__in=measures.values()).update(filled_at=timezone.now())
        return len(measures)


def rebuild_all(today: date | None = None) -> int:
    """Every night: figures that follow the calendar (ages, terms), and whatever may have drifted."""
    with acting(SYSTEM):
        wanted = sorted(set(FigureMeasure.objects.values_list("source", flat=True)))
    return sum(rebuild(one, today=today) for one in wanted if one in registry.sources())


def fill(today: date | None = None) -> int:
    """Values of measures that have none yet; returns how many there were."""
    with acting(SYSTEM):
        new = FigureMeasure.objects.filter(filled_at__isnull=True)
        rows = [(one.source, one.pk) for one in new if askable(Measure(**one.body))]
        known = set(FigureMeasure.objects.filter(filled_at__isnull=False).values_list("source", flat=True))
    by_source: dict[str, list[int]] = defaultdict(list)
    for source, pk in rows:
        by_source[source].append(pk)
    for source, ids in by_source.items():
        if source in registry.sources():
            rebuild(source, ids if source in known else None, today)
    return len(rows)
