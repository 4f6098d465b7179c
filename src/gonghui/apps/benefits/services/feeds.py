"""A member's sessions in the calendar of the phone: a link that works until it is given up."""

from __future__ import annotations

import secrets

from django.db import transaction

from gonghui.kernel.people.models import Person
from gonghui.kernel.quotas.rules import link_digest
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..models import CalendarFeed


def _noted(actor: Viewer, row: CalendarFeed, verb: str) -> None:
    record(
        actor, f"benefits.{verb}", path=row.path, object_type="benefit_calendar_feed", object_id=row.pk,
        subject_id=actor.person_id,
    )  # fmt: skip


def open_feed(actor: Viewer) -> str:
    """A new link for the member's calendar, shown this once; the one before stops.

    :raises Refusal: GH-BEN-070 not a member.
    """
    if actor.person_id is None:
        raise Refusal("GH-BEN-070", "只有会员本人能订阅自己的日程", "person")
    token = secrets.token_urlsafe(24)
    with transaction.atomic(), widened():
        path = Person.objects.values_list("path", flat=True).get(pk=actor.person_id)
        row, _ = CalendarFeed.objects.update_or_create(
            person_id=actor.person_id, defaults={"path": path, "token_digest": link_digest(token)}
        )
        _noted(actor, row, "calendar_opened")
    return token


def close_feed(actor: Viewer) -> None:
    """The link stops working."""
    with transaction.atomic(), widened():
        row = CalendarFeed.objects.filter(person_id=actor.person_id or 0).first()
        if row is not None:
            _noted(actor, row, "calendar_closed")
            row.delete()
