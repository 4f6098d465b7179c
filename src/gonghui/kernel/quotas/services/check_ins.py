"""Proving that a claim was used: at the door by a scanned code, by hand, or from an offline list handed in later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from ...access.rules import require
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record, record_many
from ...viewer import Viewer
from .. import rules
from ..choices import CheckInBy, ClaimState
from ..models import CheckIn, Claim, Session
from .clock import moment

CHECK_IN = "benefit.checkin"
REDEEM = "benefit.redeem"
"""What a merchant's post may: its own offers, which the app names, and nothing else."""
EARLIEST = timedelta(hours=3)
"""Before the session begins; whoever comes earlier is sent to the right session by the message."""
USABLE = (ClaimState.HELD, ClaimState.NO_SHOW, ClaimState.USED)
"""As long as uses are left, however late it is: who was there is put down as having been there."""
_WHY = {
    "form": "这不是本平台的会员码",
    "forged": "这个码不是本平台签发的",
    "stale": "这个码已经过期，请会员重新打开“我的票券”，不接受截图",
    "ahead": "这个码的时间不对，请核对设备时间",
}


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of an offline list: what was read, when, and the device's own key for it."""

    text: str
    at: datetime
    key: UUID
    part: int = 1


def code_key() -> bytes:
    """The key of members' codes, derived from the installation's own."""
    return settings.SECRET_KEY.encode()


def _claim_of(text: str, when: datetime) -> Claim:
    try:
        code = rules.read_code(code_key(), text, when.timestamp())
    except rules.CodeRefused as refused:
        raise Refusal("GH-QTA-060", _WHY[refused.why], "code") from None
    found = Claim.objects.select_for_update(of=("self",)).select_related("offer", "session", "person")
    claim: Claim | None = found.filter(code=code).first()
    if claim is None:
        raise Refusal("GH-QTA-061", "没有这张票券", "code")
    return claim


def check_in(
    actor: Viewer,
    *,
    key: UUID,
    text: str = "",
    claim_id: int | None = None,
    session_id: int | None = None,
    part: int = 1,
    provider_id: int | None = None,
    offers: Collection[int] | None = None,
    when: datetime | None = None,
    by: CheckInBy = CheckInBy.QR,
) -> CheckIn:
    """Take note that a claim was used, wholly or in part. The same key again changes nothing.

    :param text: what was scanned; or `claim_id` when staff tick somebody off a list.
    :param session_id: the door that scans; a ticket of another session is refused with the name of its own.
    :param provider_id: a merchant redeems, who has no range: `offers` are then the only ones it may.
    :raises Refusal: GH-QTA-060 to 066, each saying what is the matter.
    """
    require(actor, CHECK_IN if provider_id is None else REDEEM)
    now = moment()
    when = min(when, now) if when else now
    with transaction.atomic(), widened():
        known: CheckIn | None = CheckIn.objects.filter(key=key).select_related("claim__person", "claim__offer").first()
        if known:
            return known
        if text:
            claim = _claim_of(text, when)
        else:
            found = Claim.objects.select_for_update(of=("self",)).select_related("offer", "session", "person")
            row = found.filter(pk=claim_id).first()
            if row is None:
                raise Refusal("GH-QTA-061", "没有这张票券", "code")
            claim, by = row, CheckInBy.DESK if by == CheckInBy.QR else by
        if not (actor.reaches(claim.path) if provider_id is None else claim.offer_id in (offers or ())):
            raise Refusal("GH-QTA-062", "这张票券不是本单位的项目", "code")
        _may_use(claim, session_id, part, when)
        row = CheckIn.objects.create(
            path=claim.path, claim=claim, offer_id=claim.offer_id, session_id=claim.session_id,
            person_id=claim.person_id, at=when, by=by, part=part, account_id=actor.account_id, provider_id=provider_id,
            key=key,
        )  # fmt: skip
        claim.used, claim.used_at = claim.used + part, when
        claim.state = _standing(claim)
        claim.save(update_fields=["used", "used_at", "state"])
        record(
            actor, "quotas.checked_in", path=claim.path, object_type="offer_claim", object_id=claim.pk,
            object_name=claim.offer.title, subject_id=claim.person_id, detail={"by": by.value, "part": part},
        )  # fmt: skip
    return row


def _standing(claim: Claim) -> ClaimState:
    """What a claim that takes its place is by how often it was used; after its session nothing is left to use."""
    settled = claim.session.settled_at is not None
    if claim.used >= claim.offer.uses or (claim.used and settled):
        return ClaimState.USED
    return ClaimState.NO_SHOW if settled else ClaimState.HELD


