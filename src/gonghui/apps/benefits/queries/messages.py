"""Whether a message still has something to say just before it goes to the phone; asked by the platform itself."""

from __future__ import annotations

from gonghui.kernel.quotas.choices import ClaimState, HandoverState, OfferState
from gonghui.kernel.quotas.models import Claim, Handover

from ..models import Reminder


def still_offered(person: int, claim: int) -> bool:
    """The place waits for its answer."""
    return Claim.objects.filter(pk=claim, person_id=person, state=ClaimState.OFFERED).exists()


def still_reminded(person: int, offer: int) -> bool:
    """The member wants to hear of it and it will open."""
    rows = Reminder.objects.filter(person_id=person, offer_id=offer, offer__state=OfferState.PUBLISHED)
    return rows.exists()


def still_handed(person: int, handover: int) -> bool:
    """Nobody has answered or taken it back."""
    return Handover.objects.filter(pk=handover, receiver_id=person, state=HandoverState.ASKED).exists()
