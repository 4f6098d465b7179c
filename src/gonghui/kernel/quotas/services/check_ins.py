"""Proving that a claim was used: at the door by a scanned code, by hand, or from an offline list handed in later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from ...access.rules import require
from ...refusal import Refusal
from ...rules import queries as rule_queries
from ...scope import widened
from ...trail.services import record, record_many
from ...viewer import Viewer
from .. import queries, rules
from ..choices import CheckInBy, ClaimState, DisputeState, Doubt, HandoverState
from ..models import CheckIn, Claim, Counter, DisputedScan, Handover, Session
from .claiming import free_slot, holder_of
from .clock import moment
from .offers import MANAGE, tell_gate

CHECK_IN = "benefit.checkin"
REDEEM = "benefit.redeem"
"""What a merchant's post may: its own offers, which the app names, and nothing else."""
EARLIEST = timedelta(hours=3)
"""Before the session begins; whoever comes earlier is sent to the right session by the message."""
USABLE = (ClaimState.HELD, ClaimState.NO_SHOW, ClaimState.USED)
"""As long as uses are left, however late it is: who was there is put down as having been there."""
LISTED = timedelta(hours=12)
"""How long a page of the door may scan without asking again."""
UNDO_WITHIN = timedelta(minutes=15)
"""How long a merchant may take a redemption back by itself."""
AHEAD = timedelta(seconds=60)
"""By how much the clock of a door's phone may go wrong."""
_PASS = "quotas.door"
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
    listed: str = ""
    """The door's pass (`door_pass`) of the page that scanned."""


def code_key() -> bytes:
    """The key of members' codes, derived from the installation's own."""
    return settings.SECRET_KEY.encode()


def door_pass(actor: Viewer, *, session_id: int | None = None, provider_id: int | None = None) -> str:
    """What the page of a door takes along: since when, by whom and for which door it may scan without a network."""
    return signing.dumps(
        [actor.account_id, session_id or 0, provider_id or 0, int(moment().timestamp())], salt=_PASS, compress=True
    )


def _claim_of(text: str, when: datetime, *, offline: bool = False) -> Claim:
    """The claim of a scanned code, locked; of an offline list after its counter: the place may have to come back."""
    try:
        pk, code = rules.read_code(code_key(), text, when.timestamp())
    except rules.CodeRefused as refused:
        raise Refusal("GH-QTA-060", _WHY[refused.why], "code") from None
    if offline:
        Counter.objects.select_for_update(of=("self",)).filter(claims__pk=pk, claims__code=code).first()
    return _locked(pk=pk, code=code)


def _locked(**one: Any) -> Claim:
    found = Claim.objects.select_for_update(of=("self",)).select_related("offer__limit", "session", "person")
    claim: Claim | None = found.filter(**one).first()
    if claim is None:
        raise Refusal("GH-QTA-061", "没有这张票券", "code")
    return claim


def _reached(actor: Viewer, claim: Claim, provider_id: int | None, offers: Collection[int] | None) -> None:
    if not (actor.reaches(claim.path) if provider_id is None else claim.offer_id in (offers or ())):
        raise Refusal("GH-QTA-062", "这张票券不是本单位的项目", "code")


def _known(key: UUID) -> CheckIn | None:
    found: CheckIn | None = CheckIn.objects.filter(key=key).select_related("claim__person", "claim__offer").first()
    return found


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
) -> CheckIn:
    """Take note that a claim was used, wholly or in part. The same key again changes nothing.

    :param text: what was scanned; or `claim_id` when staff tick somebody off a list.
    :param session_id: the door that scans; a ticket of another session is refused with the name of its own.
    :param provider_id: a merchant redeems, who has no range: `offers` are then the only ones it may.
    :raises Refusal: GH-QTA-060 to 066, each saying what is the matter.
    """
    require(actor, CHECK_IN if provider_id is None else REDEEM)
    now = moment()
    with transaction.atomic(), widened():
        if known := _known(key):
            return known
        claim = _claim_of(text, now) if text else _locked(pk=claim_id)
        _reached(actor, claim, provider_id, offers)
        _may_use(claim, session_id, part, now)
        by = CheckInBy.QR if text else CheckInBy.DESK
        return _used(actor, claim, by=by, part=part, at=now, key=key, provider_id=provider_id)


def _used(
    actor: Viewer, claim: Claim, *, by: CheckInBy, part: int, at: datetime, key: UUID, provider_id: int | None,
    account_id: int | None = None,
) -> CheckIn:  # fmt: skip
    """Write down one use of a locked claim; one that has ended keeps its end."""
    row: CheckIn = CheckIn.objects.create(
        path=claim.path, claim=claim, offer_id=claim.offer_id, session_id=claim.session_id, person_id=claim.person_id,
        at=at, by=by, part=part, account_id=account_id or actor.account_id, provider_id=provider_id, key=key,
    )  # fmt: skip
    claim.used, claim.used_at = min(claim.used + part, claim.offer.uses), at
    if not claim.ended:
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


