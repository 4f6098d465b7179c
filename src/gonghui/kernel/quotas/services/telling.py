"""Who is told what of an offer: a place from the line, a draw, what was called off, a place somebody hands on.

Few are told in the transaction of the event; thousands (a draw, an offer called off) by a job that comes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ...messages.services import tell, tell_later
from ...scope import acting
from ...viewer import SYSTEM
from .. import rules
from ..choices import ClaimState, EntryState, Source
from ..models import Claim, Draw, Entry, Handover, Offer
from .clock import moment

DRAWN_JOB, CALLED_OFF_JOB = "quotas.tell_drawn", "quotas.tell_called_off"
"""Names of the jobs; jobs.py imports the services, so they are deferred by name."""
_BATCH = 2_000


def _title(offer: Offer) -> str:
    return rules.told_title(offer.kind, offer.title, offer.audience)


def offered(offer: Offer, claims: Sequence[Claim], until: datetime) -> None:
    """A place came back and is theirs until then."""
    if claims:
        pairs = [(one.person_id, one.pk) for one in claims]
        tell("quotas.offered", pairs, title=_title(offer), at=moment(), until=until)


def expired(claim: Claim) -> None:
    """Nobody answered in time; the place went on."""
    if claim.state == ClaimState.EXPIRED:
        tell("quotas.expired", claim.person_id, about=claim.pk, title=_title(claim.offer), at=moment())


def handed(row: Handover) -> None:
    """Somebody hands a place on; a number that is nobody's is told nothing."""
    if row.receiver_id is not None:
        until = rules.cancel_until(row.claim.session.starts_at, row.offer.cancel_until_hours)
        tell("quotas.handover", row.receiver_id, about=row.pk, title=_title(row.offer), at=moment(), until=until)


def drawn_later(offer: Offer) -> None:
    tell_later(DRAWN_JOB, offer=offer.pk)


def called_off_later(offer_id: int, session_id: int = 0) -> None:
    """Those whose place ends with a session, or with the whole offer."""
    tell_later(CALLED_OFF_JOB, offer=offer_id, session=session_id)


def tell_drawn(offer_id: int) -> None:
    """Everybody who was entered: who got a place, who stands in line, who has nothing. Again is the same as once."""
    with acting(SYSTEM):
        draw = Draw.objects.select_related("offer").get(offer_id=offer_id)
    title, at = _title(draw.offer), draw.drawn_at
    won = Claim.objects.filter(offer_id=offer_id, source=Source.DRAW, state=ClaimState.HELD)
    entries = Entry.objects.filter(offer_id=offer_id)
    _in_batches("quotas.won", won, title, at)
    _in_batches("quotas.lined", entries.filter(state=EntryState.WAITING), title, at, offer_id)
    lost = entries.filter(state__in=[EntryState.ENTERED, EntryState.LOST])
    _in_batches("quotas.lost", lost, title, at, offer_id)


def tell_called_off(offer_id: int, session_id: int) -> None:
    """Everybody whose claim ended with it; with the whole offer also those who were still entered or in line."""
    ended = Claim.objects.filter(offer_id=offer_id, state=ClaimState.CALLED_OFF)
    ended = ended.filter(session_id=session_id) if session_id else ended
    with acting(SYSTEM):
        offer = Offer.objects.get(pk=offer_id)
        at = ended.values_list("ended_at", flat=True).order_by("-ended_at").first()
    _in_batches("quotas.called_off", ended, _title(offer), at)
    if not session_id:
        entries = Entry.objects.filter(offer_id=offer_id, state=EntryState.CALLED_OFF)
        _in_batches("quotas.entry_called_off", entries, _title(offer), at or moment(), offer_id)


def _in_batches(kind: str, rows: Any, title: str, at: datetime | None, about: int = 0) -> None:
    last = 0
    while True:
        with acting(SYSTEM):
            found = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "person_id")[:_BATCH])
            if not found:
                return
            tell(kind, [(person, about or pk) for pk, person in found], title=title, at=at)
            last = found[-1][0]
