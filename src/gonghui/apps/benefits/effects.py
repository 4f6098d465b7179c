"""What procedures may bring about in benefits: a place of an offer whose allocation is a review."""

from __future__ import annotations

from typing import Any

from gonghui.kernel.manifest import Effect
from gonghui.kernel.procedures.services import Made
from gonghui.kernel.quotas import queries as quotas
from gonghui.kernel.quotas import services
from gonghui.kernel.quotas.choices import Source
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer


def place(actor: Viewer, made: Made) -> dict[str, Any]:
    """The decision on a member's application gives them a place: of the session named, else of the first with room.

    :raises Refusal: GH-BEN-060 not a member's application; 061 no such offer or session; and as `services.grant`.
    """
    person_id = made.application.person_id
    if person_id is None:
        raise Refusal("GH-BEN-060", "名额分给会员本人，这件申请不是会员提出的", "person")
    number, title = str(made.given.get("offer", "")).strip(), str(made.given.get("session") or "").strip()
    offer = quotas.offers(actor).filter(number=number).first()
    sessions = [
        one for one in quotas.sessions(offer) if one.state == "planned" and (not title or one.title == title)
    ] if offer else []  # fmt: skip
    if not sessions:
        raise Refusal("GH-BEN-061", f"没有编号为“{number}”的普惠项目，或它没有这个场次", "offer", "核对流程里写的编号")
    chosen = next((one for one in sessions if one.taken < one.capacity), sessions[0])
    claim = services.grant(
        actor, session_id=chosen.pk, person_id=person_id, source=Source.REVIEW, why=made.application.number
    )
    return {"claim": claim.pk, "offer": number, "session": chosen.title}


EFFECTS = (Effect("benefits.place", "分给普惠名额", "benefit.manage", place, frozenset({"offer"})),)
