"""Reads of the vitality review."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import Viewer

from .choices import OPEN_STATES, FindingKind
from .models import Finding, VitalityReview
from .rules import UnionFacts

# One pass over the unions of a range with their latest signs; nothing is counted that a sign does not show.
_FACTS = """
SELECT o.id, o.path, o.founded_on, o.term_to, o.headcount, t.active,
  s.dues, s.activity, s.contact, s.confirmation, m.last_sign,
  coalesce(e.n, 0), coalesce(e.closed, 0), e.closed_on, coalesce(e.source, '')
FROM organisation o
JOIN organisation_tally t ON t.organisation_id = o.id
LEFT JOIN LATERAL (
  SELECT max(s."on") FILTER (WHERE s.kind = 'dues') AS dues, max(s."on") FILTER (WHERE s.kind = 'activity') AS activity,
    max(s."on") FILTER (WHERE s.kind = 'contact' AND s.reached) AS contact,
    max(s."on") FILTER (WHERE s.kind = 'confirmation') AS confirmation
  FROM sign_of_life s WHERE s.organisation_id = o.id AND s.person_id IS NULL
) s ON true
LEFT JOIN LATERAL (
  SELECT max(m.last_sign_on) AS last_sign FROM membership m WHERE m.path >= o.path AND m.path < o.path || '~'
    AND m.status = 'active'
) m ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS n, count(e.deregistered_on) AS closed, max(e.deregistered_on) AS closed_on,
    max(e.deregistered_source) AS source FROM employer e WHERE e.organisation_id = o.id
) e ON true
WHERE o.path >= %s AND o.path < %s AND o.state = 'active' AND o.level = 'unit'
  AND o.kind IN ('grassroots_union', 'joint_union')
"""


def union_facts(viewer: Viewer, lo: str, hi: str) -> list[tuple[int, str, UnionFacts]]:
    """(organisation id, path, facts) of every living union in a range inside the viewer's."""
    lo, hi = max(lo, viewer.lo), min(hi, viewer.hi)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [lo, hi])
        rows = cursor.fetchall()
    return [
        (
            row[0],
            row[1],
            UnionFacts(
                founded_on=row[2],
                term_to=row[3],
                headcount=row[4],
                members=row[5],
                last_dues=row[6],
                last_activity=row[7],
                last_contact=row[8],
                last_confirmation=row[9],
                last_member_sign=row[10],
                employers=row[11],
                employers_closed=row[12],
                employer_closed_on=row[13],
                employer_closed_source=row[14],
            ),
        )
        for row in rows
    ]


_MEMBERS = """
SELECT m.id, m.person_id, m.organisation_id, m.path, m.last_sign_on, e.closed_on
FROM membership m JOIN organisation o ON o.id = m.organisation_id AND o.state = 'active'
LEFT JOIN LATERAL (
  SELECT max(e.deregistered_on) AS closed_on FROM employer e
  WHERE e.organisation_id = o.id AND NOT EXISTS (
    SELECT 1 FROM employer x WHERE x.organisation_id = o.id AND x.deregistered_on IS NULL)
) e ON true
WHERE m.path >= %s AND m.path < %s AND m.status = 'active'
  AND (m.last_sign_on IS NULL OR m.last_sign_on < %s) AND m.joined_on < %s
"""


def silent_members(viewer: Viewer, lo: str, hi: str, before: date) -> list[tuple[Any, ...]]:
    """Open memberships without a sign since a day: (id, person, organisation, path, last sign, employer closed on)."""
    lo, hi = max(lo, viewer.lo), min(hi, viewer.hi)
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [lo, hi, before, before])
        return list(cursor.fetchall())


def reviews(viewer: Viewer) -> QuerySet[VitalityReview]:
    return VitalityReview.objects.visible(viewer).select_related("organisation").order_by("-made_at")


def findings(viewer: Viewer, kind: str | None = None) -> QuerySet[Finding]:
    """Findings in the viewer's range, the open ones of every review and the settled ones."""
    found = Finding.objects.visible(viewer).select_related("organisation", "membership__person")
    return found.filter(kind=kind) if kind else found


def finding(viewer: Viewer, pk: int) -> Finding | None:
    return findings(viewer).prefetch_related("acts").filter(pk=pk).first()


def own_findings(viewer: Viewer) -> QuerySet[Finding]:
    """What is asked about the member's own membership; row-level security lets a person read rows about themself."""
    return Finding.objects.filter(person_id=viewer.person_id, membership__isnull=False).order_by("-pk")


def summary(viewer: Viewer) -> dict[str, dict[str, int]]:
    """Open, warned, decided and kept findings of each kind, in one query."""
    rows = (
        Finding.objects.visible(viewer)
        .values("kind")
        .annotate(
            open=Count("pk", filter=Q(state__in=OPEN_STATES)),
            warned=Count("pk", filter=Q(state="warned")),
            decided=Count("pk", filter=Q(state="decided")),
            kept=Count("pk", filter=Q(state="kept")),
            organisations=Count("organisation", distinct=True, filter=Q(state__in=OPEN_STATES)),
        )
    )
    table = {row.pop("kind"): row for row in rows}
    empty = {"open": 0, "warned": 0, "decided": 0, "kept": 0, "organisations": 0}
    return {kind: table.get(kind, empty) for kind in FindingKind.values}


def open_of(ids: list[int], on: date) -> dict[int, int]:
    """Open findings about unions themselves, for those who assess many at once."""
    rows = Finding.objects.filter(organisation__in=ids, membership__isnull=True, state__in=OPEN_STATES)
    found = dict(rows.values_list("organisation").annotate(n=Count("pk")))
    return {pk: found.get(pk, 0) for pk in ids}


def receivers(viewer: Viewer, organisation: Organisation) -> QuerySet[Organisation]:
    """Living bodies that may receive the members of a union: its siblings and those above it in the range."""
    return (
        Organisation.objects.visible(viewer)
        .filter(state="active", kind__in=["grassroots_union", "joint_union", "industry_union"])
        .exclude(pk=organisation.pk)
        .order_by("name_key")
    )
