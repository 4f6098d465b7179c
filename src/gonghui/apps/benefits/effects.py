"""What procedures may bring about in benefits: a place of an offer whose allocation is a review."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from gonghui.kernel.manifest import Effect
from gonghui.kernel.procedures.services import Made
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import services
from gonghui.kernel.quotas.choices import OfferState, Source
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

PLACE = "benefits.place"


def place(actor: Viewer, made: Made) -> dict[str, Any]:
    """The decision on a member's application gives them a place: of the session named, else of the first with room.

    The offer is the one whose number the definition gives, else the published one that names this procedure.
    :raises Refusal: GH-BEN-060 not a member's application; 061 no such offer or session; and as `services.grant`.
    """
    person_id = made.application.person_id
    if person_id is None:
        raise Refusal("GH-BEN-060", "名额分给会员本人，这件申请不是会员提出的", "person")
    number, title = str(made.given.get("offer", "")).strip(), str(made.given.get("session") or "").strip()
    offers = quotas.offers(actor).order_by("-opens_at", "-pk")
    named = Q(number=number) if number else Q(procedure=made.application.key, state=OfferState.PUBLISHED)
    offer = offers.filter(named).first()
    sessions = [
        one for one in quotas.sessions(offer) if one.state == "planned" and (not title or one.title == title)
    ] if offer else []  # fmt: skip
    if not sessions:
        raise Refusal(
            "GH-BEN-061", "没有用这个流程分配的已发布普惠项目，或它没有这个场次", "offer", "先发布项目，再办结申请"
        )
    chosen = next((one for one in sessions if one.taken < one.capacity), sessions[0])
    claim = services.grant(
        actor, session_id=chosen.pk, person_id=person_id, source=Source.REVIEW, why=made.application.number
    )
    return {"claim": claim.pk, "offer": offer.number, "session": chosen.title}


EFFECTS = (Effect(PLACE, "分给普惠名额", "benefit.manage", place),)
