"""A rest cure's group on its way: leader, insurance, departure, return; and the companions whom members name.

Whoever changes a group holds its session's row, so that nobody joins between the look at the list and the departure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.people.models import Person
from gonghui.kernel.people.rules import check_id, check_name, check_phone, mask_id, mask_phone
from gonghui.kernel.people.services import reveal
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.quotas.models import Claim, Session
from gonghui.kernel.quotas.services.check_ins import EARLIEST
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.scope import acting, widened
from gonghui.kernel.sealing import lookup_hash, seal, unseal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM, Viewer

from .. import queries
from ..choices import RECUPERATION, Relation
from ..models import Departure, Traveller
from ..queries.groups import COMPANION, LEADER_PHONE, Line

MANAGE, CHECK_IN = "benefit.manage", "benefit.checkin"
REASON_LEAST = 6


def _gone() -> Refusal:
    return Refusal("GH-BEN-082", "这一团已经出发，不能再改", "session")


def _note(actor: Viewer, session: Session, verb: str, *, reason: str = "", **detail: Any) -> None:
    record(
        actor, f"benefits.{verb}", path=session.path, object_type="offer_session", object_id=session.pk,
        object_name=f"{session.offer.title}·{session.title}", reason=reason, detail=detail,
    )  # fmt: skip


def _group(actor: Viewer, session_id: int) -> tuple[Session, Departure]:
    """A session of a rest cure in range, held, and its group.

    :raises Refusal: GH-BEN-080 not there; 081 not a rest cure.
    """
    rows = Session.objects.visible(actor).select_for_update(of=("self",)).select_related("offer")
    session: Session | None = rows.filter(pk=session_id).first()
    if session is None:
        raise Refusal("GH-BEN-080", "没有这一期，或它不在当前岗位的范围内", "session")
    if session.offer.kind not in RECUPERATION or session.state != "planned":
        raise Refusal("GH-BEN-081", "只有没有取消的疗休养才有团", "session")
    row, _ = Departure.objects.get_or_create(session=session, defaults={"path": session.path})
    return session, row


def lead(actor: Viewer, *, session_id: int, leader: str, phone: str, meeting: str) -> Departure:
    """Who leads the group, and when and where it meets.

    :param phone: empty keeps the number that is there.
    :raises Refusal: as `_group`; 082 on its way already; GH-PER-3xx no phone number.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        session, row = _group(actor, session_id)
        if row.departed_at:
            raise _gone()
        row.leader, row.meeting = leader.strip()[:40], meeting.strip()[:120]
        if phone.strip():
            number = check_phone(phone)
            row.leader_phone_sealed, row.leader_phone_mask = seal(number, LEADER_PHONE), mask_phone(number)
        row.save()
        _note(actor, session, "group_led")
    return row


def insure(actor: Viewer, *, session_id: int, policy_no: str) -> int:
    """The policy of the group: everybody who stands on its list now is insured by it; how many that are.

    :raises Refusal: as `_group`; GH-BEN-083 no number.
    """
    require(actor, MANAGE)
    if len(policy_no.strip()) < 4:
        raise Refusal("GH-BEN-083", "写保险单号", "policy_no", "在保险单的右上角")
    with transaction.atomic():
        session, row = _group(actor, session_id)
        if row.departed_at:
            raise _gone()
        row.policy_no = policy_no.strip()[:60]
        row.save(update_fields=["policy_no"])
        now, count = quotas.moment(), 0
        for claim in queries.groups.claims(session):
            companions = [one for one in claim.travellers.all() if one.companion]
            Traveller.objects.update_or_create(
                claim=claim, companion=False,
                defaults={
                    "path": claim.path, "offer_id": claim.offer_id, "session_id": session.pk,
                    "person_id": claim.person_id, "insured_at": now,
                },
            )  # fmt: skip
            Traveller.objects.filter(pk__in=[one.pk for one in companions]).update(insured_at=now)
            count += 1 + len(companions)
        _note(actor, session, "group_insured", people=count)
    return count


