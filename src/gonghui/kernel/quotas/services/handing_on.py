"""Handing a place on (转让): the holder names somebody, who accepts on their own phone; the place moves at once.

What the holder may learn of the other is whether they accepted or declined: a number that is nobody's, somebody the
offer is not for and somebody who does not look at the phone are all the same silence.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from ...people.models import Membership, Person
from ...people.rules import check_phone
from ...refusal import Refusal
from ...scope import widened
from ...sealing import lookup_hash
from ...trail.services import record
from ...viewer import Viewer
from .. import audience, queries, rules
from ..choices import ClaimState, HandoverState, OfferState
from ..models import Claim, Handover
from . import telling
from .claiming import usable_counters
from .clock import moment

_LIVE = (OfferState.PUBLISHED, OfferState.ALLOCATED)
MOST_ASKED = 5
"""How often one place may be offered, so that nobody goes through numbers to see who answers."""
_REFUSED = {
    "nobody": ("GH-QTA-075", "没有转给您的这张票券"),
    "gone": ("GH-QTA-076", "这张票券已经不能转了：对方收回了、用过了，或已经给了别人"),
    "forbidden": ("GH-QTA-070", "这个项目现在不能转让"),
    "late": ("GH-QTA-072", "已经过了可以转让的时间"),
    "yours": ("GH-QTA-077", "您已经有这个项目的名额"),
    "again": ("GH-QTA-046", "您在间隔期内参加过同类项目"),
    "limit": ("GH-QTA-044", "您的限领次数已经用完"),
}


def _said(viewer: Viewer, verb: str, row: Handover) -> None:
    record(
        viewer, f"quotas.{verb}", path=row.path, object_type="offer", object_id=row.offer_id,
        object_name=row.offer.title, subject_id=viewer.person_id, detail={"number": row.offer.number},
    )  # fmt: skip


def why_not_hand_on(claim: Claim) -> Refusal | None:
    """Why the holder of a claim may not hand it on now; None when nothing stands in the way."""
    if not claim.offer.transferable:
        return Refusal("GH-QTA-070", "这个项目的名额不能转让", "claim", "来不了就退回，名额给候补的人")
    if claim.state != ClaimState.HELD or claim.used:
        return Refusal("GH-QTA-071", "用过的、没有确认的和取消了的名额不能转让", "claim")
    if claim.offer.state not in _LIVE or claim.session.state != "planned":
        return Refusal("GH-QTA-070", "这个项目现在不能转让", "claim")
    until = rules.cancel_until(claim.session.starts_at, claim.offer.cancel_until_hours)
    if until and moment() > until:
        return Refusal("GH-QTA-072", "已经过了可以转让的时间", "claim", "确实来不了，请联系主办单位，免得记为未到")
    return None


def _own(viewer: Viewer, claim_id: int) -> Claim:
    rows = Claim.objects.filter(pk=claim_id, person_id=viewer.person_id or 0).select_related("offer", "session")
    claim: Claim | None = rows.first()
    if claim is None:
        raise Refusal("GH-QTA-020", "没有这个名额", "claim")
    return claim


def _named(number: str) -> Person | None:
    """The one active member of a phone or a member's number; nobody when a family shares the phone.

    :raises Refusal: neither a phone nor a member's number.
    """
    text = number.strip().upper()
    rows = Membership.objects.filter(valid_to__isnull=True, status="active", person__merged_into__isnull=True)
    if text.startswith("GH"):
        rows = rows.filter(card_no=text)
    else:
        rows = rows.filter(person__phone_hash=lookup_hash("phone", check_phone(number)))
    found = list(rows.select_related("person")[:2])
    return found[0].person if len(found) == 1 else None


def ask_to_take_over(viewer: Viewer, *, claim_id: int, number: str) -> Handover:
    """Offer one's place to whoever has a phone or member's number.

    :raises Refusal: GH-QTA-070 forbidden, 071 used, 072 too late, 073 to oneself, 074 asked too often.
    """
    claim = _own(viewer, claim_id)
    if refusal := why_not_hand_on(claim):
        raise refusal
    with transaction.atomic(), widened():
        Claim.objects.select_for_update().get(pk=claim.pk)  # two taps count one after the other
        receiver = _named(number)
        if receiver is not None and receiver.pk == viewer.person_id:
            raise Refusal("GH-QTA-073", "这是您自己的号码", "number", "填写对方的手机号或会员号")
        if Handover.objects.filter(claim=claim).count() >= MOST_ASKED:
            raise Refusal("GH-QTA-074", f"一张票券最多转{MOST_ASKED}次", "number", "来不了就退回，名额给候补的人")
        if receiver is not None and queries.not_for(receiver.pk, claim.offer, moment(), freed=claim):
            receiver = None  # the giver is not to learn why
        try:
            with transaction.atomic():
                row: Handover = Handover.objects.create(
                    path=claim.path, offer=claim.offer, claim=claim, giver_id=claim.person_id, receiver=receiver
                )
        except IntegrityError:  # asked already: the same silence as the first time
            row = Handover.objects.select_related("offer").get(
                claim=claim, receiver=receiver, state=HandoverState.ASKED
            )
            return row
        _said(viewer, "handover_asked", row)
        telling.handed(row)
    return row


def take_back_offer(viewer: Viewer, *, handover_id: int) -> Handover:
    """The holder keeps the place after all, unless the other was quicker.

    :raises Refusal: GH-QTA-075 not there.
    """
    return _answered(viewer, handover_id, HandoverState.WITHDRAWN, "handover_withdrawn", giver_id=viewer.person_id or 0)


def decline_handover(viewer: Viewer, *, handover_id: int) -> Handover:
    """Say no; the place stays with its holder.

    :raises Refusal: GH-QTA-075 not there.
    """
    return _answered(
        viewer, handover_id, HandoverState.DECLINED, "handover_declined", receiver_id=viewer.person_id or 0
    )


def _answered(viewer: Viewer, pk: int, state: HandoverState, verb: str, **mine: int) -> Handover:
    with transaction.atomic():
        if not Handover.objects.filter(pk=pk, **mine).exists():
            raise Refusal("GH-QTA-075", "没有这次转让", "handover")
        with widened():
            row: Handover = Handover.objects.select_for_update(of=("self",)).select_related("offer").get(pk=pk)
            if row.state == HandoverState.ASKED:
                row.state, row.answered_at = state, moment()
                row.save(update_fields=["state", "answered_at"])
                _said(viewer, verb, row)
    return row


def accept_handover(viewer: Viewer, *, handover_id: int) -> Claim:
    """Take the place over: the old claim ends, the new one stands at the same counter, in one transaction.

    Accepting twice gives the same claim.
    :raises Refusal: GH-QTA-070 to 077 as said; 043 to 046 where the offer is not for the receiver.
    """
    found = Handover.objects.filter(pk=handover_id, receiver_id=viewer.person_id or 0).first()
    if found is None or viewer.person_id is None:
        raise Refusal("GH-QTA-075", "没有转给您的这张票券", "handover")
    with transaction.atomic(), widened():
        row = Handover.objects.select_related("offer__limit", "claim__session", "claim__counter").get(pk=found.pk)
        if row.state == HandoverState.ASKED:
            _check_receiver(viewer.person_id, row)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM quota_hand_on(%s, %s, %s)", [row.pk, viewer.person_id, moment()])
            outcome, claim_id = cursor.fetchone()
        if outcome not in ("granted", "accepted"):
            code, words = _REFUSED[outcome]
            raise Refusal(code, words, "handover")
        if outcome == "granted":
            _said(viewer, "handover_accepted", row)
        claim: Claim = Claim.objects.select_related("offer", "session").get(pk=claim_id)
    return claim


def run_out(now: datetime) -> int:
    """What nobody answered for while the place could still be handed on is over; for the platform's clock."""
    late = Q(claim__session__starts_at__lt=now + F("offer__cancel_until_hours") * timedelta(hours=1))
    gone = ~Q(claim__state=ClaimState.HELD) | Q(claim__used__gt=0) | ~Q(offer__state__in=_LIVE)
    with transaction.atomic():  # what is being accepted at this moment is left alone: it holds more than one row
        due = Handover.objects.select_for_update(of=("self",), skip_locked=True).filter(state=HandoverState.ASKED)
        rows = Handover.objects.filter(pk__in=list(due.filter(late | gone).values_list("pk", flat=True)))
        return rows.update(state=HandoverState.OVER, answered_at=now)


def _check_receiver(person_id: int, row: Handover) -> None:
    claim = row.claim
    claim.offer = row.offer
    if refusal := queries.not_for(person_id, row.offer, moment(), freed=claim):
        raise refusal
    if claim.counter.share and claim.counter_id not in {one.pk for one in usable_counters(claim.session, person_id)}:
        words = audience.in_words(claim.counter.audience)
        raise Refusal("GH-QTA-043", f"这个名额留给“{claim.counter.title}”：{words}", "handover")
