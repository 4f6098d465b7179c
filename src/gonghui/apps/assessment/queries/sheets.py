"""Sheets as their people see them: every item with what was claimed, what each tier gave, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from gonghui.kernel.procedures import authority
from gonghui.kernel.procedures.choices import ApplicationState, ClockKind, ClockState
from gonghui.kernel.procedures.models import Application, Clock, Step
from gonghui.kernel.procedures.services import today
from gonghui.kernel.viewer import Viewer

from .. import rules
from ..models import ItemSheet, SheetEvidence
from .standards import families

EDITABLE = ("draft", "returned")
CLAIM = "-"
"""Instead of a step: what the union claimed itself."""


def family_of(application: Application) -> str:
    """Which kind of assessment an application is; empty for procedures that score nothing."""
    part, _, family = application.key.partition(".")
    return family if part == "assessment" and family in families() else ""


def sheet_of(application: Application) -> ItemSheet | None:
    return ItemSheet.objects.filter(application=application).select_related("standard", "organisation").first()


def answers(sheet: ItemSheet, upto: str = "") -> dict[str, rules.Answer]:
    """What holds of every item: the claim, overwritten by each check in turn; up to and with the step `upto`."""
    files: dict[str, int] = defaultdict(int)
    for item in SheetEvidence.objects.filter(sheet=sheet, removed_at__isnull=True).values_list("item", flat=True):
        files[item] += 1
    found = {key: rules.Answer(one.get("value"), files[key], one.get("note", "")) for key, one in sheet.claims.items()}
    if upto == CLAIM:
        return found
    for step, check in _checks(sheet):
        for key, one in check["items"].items():
            found[key] = rules.Answer(one.get("value"), files[key], one.get("note", ""))
        if step == upto:
            break
    return found


def _checks(sheet: ItemSheet) -> list[tuple[str, dict[str, Any]]]:
    return sorted(sheet.checks.items(), key=lambda pair: pair[1]["order"])


def claimed(sheet: ItemSheet) -> rules.Score:
    """The union's own score."""
    given = {key: rules.Answer(one.get("value")) for key, one in sheet.claims.items()}
    return rules.score(rules.must_read(sheet.standard.body), sheet.facts, given)


def scored(sheet: ItemSheet) -> rules.Score:
    """The score that stands now; computed again from what the sheet keeps, it is always the same."""
    return rules.score(rules.must_read(sheet.standard.body), sheet.facts, answers(sheet))


@dataclass(frozen=True, slots=True)
class Row:
    """One item on the page of a sheet."""

    item: rules.Item
    line: rules.Line
    claim: int | None
    claim_points: int
    note: str
    check_note: str
    files: list[SheetEvidence]

    @property
    def value(self) -> int | None:
        """What is typed: as it holds now."""
        return self.claim

    @property
    def changed(self) -> bool:
        """A tier gave other points than were claimed."""
        return self.line.points != self.claim_points

    @property
    def kind_words(self) -> str:
        return rules.standard.KIND_WORDS[self.item.kind]

    @property
    def evidence_words(self) -> str:
        return "、".join(rules.standard.EVIDENCE_WORDS[one] for one in self.item.evidence)


@dataclass(frozen=True, slots=True)
class Part:
    group: rules.Group
    rows: list[Row]

    @property
    def points(self) -> int:
        return sum(row.line.points for row in self.rows)


def parts(sheet: ItemSheet) -> list[Part]:
    """The sheet as it is drawn, group by group."""
    now, own, held = scored(sheet), claimed(sheet), answers(sheet)
    files: dict[str, list[SheetEvidence]] = defaultdict(list)
    for one in SheetEvidence.objects.filter(sheet=sheet, removed_at__isnull=True).select_related("file").order_by("pk"):
        files[one.item].append(one)
    found = []
    for group in rules.must_read(sheet.standard.body).groups:
        rows = []
        for item in group.items:
            answer, claim = held.get(item.key, rules.Answer()), sheet.claims.get(item.key, {})
            note = answer.note if answer.note != claim.get("note", "") else ""
            rows.append(
                Row(item, now.line(item.key), answer.value, own.line(item.key).points, claim.get("note", ""), note,
                    files[item.key])
            )  # fmt: skip
        found.append(Part(group, rows))
    return found


def stages(sheet: ItemSheet) -> list[dict[str, Any]]:
    """Self-score and the score after each tier, in order."""
    standard = rules.must_read(sheet.standard.body)
    found: list[dict[str, Any]] = [{"title": "自评", "total": claimed(sheet).total, "changed": 0}]
    before = claimed(sheet)
    for step, check in _checks(sheet):
        now = rules.score(standard, sheet.facts, answers(sheet, step))
        changed = sum(a.points != b.points for a, b in zip(before.lines, now.lines, strict=True))
        found.append({"title": check["title"], "total": now.total, "changed": changed, "by": check["by"]})
        before = now
    return found


def open_step(viewer: Viewer, application: Application) -> Step | None:
    """The step of this application that the viewer's post may do now, notices left out."""
    rows = Step.objects.filter(application=application, state="open").exclude(kind="notice")
    return next((row for row in rows if authority.has_step(viewer, row, today())), None)


def may_fill(viewer: Viewer, application: Application) -> bool:
    return application.state in EDITABLE and authority.is_applicant(viewer, application)


def may_appeal(application: Application, on: date) -> bool:
    """Refused for the first time, and the days for an appeal still run."""
    running = Clock.objects.filter(
        application=application, kind=ClockKind.APPEAL, state=ClockState.RUNNING, due_on__gte=on
    )
    return application.state == ApplicationState.REJECTED and running.exists()


def readable(viewer: Viewer, pk: int) -> ItemSheet | None:
    """A sheet in the viewer's range: its union's people, the tiers above, who look on."""
    if not viewer.is_staff or not (viewer.may("application.view") or viewer.may("application.handle")):
        return None
    return (
        ItemSheet.objects.visible(viewer)
        .filter(pk=pk)
        .select_related("standard", "organisation", "application__procedure")
        .first()
    )
