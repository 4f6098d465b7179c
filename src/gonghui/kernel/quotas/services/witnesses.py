"""Where a draw's seed comes from: witnesses with a door of their own, and a public value that two persons read.

A witness gets a link that staff hand over once. Behind it the witness types a secret, of which only the SHA-256 is kept
until the list is locked; then the witness shows it. Staff write down the hash of a witness without a link alone.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.db.models import Max

from ...access.rules import require
from ...refusal import Refusal
from ...scope import widened
from ...viewer import Viewer
from .. import recompute, rules
from ..choices import DRAWN, DrawState, OfferState
from ..models import Draw, DrawParty, Offer
from .clock import moment
from .offers import MANAGE, PUBLISH, held, note

MOST_SOURCES = 6


def draw_of(actor: Viewer, offer_id: int, *states: str) -> tuple[Offer, Draw]:
    """An offer of the range and its draw, both locked, in one of the stages.

    :raises Refusal: GH-QTA-050 it is not drawn; 051 another stage.
    """
    offer = held(actor, offer_id, OfferState.PUBLISHED)
    draw: Draw | None = Draw.objects.select_for_update().filter(offer=offer).first()
    if offer.allocation not in DRAWN or draw is None:
        raise Refusal("GH-QTA-050", "这个项目不摇号", "offer")
    if draw.state not in states:
        raise Refusal("GH-QTA-051", f"现在是“{DrawState(draw.state).label}”，不能这样办", "offer")
    return offer, draw


def _party(actor: Viewer, party_id: int) -> DrawParty:
    row: DrawParty | None = DrawParty.objects.select_for_update().filter(pk=party_id).first()
    mine = row is not None and (
        actor.reaches(row.path) if row.account_id is None else row.account_id == actor.account_id
    )
    if row is None or not mine:
        raise Refusal("GH-QTA-052", "没有这个见证方，或它由别人担任", "party")
    return row


def _behind(token: str) -> DrawParty:
    """The witness of a link, locked; to be asked `widened`, the link is what authorises.

    :raises Refusal: GH-QTA-080 no such link.
    """
    rows = DrawParty.objects.select_for_update(of=("self",)).select_related("draw__offer")
    row: DrawParty | None = rows.filter(token_digest=rules.link_digest(token)).first() if token else None
    if row is None:
        raise Refusal("GH-QTA-080", "这个见证链接不能用了", "token", "可能换过新的，请向主办单位要新链接")
    return row


def _in_stage(party: DrawParty, state: DrawState, words: str, field: str) -> Draw:
    draw: Draw = Draw.objects.select_for_update().get(pk=party.draw_id)
    if draw.state != state or party.draw.offer.state != OfferState.PUBLISHED:
        raise Refusal("GH-QTA-051", words, field)
    return draw


# -- who witnesses ------------------------------------------------------------------------------------------------


def add_source(actor: Viewer, *, offer_id: int, title: str = "", outside: str = "") -> None:
    """Name another witness, or a public value where none was named, before the list is locked; everybody sees it.

    The way out for a draw that waits because a witness never came.
    :raises Refusal: GH-QTA-084 nothing to add, or too many.
    """
    require(actor, PUBLISH)
    title, outside = title.strip()[:80], outside.strip()[:200]
    with transaction.atomic():
        offer, draw = draw_of(actor, offer_id, DrawState.COLLECTING)
        if not title and not outside:
            raise Refusal("GH-QTA-084", "写明见证方，或公开数值从哪里看", "title")
        if outside and draw.outside:
            raise Refusal("GH-QTA-084", f"已经约定公开数值：{draw.outside}", "outside", "可以再请一位见证方")
        if title:
            rows = draw.parties.all()
            if rows.count() >= MOST_SOURCES or rows.filter(title=title).exists():
                raise Refusal("GH-QTA-084", f"见证方各用不同的名称，最多{MOST_SOURCES}个", "title")
            last = rows.aggregate(last=Max("order"))["last"]
            DrawParty.objects.create(path=offer.path, draw=draw, order=0 if last is None else last + 1, title=title)
        if outside:
            draw.outside = outside
            draw.save(update_fields=["outside"])
        note(actor, offer, "source_added", detail={"party": title, "outside": outside})


def make_link(actor: Viewer, *, party_id: int) -> str:
    """A link for a witness, in place of the one before: told to who asks for it, this once, to be handed over.

    :raises Refusal: GH-QTA-051 the draw is over.
    """
    require(actor, MANAGE)
    token = secrets.token_urlsafe(24)
    with transaction.atomic(), widened():
        party = _party(actor, party_id)
        if party.draw.state == DrawState.DRAWN or party.value:
            raise Refusal("GH-QTA-051", "已经揭示或摇号，不用再给链接", "party")
        party.token_digest = rules.link_digest(token)
        party.save(update_fields=["token_digest"])
        note(actor, party.draw.offer, "witness_link", detail={"party": party.title})
    return token


# -- commitments and secrets --------------------------------------------------------------------------------------


def commit(actor: Viewer, *, party_id: int, commitment: str) -> DrawParty:
    """Staff write down the SHA-256 that a witness without a link brings, before the list is locked, once.

    :raises Refusal: GH-QTA-053 not 64 hex digits, or committed already; 081 the witness has a link.
    """
    require(actor, MANAGE)
    text = commitment.strip().lower()
    with transaction.atomic(), widened():
        party = _party(actor, party_id)
        if party.token_digest:
            raise Refusal("GH-QTA-081", f"“{party.title}”有见证链接，由见证方自己提交", "commitment",
                          "链接丢了就生成新的交给见证方")  # fmt: skip
        if len(text) != 64 or any(one not in "0123456789abcdef" for one in text):
            raise Refusal("GH-QTA-053", "承诺值是64位十六进制数，交一次，不能再改", "commitment")
        _commit(actor, party, text)
    return party


def commit_by_link(actor: Viewer, *, token: str, secret: str) -> DrawParty:
    """A witness types a secret; what is kept is its SHA-256.

    :raises Refusal: GH-QTA-080 no such link; 081 whoever organises the draw; 082 easy to guess; 053 committed already.
    """
    fault = rules.secret_fault(secret)
    if fault:
        raise Refusal("GH-QTA-082", fault, "secret")
    with transaction.atomic(), widened():
        party = _behind(token)
        if actor.may(MANAGE) and actor.reaches(party.path):
            raise Refusal("GH-QTA-081", "这是见证方的链接，主办单位的工作人员不能代为提交", "secret",
                          "请见证方在自己的手机上打开")  # fmt: skip
        _commit(actor, party, recompute.commitment(secret), by_link=True)
    return party


def _commit(actor: Viewer, party: DrawParty, text: str, *, by_link: bool = False) -> None:
    if party.commitment:
        raise Refusal("GH-QTA-053", "承诺值已经交过，不能再改", "commitment")
    _in_stage(party, DrawState.COLLECTING, "名单已经锁定，不能再交承诺值", "commitment")
    party.commitment, party.committed_at, party.by_link = text, moment(), by_link
    party.save()
    note(actor, party.draw.offer, "committed", detail={"party": party.title, "commitment": text, "link": by_link})


def reveal(actor: Viewer, *, party_id: int, value: str) -> DrawParty:
    """A witness tells staff the secret after the list is locked.

    :raises Refusal: GH-QTA-054 it is not what was committed to.
    """
    require(actor, MANAGE)
    with transaction.atomic(), widened():
        party = _party(actor, party_id)
        _reveal(actor, party, value)
    return party


def reveal_by_link(actor: Viewer, *, token: str, value: str) -> DrawParty:
    """A witness shows the secret after the list is locked.

    :raises Refusal: GH-QTA-080 no such link; 054 it is not what was committed to.
    """
    with transaction.atomic(), widened():
        party = _behind(token)
        _reveal(actor, party, value)
    return party


def _reveal(actor: Viewer, party: DrawParty, value: str) -> None:
    _in_stage(party, DrawState.LISTED, "名单锁定以后、摇号以前才能揭示", "value")
    if not party.commitment or recompute.commitment(value) != party.commitment or "\n" in value or len(value) > 64:
        raise Refusal("GH-QTA-054", "揭示的内容与承诺值不符", "value", "一个字也不能差，包括空格")
    party.value, party.revealed_at = value, moment()
    party.save()
    note(actor, party.draw.offer, "revealed", detail={"party": party.title})


# -- the public value ---------------------------------------------------------------------------------------------


def outside_value(actor: Viewer, *, offer_id: int, value: str) -> Draw:
    """Write down the public value that was named in advance; another person reads it again before it counts.

    Until then it may be written down anew, and nobody is shown it: the second person looks at the source.
    :raises Refusal: GH-QTA-055 none was named, or it was read twice already.
    """
    require(actor, PUBLISH)
    with transaction.atomic():
        offer, draw = draw_of(actor, offer_id, DrawState.LISTED)
        said = rules.plain_value(value)
        if not draw.outside or draw.outside_checked_at or not said:
            raise Refusal("GH-QTA-055", "没有约定公开数值，或已经两人核对过", "value")
        before, draw.outside_value, draw.outside_by = draw.outside_value, said, actor.account_id
        draw.save()
        note(actor, offer, "outside_value", detail={"source": draw.outside, "value": said, "before": before})
    return draw


def check_outside(actor: Viewer, *, offer_id: int, value: str) -> Draw:
    """A second person reads the public value at its source and types it again; the same twice, and it counts.

    :raises Refusal: GH-QTA-055 nothing was written down yet; 083 the same person, or another value.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        offer, draw = draw_of(actor, offer_id, DrawState.LISTED)
        _check(actor, offer, draw, value)
    return draw