def _may_use(claim: Claim, session_id: int | None, part: int, when: datetime, *, ended: bool = False) -> None:
    """Say no unless a claim may be used at a door.

    :param ended: what it was used for came before its end; everything else must still be right.
    """
    if claim.state == ClaimState.USED and claim.used >= claim.offer.uses:
        raise Refusal(
            "GH-QTA-063", f"已经在{timezone.localtime(claim.used_at):%m月%d日}用过", "code", "同一张票券不能再用"
        )
    if claim.state == ClaimState.OFFERED:
        raise Refusal("GH-QTA-064", "候补名额还没有确认", "code", "请会员在手机上先点“确认”")
    if claim.state not in USABLE and not ended:
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
    """Hand in what was scanned without a network: each scan by the time it was made, each once, none loses another.

    A scan that was before the claim's end brings the place back, unless somebody else has it by now. What cannot
    simply be counted is listed for staff (GH-QTA-068), who decide with `settle_dispute`.
    """
    require(actor, CHECK_IN if provider_id is None else REDEEM)
    done: list[tuple[Scan, CheckIn | Refusal]] = []
    for scan in sorted(scans, key=lambda one: one.at):
        try:
            with transaction.atomic(), widened():
                done.append((scan, _merged(actor, scan, session_id, provider_id, offers)))
        except Refusal as refusal:
            done.append((scan, refusal))
    return done


def _merged(
    actor: Viewer, scan: Scan, session_id: int | None, provider_id: int | None, offers: Collection[int] | None
) -> CheckIn | Refusal:
    now = moment()
    if known := _known(scan.key):
        return known
    if told := DisputedScan.objects.filter(key=scan.key).first():
        return _told(told)
    if scan.at > now + AHEAD:
        raise Refusal("GH-QTA-060", _WHY["ahead"], "code")
    claim = _claim_of(scan.text, scan.at, offline=True)
    _reached(actor, claim, provider_id, offers)
    ended = claim.state in (ClaimState.CANCELLED, ClaimState.CALLED_OFF)
    _may_use(claim, session_id, scan.part, scan.at, ended=ended)
    doubt = None
    if not _listed(scan, actor, session_id, provider_id):
        doubt = Doubt.UNLISTED
    elif scan.at < now - timedelta(hours=_offline_hours(claim.path)):
        doubt = Doubt.LATE
    elif ended and not (claim.ended_at and scan.at < claim.ended_at and _brought_back(actor, claim, scan.at)):
        doubt = Doubt.ENDED
    if doubt is None:
        return _used(
            actor, claim, by=CheckInBy.OFFLINE, part=scan.part, at=scan.at, key=scan.key, provider_id=provider_id
        )
    row = DisputedScan.objects.create(
        path=claim.path, claim=claim, offer_id=claim.offer_id, session_id=claim.session_id, person_id=claim.person_id,
        why=doubt, at=scan.at, handed_in_at=now, part=scan.part, account_id=actor.account_id, provider_id=provider_id,
        key=scan.key,
    )  # fmt: skip
    record(
        actor, "quotas.scan_disputed", path=claim.path, object_type="offer_claim", object_id=claim.pk,
        object_name=claim.offer.title, subject_id=claim.person_id, detail={"why": doubt.value},
    )  # fmt: skip
    return _told(row)


def _told(row: DisputedScan) -> Refusal:
    words = f"{Doubt(row.why).label}：{DisputeState(row.state).label}"
    if row.state == DisputeState.OPEN:
        return Refusal("GH-QTA-068", words, "code", "已经列给主办工会，核对以后算数或者写明原因")
    return Refusal("GH-QTA-068", words, "code", row.answer_why)


def _listed(scan: Scan, actor: Viewer, session_id: int | None, provider_id: int | None) -> bool:
    """Whether this account had this door's page open when it scanned, not too long before."""
    try:
        account, session, provider, since = signing.loads(scan.listed, salt=_PASS)
    except (signing.BadSignature, ValueError, TypeError):
        return False
    begin = datetime.fromtimestamp(since, UTC)
    same = (account, session, provider) == (actor.account_id, session_id or 0, provider_id or 0)
    return same and begin - AHEAD <= scan.at <= begin + LISTED


def _offline_hours(path: str) -> int:
    return int(rule_queries.value("quotas.offline_hours", path, timezone.localdate()).value)


def _brought_back(actor: Viewer, claim: Claim, at: datetime) -> bool:
    """Undo the end of a locked claim whose use came first; no when its place, or its share, went to somebody else."""
    counter = Counter.objects.select_for_update().get(pk=claim.counter_id)
    handed_on = Handover.objects.filter(claim=claim, state=HandoverState.ACCEPTED).exists()
    if handed_on or counter.taken >= counter.capacity or queries.served_before(claim.offer, claim.person_id, moment()):
        return False
    limit = claim.limit
    holder, slot = holder_of(limit, claim.person_id), None
    if limit is not None and (slot := free_slot(limit, holder)) is None:
        return False
    before = {"ended_at": claim.ended_at.isoformat() if claim.ended_at else "", "why": claim.ended_why}
    claim.state, claim.ended, claim.ended_at, claim.ended_why = ClaimState.HELD, 0, None, ""
    claim.holder, claim.slot = holder, slot
    try:
        with transaction.atomic():
            claim.save(update_fields=["state", "ended", "ended_at", "ended_why", "holder", "slot"])
    except IntegrityError:  # the member took another place of it meanwhile
        claim.refresh_from_db(fields=["state", "ended", "ended_at", "ended_why", "holder", "slot"])
        return False
    counter.taken += 1
    counter.save(update_fields=["taken"])
    tell_gate([counter.pk])
    record(
        actor, "quotas.brought_back", path=claim.path, object_type="offer_claim", object_id=claim.pk,
        object_name=claim.offer.title, subject_id=claim.person_id, detail={"scanned": at.isoformat(), **before},
    )  # fmt: skip
    return True


