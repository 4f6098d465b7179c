"""Offices: who holds which, from a day to a day; one chair at a time."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from ...org.choices import OrganisationState
from ...org.models import Organisation
from ...org.rules import subtree
from ...org.services import hold
from ...refusal import Refusal
from ...trail.services import record
from ...viewer import Viewer
from ..choices import Office
from ..models import Appointment, Person
from ..rules.memberships import check_not_future

BY_MEMBERSHIP = "会籍终止："
"""How an office's end reason begins when it ended together with the membership."""


def appoint(
    actor: Viewer,
    *,
    organisation: Organisation,
    person: Person,
    office: str,
    on: date,
    title: str = "",
    full_time: bool = False,
    party_office: str = "",
    reason: str = "",
) -> Appointment:
    """Somebody takes an office. `party_office` flags a cross appointment (交叉任职).

    :raises Refusal: GH-PER-701 there is a chair already, 702 the same office twice, 703 the organisation has ended,
        704 the person is dead or out of reach, 705 no such office.
    """
    try:
        wanted = Office(office)
    except ValueError:
        raise Refusal("GH-PER-705", "没有这个职务", "office", "从列表中选择") from None
    check_not_future(on, timezone.localdate())
    with transaction.atomic():
        held = hold(organisation.pk)
        if held.state not in (OrganisationState.ACTIVE, OrganisationState.FOUNDING):
            raise Refusal("GH-PER-703", f"{held.name}{OrganisationState(held.state).label}，不能任职", "organisation")
        row = Person.objects.visible(actor).filter(pk=person.pk, died_on=None, merged_into=None).first()
        if row is None:
            raise Refusal(
                "GH-PER-704", "此人不在本岗位的管辖范围、已去世，或已并入另一条记录", "person", "重新查找此人"
            )
        try:
            with transaction.atomic():
                appointment = Appointment.objects.create(
                    person=row,
                    organisation=held,
                    path=held.path,
                    office=wanted,
                    title=_text(title, 80),
                    full_time=full_time,
                    party_office=_text(party_office, 80),
                    valid_from=on,
                    start_reason=_text(reason, 120),
                )
        except IntegrityError as error:
            raise _conflict(error, held) from None
        _on_trail(actor, "appointment.start", appointment, reason, {"on": on, "cross": is_cross(appointment)})
    return appointment


def end_appointment(actor: Viewer, *, appointment: Appointment, on: date, reason: str) -> Appointment:
    """Somebody leaves an office.

    :raises Refusal: GH-PER-706 already left or out of reach, 707 before it began.
    """
    check_not_future(on, timezone.localdate())
    with transaction.atomic():
        found = Appointment.objects.visible(actor).select_for_update(no_key=True).filter(pk=appointment.pk)
        row: Appointment | None = found.first()
        if row is None or row.valid_to is not None:
            raise Refusal("GH-PER-706", "这项任职已经离任，或不在本岗位的管辖范围", None, "刷新后再办理")
        if on < row.valid_from:
            raise Refusal("GH-PER-707", f"离任日期早于任职日期{row.valid_from:%Y-%m-%d}", "on")
        row.valid_to, row.end_reason, row.version = on, _text(reason, 120), row.version + 1
        row.save(update_fields=["valid_to", "end_reason", "version"])
        _on_trail(actor, "appointment.end", row, reason, {"on": on})
    return row


def is_cross(appointment: Appointment) -> bool:
    """Held across party and union: a union office with a party one, or a party office in the tree."""
    return bool(appointment.party_office) or Office(appointment.office).of_party


def end_offices(actor: Viewer, *, person_id: int, below: str | None, on: date, reason: str) -> list[int]:
    """End the offices of one person in a subtree (or everywhere), because the membership ended."""
    open_ones = Appointment.objects.filter(person_id=person_id, valid_to__isnull=True)
    if below is not None:
        lo, hi = subtree(below)
        open_ones = open_ones.filter(path__gte=lo, path__lt=hi)
    rows = list(open_ones.select_for_update(no_key=True))
    if rows:
        Appointment.objects.filter(pk__in=[row.pk for row in rows]).update(
            valid_to=Greatest(Value(on), F("valid_from")),
            end_reason=f"{BY_MEMBERSHIP}{reason}",
            version=F("version") + 1,
        )
    for row in rows:
        _on_trail(actor, "appointment.end", row, reason, {"on": on})
    return [row.pk for row in rows]


def _conflict(error: IntegrityError, organisation: Organisation) -> Refusal:
    if "appointment_one_chair" in str(error):
        return Refusal("GH-PER-701", f"{organisation.name}已有在任主席", "office", "先登记原主席离任")
    return Refusal("GH-PER-702", "此人已在任这个职务", "office", "不用重复登记")


def _text(text: str, limit: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:limit]


def _on_trail(actor: Viewer, verb: str, appointment: Appointment, reason: str, detail: dict[str, Any]) -> None:
    record(
        actor,
        verb,
        path=appointment.path,
        object_type="appointment",
        object_id=appointment.pk,
        subject_id=appointment.person_id,
        reason=reason,
        detail=detail | {"office": appointment.office, "organisation": appointment.organisation_id},
    )