def check_outside_by_link(actor: Viewer, *, token: str, value: str) -> DrawParty:
    """A witness is the second person.

    :raises Refusal: as `check_outside`; GH-QTA-080 no such link.
    """
    with transaction.atomic(), widened():
        party = _behind(token)
        draw = _in_stage(party, DrawState.LISTED, "名单锁定以后、摇号以前才能核对", "value")
        _check(actor, party.draw.offer, draw, value, party.title)
    return party


def _check(actor: Viewer, offer: Offer, draw: Draw, value: str, witness: str = "") -> None:
    if not draw.outside_value or draw.outside_checked_at:
        raise Refusal("GH-QTA-055", "公开数值还没有登记，或已经两人核对过", "value")
    if actor.account_id is not None and actor.account_id == draw.outside_by:
        raise Refusal("GH-QTA-083", "登记和核对要由两个人办", "value", "请同事、上级工会或见证方对照来源再填一遍")
    if rules.plain_value(value) != draw.outside_value:
        raise Refusal("GH-QTA-083", "与先登记的数值不一样，没有算数", "value",
                      "对照公布的来源再看一遍；先登记的有误，请重新登记")  # fmt: skip
    draw.outside_checked_at = moment()
    draw.save(update_fields=["outside_checked_at"])
    detail: dict[str, Any] = {"source": draw.outside, "value": draw.outside_value, "party": witness}
    note(actor, offer, "outside_checked", detail=detail)


# -- whether there are enough -------------------------------------------------------------------------------------


def unsourced(draw: Draw) -> str:
    """Why the list cannot be locked yet: fewer sources of the seed than were promised; empty when there are enough."""
    rows = sorted(draw.parties.all(), key=lambda one: one.order)
    committed = sum(1 for one in rows if one.commitment)
    return rules.too_few_sources(committed, [one.title for one in rows if not one.commitment], bool(draw.outside))


def ready(draw: Draw, now: Any) -> str:
    """Why a locked draw cannot run yet, in Chinese; empty when it can."""
    parties = list(draw.parties.order_by("order"))
    if draw.outside and not draw.outside_value:
        return f"还没有登记公开数值（{draw.outside}）"
    if draw.outside and draw.outside_checked_at is None:
        return f"公开数值已由一人登记，还要另一人对照来源核对（{draw.outside}）"
    if any(p.commitment and not p.value for p in parties) and draw.reveal_by and now < draw.reveal_by:
        return "还有见证方没有揭示，期限未到"
    if not draw.outside_value and not any(p.value for p in parties):
        return "见证方都没有揭示，种子没有来源，摇号推迟；见证方揭示后再摇，或取消项目"
    return ""
