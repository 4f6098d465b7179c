"""Staged organisations into the records: founded and corrected in bulk, with the effects of `org.services.found`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from gonghui.kernel.org.choices import ChangeKind, OrganisationState
from gonghui.kernel.org.models import (
    Employer,
    Organisation,
    OrganisationChange,
    OrganisationGram,
    OrganisationName,
    Placement,
)
from gonghui.kernel.org.rules import label, name_grams, sort_key
from gonghui.kernel.scope import widened
from gonghui.kernel.trail.services import record_many
from gonghui.kernel.viewer import Viewer

from ..choices import Action
from ..models import ImportedChange, RosterRow
from .blocks import fetch, run
from .members import Drift
from .organisation_rows import BATCH, FACTS, plain

_DATES = ("founded_on", "term_from", "term_to")


def merge(actor: Viewer, roster_id: int, today: date, advance: Callable[[int], None]) -> dict[str, int]:
    """Found and correct the staged organisations, in the running transaction.

    :raises Drift: a parent ended or moved away, a name or code was taken, a record changed since the check.
    """
    rows = list(RosterRow.objects.filter(roster_id=roster_id).order_by("row_no"))
    new = [row for row in rows if row.action == Action.NEW]
    changed = [
        row for row in rows if row.action == Action.CHANGED or (row.action == Action.CONFLICT and row.choice == "file")
    ]
    try:
        founded = _found_all(actor, roster_id, new, today, advance)
        _correct_all(actor, roster_id, changed, today)
    except IntegrityError as error:
        raise Drift from error
    advance(len(changed))
    return {"new": founded, "changed": len(changed)}


def _own(row: RosterRow) -> int:
    return int(row.record_id or 0)


def _above(row: RosterRow) -> int:
    return int(row.organisation_id or 0)


def _said(row: RosterRow) -> dict[str, Any]:
    return dict(row.facts or {})


def _found_all(actor: Viewer, roster_id: int, new: list[RosterRow], today: date, advance: Callable[[int], None]) -> int:
    inside = {_own(row) for row in new}
    outside = sorted({_above(row) for row in new} - inside)
    held = dict(
        fetch(
            "SELECT id, path FROM organisation WHERE id = ANY (%s) AND ended_on IS NULL ORDER BY id FOR KEY SHARE",
            [outside],
        )
    )
    if len(held) != len(outside):
        raise Drift
    paths: dict[int, str] = dict(held)
    waiting, ordered = list(new), []
    while waiting:
        ready = [row for row in waiting if _above(row) in paths]
        if not ready:
            raise Drift
        for row in ready:
            paths[_own(row)] = paths[_above(row)] + label(_own(row))
        ordered += ready
        waiting = [row for row in waiting if _own(row) not in paths]
    for start in range(0, len(ordered), BATCH):
        _found_batch(actor, roster_id, ordered[start : start + BATCH], paths, today)
        advance(len(ordered[start : start + BATCH]))
    return len(ordered)


def _found_batch(actor: Viewer, roster_id: int, rows: list[RosterRow], paths: dict[int, str], today: date) -> None:
    bodies = []
    for row in rows:
        facts = {name: _typed(name, value) for name, value in (_said(row)).items() if name in FACTS}
        facts["founded_on"] = facts.get("founded_on") or today
        bodies.append(
            Organisation(
                id=_own(row),
                path=paths[_own(row)],
                parent_id=_above(row),
                name=_said(row)["name"],
                name_key=sort_key(_said(row)["name"]),
                kind=_said(row)["kind"],
                level=_said(row)["level"],
                state=OrganisationState.ACTIVE,
                **facts,
            )
        )
    Organisation.objects.bulk_create(bodies)
    changes = OrganisationChange.objects.bulk_create(
        OrganisationChange(
            organisation=body,
            path=body.path,
            other_id=body.parent_id,
            kind=ChangeKind.FOUNDING,
            on=body.founded_on or today,
            reason="名册导入",
            actor_id=actor.account_id,
            effect={"organisations": 1, "roster": roster_id},
        )
        for body in bodies
    )
    Placement.objects.bulk_create(
        Placement(
            organisation=body,
            parent_id=body.parent_id,
            path=body.path,
            valid_from=body.founded_on or today,
            change=change,
        )
        for body, change in zip(bodies, changes, strict=True)
    )
    OrganisationName.objects.bulk_create(
        OrganisationName(organisation=body, name=body.name, path=body.path, valid_from=body.founded_on or today)
        for body in bodies
    )
    OrganisationGram.objects.bulk_create(
        OrganisationGram(gram=gram, organisation=body)
        for body in bodies
        for gram in dict.fromkeys(name_grams(body.name) + name_grams(body.short_name))
    )
    _employers(rows, bodies)
    ImportedChange.objects.bulk_create(
        ImportedChange(
            roster_id=roster_id,
            row_no=row.row_no,
            action=Action.NEW,
            organisation_id=body.pk,
            record_id=body.pk,
            record_version=1,
        )
        for row, body in zip(rows, bodies, strict=True)
    )
    record_many(
        actor, "org.founded", object_type="organisation", rows=[(body.path, body.pk, None) for body in bodies],
        reason="名册导入", detail={"roster": roster_id},
    )  # fmt: skip


def _employers(rows: list[RosterRow], bodies: list[Organisation]) -> None:
    named = [(row, body) for row, body in zip(rows, bodies, strict=True) if _said(row).get("_employer_name")]
    codes = [_said(row)["_employer_uscc"] for row, _ in named if _said(row).get("_employer_uscc")]
    with widened():
        taken = set(Employer.objects.filter(uscc__in=codes).values_list("uscc", flat=True))
    employers = []
    for row, body in named:
        code = _said(row).get("_employer_uscc", "")
        if code and code in taken:
            continue
        taken.add(code)
        employers.append(
            Employer(
                organisation=body,
                path=body.path,
                name=_said(row)["_employer_name"][:120],
                uscc=code,
                unit_kind=body.unit_kind,
                industry=body.industry,
                region_code=body.region_code,
                address=body.address,
                headcount=body.headcount,
            )
        )
    Employer.objects.bulk_create(employers)


def _typed(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in _DATES and isinstance(value, str) else value


def _correct_all(actor: Viewer, roster_id: int, rows: list[RosterRow], today: date) -> None:
    records = {
        body.pk: body
        for body in Organisation.objects.visible(actor)
        .filter(pk__in=[_own(row) for row in rows])
        .select_for_update(no_key=True)
    }
    kept, changes = [], []
    for row in rows:
        body = records.get(_own(row))
        if body is None or body.version != row.record_version:
            raise Drift
        before = {name: plain(getattr(body, name)) for name in _said(row)}
        values = {name: _typed(name, value) for name, value in _said(row).items()}
        Organisation.objects.filter(pk=body.pk).update(**values, version=F("version") + 1, changed_at=timezone.now())
        changes.append(
            OrganisationChange(
                organisation=body,
                path=body.path,
                kind=ChangeKind.CORRECTION,
                on=today,
                reason="名册导入",
                actor_id=actor.account_id,
                before=before,
                effect={"fields": sorted(_said(row)), "roster": roster_id},
            )
        )
        kept.append(
            ImportedChange(
                roster_id=roster_id,
                row_no=row.row_no,
                action=Action.CHANGED,
                organisation_id=body.pk,
                record_id=body.pk,
                record_version=body.version + 1,
                before=before,
            )
        )
        if "short_name" in values:
            _index_again(body, values["short_name"])
    OrganisationChange.objects.bulk_create(changes)
    ImportedChange.objects.bulk_create(kept)
    record_many(
        actor, "org.corrected", object_type="organisation", rows=[(body.path, body.pk,
          None) for body in records.values()],
        reason="名册导入", detail={"roster": roster_id},
    )  # fmt: skip


def _index_again(body: Organisation, short_name: str) -> None:
    run("DELETE FROM organisation_gram WHERE organisation_id = %s", [body.pk])
    grams = dict.fromkeys(name_grams(body.name) + name_grams(short_name))
    OrganisationGram.objects.bulk_create([OrganisationGram(gram=gram, organisation=body) for gram in grams])
