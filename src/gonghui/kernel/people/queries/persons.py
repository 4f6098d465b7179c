"""Reading persons: by id, by paper; a member's own page and who has looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from ...org.models import PublicOrganisation
from ...sealing import lookup_hash
from ...trail.models import TrailRecord
from ...viewer import Viewer
from ..models import Appointment, Membership, Person, TransferRequest
from ..rules import check_id, check_phone
from .memberships import Stay, stays

LOOKS = (
    "person.reveal",
    "person.correct",
    "person.merge",
    "person.merge_undone",
    "person.take_over",
    "membership.correct",
)
"""Acts of somebody else on a person that the person may ask about; admissions and transfers are in the history."""


@dataclass(frozen=True, slots=True)
class Own:
    """What a member sees of themselves."""

    person: Person
    membership: Membership | None
    union: PublicOrganisation | None
    history: list[Stay]
    offices: list[Appointment]
    transfer: TransferRequest | None


@dataclass(frozen=True, slots=True)
class Look:
    """One look or change: who in which office, when, which fields, why."""

    at: datetime
    verb: str
    who: str
    role: str
    organisation: str
    fields: tuple[str, ...]
    reason: str
    refused: bool


def persons(viewer: Viewer) -> QuerySet[Person]:
    """Persons in the viewer's range, without those merged into another record."""
    return Person.objects.visible(viewer).filter(merged_into__isnull=True)


def person(viewer: Viewer, person_id: int) -> Person | None:
    """One person in range, or the viewer's own record; a merged one too, so that old addresses lead on."""
    found = Person.objects.visible(viewer).filter(pk=person_id).first()
    if found is None and viewer.person_id == person_id:
        found = Person.objects.filter(pk=person_id).first()
    return found


def find_by_id(viewer: Viewer, kind: str, number: str) -> Person | None:
    """The person with this paper in the viewer's range; looked up by keyed hash.

    :raises Refusal: the number cannot be one of that kind.
    """
    checked = check_id(kind, number)
    return persons(viewer).filter(id_hash=lookup_hash(f"id:{checked.kind}", checked.number)).first()


def find_by_phone(viewer: Viewer, number: str) -> list[Person]:
    """Persons with this phone in the viewer's range; a family may share one.

    :raises Refusal: no phone number.
    """
    return list(persons(viewer).filter(phone_hash=lookup_hash("phone", check_phone(number))).order_by("pk")[:20])


def own(viewer: Viewer) -> Own | None:
    """The member's own person, membership and history; None for an account that is nobody's."""
    if viewer.person_id is None:
        return None
    me = Person.objects.filter(pk=viewer.person_id).first()
    if me is None:
        return None
    rows = list(Membership.objects.filter(person_id=me.pk).order_by("valid_from", "pk"))
    current = next((row for row in rows if row.valid_to is None), None)
    union = PublicOrganisation.objects.filter(pk=current.organisation_id).first() if current else None
    offices = list(Appointment.objects.filter(person_id=me.pk, valid_to__isnull=True).order_by("valid_from"))
    transfer = TransferRequest.objects.filter(person_id=me.pk, state="asked").first()
    return Own(me, current, union, stays(rows), offices, transfer)


def looks_at(viewer: Viewer, limit: int = 100) -> list[Look]:
    """Who looked at or changed the viewer's own record, newest first."""
    if viewer.person_id is None:
        return []
    rows = list(
        TrailRecord.objects.filter(subject_id=viewer.person_id, verb__in=LOOKS)
        .exclude(actor_id=viewer.account_id)
        .order_by("-at")[:limit]
    )
    wanted = {row.detail.get("organisation") for row in rows} - {None}
    names = dict(PublicOrganisation.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return [
        Look(
            at=timezone.localtime(row.at),
            verb=row.verb,
            who=row.actor_name,
            role=row.role,
            organisation=names.get(row.detail.get("organisation"), ""),
            fields=tuple(row.detail.get("fields") or ([row.detail["field"]] if "field" in row.detail else [])),
            reason=row.reason,
            refused=row.refused,
        )
        for row in rows
    ]