def depart(actor: Viewer, *, session_id: int) -> Departure:
    """The group sets off: with its policy, its leader and everybody insured.

    :raises Refusal: as `_group`; GH-BEN-084 with everything that is missing; 085 not its day yet.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        session, row = _group(actor, session_id)
        if row.departed_at:
            return row
        rows = queries.groups.lines(actor, session)
        missing = _missing(row, rows)
        if missing:
            raise Refusal("GH-BEN-084", f"还不能出团：{'；'.join(missing)}", "session")
        now = quotas.moment()
        if session.starts_at and now < session.starts_at - EARLIEST:
            raise Refusal("GH-BEN-085", "还没有到出团的时间", "session", "开始前3小时起可以登记出团")
        row.departed_at = now
        row.save(update_fields=["departed_at"])
        _note(actor, session, "group_departed", people=len(rows))
    return row


def _missing(row: Departure, rows: list[Line]) -> list[str]:
    found = []
    if not rows:
        found.append("名单上还没有人")
    if not row.leader or not row.leader_phone_sealed:
        found.append("没有写领队和电话")
    if not row.policy_no:
        found.append("没有写保险单号")
    bare = queries.groups.not_insured(rows)
    if bare:
        found.append(f"还有{len(bare)}人没有投保：{'、'.join(one.name for one in bare[:5])}")
    return found


def come_back(actor: Viewer, *, session_id: int, claims: Collection[int]) -> int:
    """The group is back: those ticked on its list were there and may rate it; how many were ticked now.

    :raises Refusal: as `_group`; GH-BEN-086 not on its way.
    """
    require(actor, CHECK_IN)
    with transaction.atomic():
        session, row = _group(actor, session_id)
        if row.departed_at is None:
            raise Refusal("GH-BEN-086", "这一团还没有出发", "session", "先登记出团")
        there = quotas.tick_off(actor, session_id=session.pk, claims=claims)
        row.returned_at = row.returned_at or quotas.moment()
        row.save(update_fields=["returned_at"])
        _note(actor, session, "group_returned", there=len(there))
    return len(there)


def take_out(actor: Viewer, *, session_id: int, reason: str, full: bool) -> tuple[Session, list[Line]]:
    """The list for a file, with why it was taken out on the trail; numbers in full only for the insurance.

    Each full number of a member counts as unmasked: it needs that permission, is told to the member and is capped.
    :raises Refusal: as `_group`; GH-BEN-087 without a reason; as `people.services.reveal`.
    """
    require(actor, MANAGE)
    if len(reason.strip()) < REASON_LEAST:
        raise Refusal("GH-BEN-087", f"导出理由至少写{REASON_LEAST}个字", "reason", "写明给谁、用在哪里")
    if full:
        require(actor, "member.reveal")
    with transaction.atomic():
        session, _ = _group(actor, session_id)
        rows = queries.groups.lines(actor, session)
        if full:
            cap = int(rule_queries.value("reveal.daily_cap", session.path, timezone.localdate()).value)
            rows = [replace(one, number=_number(actor, one, reason, cap)) for one in rows]
        _note(actor, session, "group_exported", reason=reason.strip()[:200], people=len(rows), full=full)
    return session, rows


def _number(actor: Viewer, line: Line, reason: str, cap: int) -> str:
    if line.traveller_id is not None:
        row = Traveller.objects.visible(actor).get(pk=line.traveller_id)
        return unseal(bytes(row.id_sealed or b""), COMPANION)
    person = Person.objects.visible(actor).filter(pk=line.member_id).first()
    return reveal(actor, person=person, field="id_number", reason=reason, cap=cap) if person else ""


# -- the member ---------------------------------------------------------------------------------------------------


def _travelling(viewer: Viewer, claim_id: int) -> Claim:
    """The viewer's own place of a rest cure that has not set off, its session held; to be asked widened.

    :raises Refusal: GH-BEN-088 not theirs, not held; 082 on its way.
    """
    rows = Claim.objects.filter(pk=claim_id, person_id=viewer.person_id or 0).select_related("offer", "session")
    claim: Claim | None = rows.first()
    if claim is None or claim.offer.kind not in RECUPERATION or claim.state != "held":
        raise Refusal("GH-BEN-088", "没有这个名额，或它不能带家属", "claim")
    session = Session.objects.select_for_update().get(pk=claim.session_id)
    left = Departure.objects.filter(session=session, departed_at__isnull=False).exists()
    if left or (session.starts_at and quotas.moment() >= session.starts_at):
        raise _gone()
    return claim


def name_companion(viewer: Viewer, *, claim_id: int, name: str, relation: str, paper: str, number: str) -> Traveller:
    """A member takes somebody along who pays everything themselves; the number is for the insurance alone.

    :raises Refusal: as `_travelling`; GH-BEN-089 no more than allowed; 090 named already; GH-PER-1xx the number.
    """
    checked_name, checked = check_name(name), check_id(paper, number)
    if relation not in Relation.values:
        raise Refusal("GH-BEN-088", "选家属和您的关系", "relation")
    with transaction.atomic(), widened():
        claim = _travelling(viewer, claim_id)
        trip = queries.trips.trip(claim.offer)
        most = trip.companions if trip else 0
        if Traveller.objects.filter(claim=claim, companion=True).count() >= most:
            words = f"每个名额最多带{most}名家属" if most else "这一期不能带家属"
            raise Refusal("GH-BEN-089", words, "companion_name")
        hashed = lookup_hash(f"id:{checked.kind}", checked.number)
        try:
            with transaction.atomic():
                row: Traveller = Traveller.objects.create(
                    path=claim.path, offer_id=claim.offer_id, session_id=claim.session_id, claim=claim,
                    person_id=claim.person_id, companion=True, companion_name=checked_name.name, relation=relation,
                    paper=checked.kind, id_hash=hashed, id_sealed=seal(checked.number, COMPANION),
                    id_mask=mask_id(checked.number),
                )  # fmt: skip
        except IntegrityError:
            raise Refusal("GH-BEN-090", "这名家属已经登记过", "number") from None
        _own_note(viewer, claim, "companion_named")
    return row


def drop_companion(viewer: Viewer, *, claim_id: int, traveller_id: int) -> None:
    """The companion stays at home; what was kept of them goes.

    :raises Refusal: as `_travelling`.
    """
    with transaction.atomic(), widened():
        claim = _travelling(viewer, claim_id)
        gone, _ = Traveller.objects.filter(pk=traveller_id, claim=claim, companion=True).delete()
        if gone:
            _own_note(viewer, claim, "companion_dropped")


def forget_companions(now: datetime) -> int:
    """What was kept of companions goes when their place came to nothing, or some weeks after the group came back.

    The platform's clock; how many were forgotten. The group's numbers stay on its trail.
    """
    count = 0
    with acting(SYSTEM):
        rows = Traveller.objects.filter(companion=True).select_related("claim", "session__departure")
        for row in rows.filter(Q(claim__ended__gt=0) | Q(session__departure__returned_at__lt=now)).order_by("pk"):
            days = rule_queries.value("recuperation.forget_days", row.path, timezone.localdate(now)).value
            back = getattr(row.session, "departure", None)
            over = back is not None and back.returned_at and back.returned_at + timedelta(days=days) <= now
            if row.claim.ended or over:
                row.delete()
                count += 1
    return count


def _own_note(viewer: Viewer, claim: Claim, verb: str) -> None:
    record(
        viewer, f"benefits.{verb}", path=claim.path, object_type="offer", object_id=claim.offer_id,
        object_name=claim.offer.title, subject_id=claim.person_id, detail={"number": claim.offer.number},
    )  # fmt: skip
