"""What an applicant sees of an application: its form, its course, what came of it. Read across the range, because its
steps lie with posts above; who may read was decided before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from django.db.models import Q, QuerySet

from ...files.models import StoredFile
from ...files.services import open_file
from ...org.choices import OrganisationState
from ...org.models import Organisation, PublicOrganisation
from ...people.models import Membership, Person
from ...rules.models import Rule
from ...scope import widened
from ...viewer import SYSTEM, Viewer
from .. import authority
from ..choices import OPEN_STATES, ApplicationState, StepState
from ..models import Application, Clock, Decision, Doing, EffectRun, Evidence, Notice, Procedure, Step
from ..rules.definition import Definition, must_read
from ..services.clocks import days_of
from ..services.running import tier_of
from . import applications as reads
from .definitions import in_force, usable
from .environment import known_facts, values_of


@dataclass(frozen=True, slots=True)
class Ahead:
    """A step that has not begun: whose it will be and how many days they have."""

    key: str
    title: str
    office: str
    days: int | None
    unit: str
    maybe: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One application as its applicant sees it."""

    application: Application
    definition: Definition
    values: dict[str, Any]
    """Every answer in clear: pages mask what is sealed."""
    evidence: list[Evidence]
    steps: list[Step] = field(default_factory=list)
    ahead: list[Ahead] = field(default_factory=list)
    history: list[Doing] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    effects: list[EffectRun] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    rules: dict[int, Rule] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    names: dict[tuple[str, int], str] = field(default_factory=dict)
    """(kind, id) → name of the persons and organisations that the answers point at."""

    @property
    def editable(self) -> bool:
        return self.application.state in (ApplicationState.DRAFT, ApplicationState.RETURNED)

    @property
    def asked(self) -> list[dict[str, str]]:
        """What has to be put right (补正), item by item."""
        if self.application.state != ApplicationState.RETURNED:
            return []
        return [one for row in self.steps if row.state == StepState.PAUSED for one in row.data.get("missing", [])]


def _one(viewer: Viewer, pk: int | None, token: str) -> Application | None:
    rows = Application.objects.select_related("procedure", "organisation", "person")
    if token:
        row: Application | None = rows.filter(token_digest=authority.token_digest(token)).first()
        return row
    row = rows.filter(pk=pk).first()
    return row if row is not None and authority.is_applicant(viewer, row) else None


def seen(viewer: Viewer, on: date, *, pk: int | None = None, token: str = "") -> Seen | None:
    """An application by its applicant's right, or by its tracking link; None for everybody else."""
    with widened():
        row = _one(viewer, pk, token)
        if row is None:
            return None
        definition = must_read(row.procedure.body)
        steps = reads.steps(row)
        decisions = list(Decision.objects.filter(application=row).select_related("organisation").order_by("round"))
        used = {one["rule"] for decision in decisions for one in decision.rules if one.get("rule")}
        values = values_of(row)
        return Seen(
            application=row,
            definition=definition,
            values=values,
            evidence=reads.evidence(row),
            steps=steps,
            ahead=_ahead(row, definition, steps, on),
            history=list(reads.history(row, everything=False)),
            clocks=list(Clock.objects.filter(application=row, state__in=["running", "breached"]).order_by("due_on")),
            decisions=decisions,
            effects=list(EffectRun.objects.filter(application=row).order_by("pk")),
            notices=list(Notice.objects.filter(application=row).select_related("issuer").order_by("pk")),
            rules={one.pk: one for one in Rule.objects.filter(pk__in=used).select_related("organisation")},
            known=known_facts(definition, row.organisation, row.person, on),
            names=_names(definition, values),
        )


def _ahead(row: Application, definition: Definition, steps: list[Step], on: date) -> list[Ahead]:
    if row.state not in (*OPEN_STATES, ApplicationState.DRAFT):
        return []
    return steps_ahead(definition, row.organisation, {one.key for one in steps}, on)


def steps_ahead(definition: Definition, place: Organisation, begun: set[str], on: date) -> list[Ahead]:
    """The steps that follow at a place, in words; reads bodies above it, so the caller has widened."""
    found = []
    for slot in definition.steps:
        body = tier_of(place, slot.tier, slot.missing) if slot.key not in begun else None
        if body is None:
            continue
        days = slot.days if slot.kind == "notice" else slot.deadline.days if slot.deadline else None
        unit = slot.day_unit if slot.kind == "notice" else slot.deadline.unit if slot.deadline else ""
        known = None if days is None else days_of(days, Application(path=place.path), on)
        maybe = bool(slot.when) or slot.sample is not None
        found.append(Ahead(slot.key, slot.title, body.name, known, unit, maybe))
    return found