def settle_dispute(actor: Viewer, *, dispute_id: int, count: bool, reason: str) -> DisputedScan:
    """Staff count a disputed scan after all, or not, and say why; whoever scanned it hears the reason.

    A place that can come back does; where it cannot, the use stands on record beside the end, and a merchant is paid.
    :raises Refusal: GH-QTA-069 not there, decided already or without a reason.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        found: DisputedScan | None = DisputedScan.objects.visible(actor).filter(pk=dispute_id).first()
        if found is None or len(reason.strip()) < 2:
            raise Refusal("GH-QTA-069", "没有这条待核对的核销，或没有写核对意见", "reason")
        with widened():
            counter_id = Claim.objects.values_list("counter_id", flat=True).get(pk=found.claim_id)
            Counter.objects.select_for_update().get(pk=counter_id)
            claim = _locked(pk=found.claim_id)
            row: DisputedScan = DisputedScan.objects.select_for_update().get(pk=found.pk)
            if row.state != DisputeState.OPEN:
                raise Refusal("GH-QTA-069", f"这条核销{DisputeState(row.state).label}", "reason", "刷新页面看结果")
            row.state = DisputeState.COUNTED if count else DisputeState.REFUSED
            row.answered_by, row.answered_at, row.answer_why = actor.account_id, moment(), reason.strip()[:200]
            row.save(update_fields=["state", "answered_by", "answered_at", "answer_why"])
            if count:
                if claim.ended and claim.ended_at and row.at < claim.ended_at:
                    _brought_back(actor, claim, row.at)
                _used(
                    actor, claim, by=CheckInBy.OFFLINE, part=row.part, at=row.at, key=row.key,
                    provider_id=row.provider_id, account_id=row.account_id,
                )  # fmt: skip
            record(
                actor, "quotas.dispute_settled", path=row.path, object_type="offer_claim", object_id=row.claim_id,
                object_name=claim.offer.title, subject_id=row.person_id, reason=reason, detail={"counted": count},
            )  # fmt: skip
    return row


def undo_check_in(actor: Viewer, *, check_in_id: int, reason: str, provider_id: int | None = None) -> CheckIn:
    """Take back a mistaken check-in; it stays on record with the reason.

    :param provider_id: a merchant takes back one of its own, for a short while.
    :raises Refusal: GH-QTA-067 not there or without a reason; 078 too late for a merchant; 079 the place has ended.
    """
    require(actor, CHECK_IN if provider_id is None else REDEEM)
    with transaction.atomic(), widened():
        rows = (
            CheckIn.objects.visible(actor) if provider_id is None else CheckIn.objects.filter(provider_id=provider_id)
        )
        found = rows.filter(pk=check_in_id).first()
        if found is None or len(reason.strip()) < 2:
            raise Refusal("GH-QTA-067", "没有这次签到，或没有写撤销原因", "reason")
        claim = _locked(pk=found.claim_id)
        row: CheckIn = CheckIn.objects.select_for_update().get(pk=found.pk)
        if row.undone_at:
            raise Refusal("GH-QTA-067", "这次签到已经撤销", "reason", "刷新页面看最新记录")
        if provider_id is not None and moment() > row.made_at + UNDO_WITHIN:
            minutes = int(UNDO_WITHIN.total_seconds() // 60)
            raise Refusal("GH-QTA-078", f"核销超过{minutes}分钟，不能自己撤销", "reason", "请联系签约的工会核对撤销")
        if claim.ended:
            raise Refusal(
                "GH-QTA-079", f"这张票券{ClaimState(claim.state).label}，签到留作记录，不能撤销", "check_in",
                "登记错了人，给来的人另外代办一个名额",
            )  # fmt: skip
        row.undone_at, row.undone_why = moment(), reason.strip()[:200]
        row.save(update_fields=["undone_at", "undone_why"])
        used = CheckIn.objects.filter(claim=claim, undone_at__isnull=True).aggregate(sum=Sum("part"))["sum"] or 0
        claim.used, claim.used_at = min(used, claim.offer.uses), claim.used_at if used else None
        claim.state = _standing(claim)
        claim.save(update_fields=["used", "used_at", "state"])
        record(
            actor, "quotas.check_in_undone", path=row.path, object_type="offer_claim", object_id=claim.pk,
            subject_id=row.person_id, reason=reason,
        )  # fmt: skip
    return row
