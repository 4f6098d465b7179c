"""A member asks to be told when an offer opens."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from gonghui.kernel.messages.services import tell
from gonghui.kernel.quotas.choices import OfferState
from gonghui.kernel.quotas.models import Offer
from gonghui.kernel.quotas.rules import told_title
from gonghui.kernel.quotas.services import moment
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..models import Reminder

BEFORE = timedelta(minutes=30)
"""How long before an offer opens those who asked for it are reminded on the phone."""


def _noted(actor: Viewer, offer: Offer, verb: str) -> None:
    record(
        actor, f"benefits.{verb}", path=offer.path, object_type="offer", object_id=offer.pk, object_name=offer.title,
        subject_id=actor.person_id,
    )  # fmt: skip


def remind(actor: Viewer, *, offer_id: int) -> Reminder:
    """A line in the member's notices on the day, and half an hour before a message; asking twice is once.

    :raises Refusal: GH-BEN-020 it is open already or not there.
    """
    offer: Offer | None = Offer.objects.filter(pk=offer_id, state=OfferState.PUBLISHED).first()
    if offer is None or actor.person_id is None or offer.opens_at is None or offer.opens_at <= moment():
        raise Refusal("GH-BEN-020", "这个项目已经开始，或已经结束", "offer")
    with transaction.atomic(), widened():
        row, made = Reminder.objects.get_or_create(
            offer=offer, person_id=actor.person_id, defaults={"path": offer.path}
        )
        if made:
            _noted(actor, offer, "reminded")
        if (due := offer.opens_at - BEFORE) > moment():  # later than that the page itself counts down
            title = told_title(offer.kind, offer.title, offer.audience)
            tell("benefits.opens", actor.person_id, about=offer.pk, title=title, due=due, until=offer.opens_at)
    return row


def forget(actor: Viewer, *, offer_id: int) -> None:
    """No reminder after all."""
    with transaction.atomic(), widened():
        row = Reminder.objects.filter(offer_id=offer_id, person_id=actor.person_id or 0).select_related("offer").first()
        if row is not None:
            _noted(actor, row.offer, "not_reminded")
            row.delete()