def _names(definition: Definition, values: dict[str, Any]) -> dict[tuple[str, int], str]:
    """Names of what the answers point at; who answered picked them by name."""
    wanted: dict[str, set[int]] = {"organisation": set(), "person": set()}
    for one in definition.form.walk():
        if one.kind in wanted and isinstance(values.get(one.key), int):
            wanted[one.kind].add(values[one.key])
        for column in one.columns:
            if column.kind in wanted:
                cells = [line.get(column.key) for line in values.get(one.key) or []]
                wanted[column.kind] |= {cell for cell in cells if isinstance(cell, int)}
    found = {("organisation", pk): name for pk, name in PublicOrganisation.objects.filter(
        pk__in=wanted["organisation"]).values_list("pk", "name")}  # fmt: skip
    people = Person.objects.filter(pk__in=wanted["person"]).values_list("pk", "name")
    return found | {("person", pk): name for pk, name in people}


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody applies, with what is needed to start: the union, and the person whose matter it is."""

    organisation: Organisation
    person: Person | None = None


def own_person(viewer: Viewer) -> Person | None:
    row: Person | None = Person.objects.filter(pk=viewer.person_id or 0).first()
    return row


def own_place(viewer: Viewer) -> Place | None:
    """The union of a member's current membership; None while they have none."""
    if viewer.person_id is None:
        return None
    row = Membership.objects.filter(person_id=viewer.person_id, valid_to__isnull=True).order_by("-valid_from").first()
    found = _living(row.organisation_id) if row is not None else None
    return Place(found, own_person(viewer)) if found is not None else None


def place_of_member(viewer: Viewer, person_id: int) -> Place | None:
    """A person in the range with the union they belong to, for an application on their behalf."""
    row = (
        Membership.objects.visible(viewer).filter(person_id=person_id, valid_to__isnull=True)
        .select_related("organisation", "person").first()
    )  # fmt: skip
    return Place(row.organisation, row.person) if row is not None else None


def _living(pk: int) -> Organisation | None:
    with widened():
        row: Organisation | None = Organisation.objects.filter(pk=pk, state=OrganisationState.ACTIVE).first()
        return row


def public_place(pk: int) -> Place | None:
    """A union that anybody may apply to: listed and living."""
    listed = PublicOrganisation.objects.filter(pk=pk, listed=True, state=OrganisationState.ACTIVE).exists()
    found = _living(pk) if listed else None
    return Place(found) if found is not None else None


def way(definition: Definition, place: Organisation, on: date) -> list[Ahead]:
    """What would happen with an application made at a place; offices and their days are public."""
    with widened():
        return steps_ahead(definition, place, set(), on)


def offered(path: str, on: date, who: frozenset[str]) -> list[tuple[Procedure, Definition]]:
    """What may be applied for at a place by these kinds of applicants, by category."""
    found = [(row, must_read(row.body)) for row in usable(path, on)]
    return [(row, definition) for row, definition in found if definition.who in who]


def current(procedure_id: int, path: str, on: date) -> Procedure | None:
    """The version in force at a place of the procedure that an address names."""
    key = Procedure.objects.filter(pk=procedure_id).values_list("key", flat=True).first()
    return in_force(key, path, on) if key else None


def applied(viewer: Viewer) -> QuerySet[Application]:
    """What the viewer's own organisation applied for, and what this account made for others."""
    own = Q(organisation_id=viewer.organisation_id or 0, person__isnull=True, token_digest__isnull=True)
    mine = Q(account_id=viewer.account_id or 0)
    return reads.applications(viewer).filter(own | mine)


def open_evidence(application: Application, evidence_id: int) -> tuple[StoredFile, IO[bytes]] | None:
    """A file that an applicant handed in, its reader authorised by `seen` before; none of a reviewer's."""
    with widened():
        row = (
            Evidence.objects.filter(application=application, pk=evidence_id, removed_at__isnull=True, step__isnull=True)
            .select_related("file").first()
        )  # fmt: skip
        return (row.file, open_file(SYSTEM, row.file)) if row is not None else None


def find_unions(text: str, limit: int = 30) -> list[PublicOrganisation]:
    """Listed unions by a piece of their name, for somebody who looks for theirs."""
    text = text.replace("\x00", "").strip()[:40]
    if not text:
        return []
    rows = PublicOrganisation.objects.filter(listed=True, state=OrganisationState.ACTIVE, name__contains=text)
    return list(rows.exclude(kind__in=["branch", "group"]).order_by("path")[:limit])
