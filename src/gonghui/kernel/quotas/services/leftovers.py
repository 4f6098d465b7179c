"""Places of a draw that nobody drew, or nobody wants any more: staff offer them to those who drew none."""

from __future__ import annotations

from heapq import nsmallest

from django.db import transaction

from ...access.rules import require
from ...refusal import Refusal
from ...scope import widened
from ...viewer import Viewer
from .. import recompute
from ..choices import DRAWN, ClaimState, EntryState, OfferState, SessionState, Source
from ..models import Claim, Counter, Draw, Entry, Offer
from . import telling
from .claiming import place
from .clock import moment
from .entering import answer_until
from .offers import MANAGE, held, note, tell_gate


def offer_rest(actor: Viewer, *, offer_id: int) -> int:
    """Offer each free place to the next by the drawn numbers, a session they wished for before any other.

    They confirm as from the waiting list; who waits for a session stays in that line. How many were offered.
    :raises Refusal: GH-QTA-048 nothing was drawn; 039 no place, nobody left, or too late to ask anybody.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        offer = held(actor, offer_id, OfferState.ALLOCATED)
        if offer.allocation not in DRAWN:
            raise Refusal("GH-QTA-048", "这个项目没有摇过号", "offer", "剩余名额可以由工作人员代办")
        with widened():
            rows = Counter.objects.select_for_update(of=("self",)).filter(
                offer=offer, session__state=SessionState.PLANNED
            )
            counters = list(rows.select_related("offer__limit", "session").order_by("pk"))
            made = _given(offer, counters)
        if not made:
            raise Refusal(
                "GH-QTA-039", "没有可以给的剩余名额：名额满了、没有未分到的人，或离开始太近来不及确认", "offer",
                "临近开始的，可以由工作人员代办",
            )  # fmt: skip
        for claim in made:
            if claim.answer_by is not None:
                telling.offered(offer, [claim], claim.answer_by)
        note(actor, offer, "rest_offered", detail={"count": len(made)})
        tell_gate({claim.counter_id for claim in made})
    return len(made)


def _given(offer: Offer, counters: list[Counter]) -> list[Claim]:
    now, made = moment(), []
    until = {one.pk: answer_until(offer.answer_hours, one.session.starts_at, now) for one in counters}
    open_ = [one for one in counters if until[one.pk] and one.taken < one.capacity]
    free = sum(one.capacity - one.taken for one in open_)
    for entry in _next(offer, free * 2 + 20 if free else 0):
        wished = {pk: rank for rank, pk in enumerate(entry.choices)}
        fitting = [one for one in open_ if one.taken < one.capacity and (not one.share or one.share in entry.shares)]
        if not fitting:
            continue
        counter = min(fitting, key=lambda one: (wished.get(one.session_id, len(wished)), not one.share, one.pk))
        claim = place(
            counter, entry.person_id, entry.person.path, source=Source.WAITING, state=ClaimState.OFFERED,
            answer_by=until[counter.pk],
        )  # fmt: skip
        if claim:
            entry.state = EntryState.WON
            entry.save(update_fields=["state"])
            made.append(claim)
    return made


def _next(offer: Offer, count: int) -> list[Entry]:
    """Who drew nothing, in the order of the numbers that anybody may recompute; held until the end."""
    seed = bytes.fromhex(Draw.objects.get(offer=offer).seed)
    lost = Entry.objects.filter(offer=offer, state=EntryState.ENTERED)
    numbers = (
        (recompute.number_of(seed, tag, tickets), pk)
        for pk, tag, tickets in lost.values_list("pk", "tag", "tickets").iterator()
    )
    order = [pk for _, pk in nsmallest(count, numbers)]
    rows = lost.select_for_update(of=("self",)).select_related("person").filter(pk__in=order)
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in order if pk in found]
