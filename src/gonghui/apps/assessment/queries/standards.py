"""Which standard holds where, and what a place may use, copy and edit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.procedures.queries.definitions import in_force as procedure_in_force
from gonghui.kernel.procedures.rules.forms import holds
from gonghui.kernel.viewer import Viewer

from .. import facts, rules
from ..choices import StandardState
from ..models import Standard

_WORD = re.compile(r"[A-Za-z_]\w*")


def families() -> frozenset[str]:
    """Kinds of assessment for which some standard was published."""
    return frozenset(Standard.objects.exclude(state="draft").values_list("family", flat=True).distinct())


def in_force(family: str, path: str, on: date) -> list[Standard]:
    """The standards of a family that hold at a place: of each key the nearest publisher's latest version."""
    rows = Standard.objects.filter(family=family, path__in=["", *ancestors(path), path], valid_from__lte=on).exclude(
        state=StandardState.DRAFT
    )
    best: dict[tuple[str, str], Standard] = {}
    for row in sorted(rows, key=lambda one: one.version):
        best[row.key, row.path] = row
    found: dict[str, Standard] = {}
    for (key, _), row in sorted(best.items(), key=lambda pair: len(pair[0][1]), reverse=True):
        if row.state == StandardState.PUBLISHED:
            found.setdefault(key, row)
    return sorted(found.values(), key=lambda one: one.key)


def spoken_facts(standard: rules.Standard) -> set[str]:
    """The facts that a standard's formulas speak of."""
    texts = [standard.applies, *(item.formula for item in standard.items())]
    return {word for text in texts for word in _WORD.findall(text)} & set(facts.names())


def facts_of(ids: Iterable[int], on: date, standards: Iterable[rules.Standard]) -> dict[int, dict[str, Any]]:
    """Everything that these standards ask of the records, for many organisations at once."""
    wanted = {key for one in standards for key in spoken_facts(one)}
    found = facts.read_many(ids, on, wanted)
    return {pk: row | {"today": on.isoformat()} for pk, row in found.items()}


def applies(standard: rules.Standard, known: dict[str, Any]) -> bool:
    return not standard.applies or holds(standard.applies, known)


def for_organisation(family: str, organisation: Organisation, on: date) -> tuple[Standard, dict[str, Any]] | None:
    """The version that a new assessment of an organisation runs by, and what the records say of it."""
    rows = [(row, rules.must_read(row.body)) for row in in_force(family, organisation.path, on)]
    known = facts_of([organisation.pk], on, [body for _, body in rows]).get(organisation.pk, {})
    found = next((row for row, body in rows if applies(body, known)), None)
    return (found, known) if found is not None else None


def listed(viewer: Viewer) -> QuerySet[Standard]:
    """Standards published for the viewer's place or below it, with the drafts of its range."""
    holding = Q(path__in=["", *ancestors(viewer.lo), viewer.lo]) & ~Q(state=StandardState.DRAFT)
    below = Q(path__gte=viewer.lo, path__lt=viewer.hi, organisation__isnull=False)
    return Standard.objects.filter(holding | below).order_by("family", "key", "path", "-version")


def standard(viewer: Viewer, pk: int) -> Standard | None:
    return listed(viewer).filter(pk=pk).first()


def own(viewer: Viewer, pk: int) -> Standard | None:
    """A standard of the viewer's own place: what it may edit, publish and retire."""
    if viewer.organisation_id is None:
        return None
    return Standard.objects.filter(pk=pk, organisation_id=viewer.organisation_id).first()


def before(row: Standard) -> Standard | None:
    """What a version is compared with: the former version of its place, else what it was copied from."""
    older = Standard.objects.filter(key=row.key, path=row.path, version__lt=row.version).exclude(
        state=StandardState.DRAFT
    )
    return older.order_by("-version").first() or row.origin


def startable(organisation: Organisation, on: date) -> list[tuple[str, str]]:
    """Kinds of assessment that an organisation may begin itself: family → title of its procedure."""
    subject = "union" if organisation.level == "unit" else "federation"
    found = []
    for family in sorted(families()):
        held = [rules.must_read(row.body).subject for row in in_force(family, organisation.path, on)]
        procedure = procedure_in_force(f"assessment.{family}", organisation.path, on)
        if procedure is not None and any(one in ("any", subject) for one in held):
            found.append((family, procedure.title))
    return sorted(found, key=lambda one: one[0] != "six")