def _may_use(claim: Claim, session_id: int | None, part: int, when: datetime) -> None:
    if claim.state == ClaimState.USED and claim.used >= claim.offer.uses:
        raise Refusal(
            "GH-QTA-063", f"已经在{timezone.localtime(claim.used_at):%m月%d日}用过", "code", "同一张票券不能再用"
        )
    if claim.state == ClaimState.OFFERED:
        raise Refusal("GH-QTA-064", "候补名额还没有确认", "code", "请会员在手机上先点“确认”")
    if claim.state not in USABLE:
        raise Refusal("GH-QTA-064", f"这张票券{ClaimState(claim.state).label}", "code")
    if session_id is not None and claim.session_id != session_id:
        raise Refusal("GH-QTA-065", f"这是“{claim.session.title}”的票券，不是这一场", "code")
    if claim.session.starts_at and when < claim.session.starts_at - EARLIEST:
        raise Refusal("GH-QTA-065", "这一场还没有到签到时间", "code", "开始前3小时起可以签到")
    left = claim.offer.uses - claim.used
    if not 1 <= part <= left:
        raise Refusal("GH-QTA-066", f"这张票券还可以用{left}次", "part")


def tick_off(actor: Viewer, *, session_id: int, claims: Collection[int], when: datetime | None = None) -> list[CheckIn]:
    """Tick several off one session's list at once, one use each; who was ticked off or left meanwhile is passed over.

    :raises Refusal: GH-QTA-001 no such session in range; 065 not its time yet.
    """
    require(actor, CHECK_IN)
    when = min(when, moment()) if when else moment()
    with transaction.atomic():
        session = Session.objects.visible(actor).select_related("offer").filter(pk=session_id).first()
        if session is None:
            raise Refusal("GH-QTA-001", "没有这个场次，或它不在当前岗位的范围内", "session")
        if session.starts_at and when < session.starts_at - EARLIEST:
            raise Refusal("GH-QTA-065", "这一场还没有到签到时间", "code", "开始前3小时起可以签到")
        usable = Claim.objects.select_for_update().filter(session=session, pk__in=claims, used__lt=session.offer.uses)
        rows = list(usable.filter(state__in=USABLE).order_by("pk"))
        made = CheckIn.objects.bulk_create(
            CheckIn(
                path=row.path, claim=row, offer_id=row.offer_id, session_id=row.session_id, person_id=row.person_id,
                at=when, by=CheckInBy.DESK, account_id=actor.account_id, key=uuid4(),
            )
            for row in rows
        )  # fmt: skip
        for row in rows:
            row.offer, row.session = session.offer, session
            row.used, row.used_at = row.used + 1, when
            row.state = _standing(row)
        Claim.objects.bulk_update(rows, ["used", "used_at", "state"])
        record_many(
            actor, "quotas.checked_in", object_type="offer_claim", detail={"by": CheckInBy.DESK.value, "part": 1},
            rows=[(row.path, row.pk, row.person_id) for row in rows],
        )  # fmt: skip
    return made


def merge_offline(
    actor: Viewer,
    *,
    session_id: int | None,
    scans: Sequence[Scan],
    provider_id: int | None = None,
    offers: Collection[int] | None = None,
) -> list[tuple[Scan, CheckIn | Refusal]]:
    """Hand in what was scanned without a network: each scan by the time it was made, each once, none loses another."""
    require(actor, CHECK_IN if provider_id is None else REDEEM)
    done: list[tuple[Scan, CheckIn | Refusal]] = []
    for scan in sorted(scans, key=lambda one: one.at):
        try:
            done.append((scan, check_in(
                actor, key=scan.key, text=scan.text, session_id=session_id, part=scan.part, when=scan.at,
                provider_id=provider_id, offers=offers, by=CheckInBy.OFFLINE,
            )))  # fmt: skip
        except Refusal as refusal:
            done.append((scan, refusal))
    return done


def undo_check_in(actor: Viewer, *, check_in_id: int, reason: str) -> CheckIn:
    """Take back a mistaken check-in; it stays on record with the reason.

    :raises Refusal: GH-QTA-067 not there or without a reason.
    """
    require(actor, CHECK_IN)
    with transaction.atomic():
        row: CheckIn | None = CheckIn.objects.visible(actor).filter(pk=check_in_id, undone_at__isnull=True).first()
        if row is None or len(reason.strip()) < 2:
            raise Refusal("GH-QTA-067", "没有这次签到，或没有写撤销原因", "reason")
        claim = Claim.objects.select_for_update(of=("self",)).select_related("offer", "session").get(pk=row.claim_id)
        row.undone_at, row.undone_why = moment(), reason.strip()[:200]
        row.save(update_fields=["undone_at", "undone_why"])
        used = CheckIn.objects.filter(claim=claim, undone_at__isnull=True).aggregate(sum=Sum("part"))["sum"] or 0
        claim.used, claim.used_at = used, claim.used_at if used else None
        claim.state = _standing(claim)
        claim.save(update_fields=["used", "used_at", "state"])
        record(
            actor, "quotas.check_in_undone", path=row.path, object_type="offer_claim", object_id=claim.pk,
            subject_id=row.person_id, reason=reason,
        )  # fmt: skip
    return row
