"""What staff do with an offer: make it, give it sessions and places, publish it, call it off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from ...access.rules import require
from ...conditions import check as check_condition
from ...org.models import Organisation
from ...org.services import hold
from ...refusal import Refusal
from ...trail.services import record
from ...viewer import Viewer
from .. import audience, contract, registry, rules
from ..choices import DRAWN, MOST_EACH, Allocation, ClaimState, DrawState, EntryState, OfferState, Per, SessionState
from ..models import Claim, Counter, Draw, DrawParty, Limit, Offer, Session
from . import telling
from .clock import moment

PUBLISH = "benefit.publish"
MANAGE = "benefit.manage"
_CHANGEABLE = frozenset(
    {"kind", "title", "allocation", "opens_at", "closes_at", "audience", "limit", "again_after_months", "waits",
     "answer_hours", "cancel_until_hours", "transferable", "weights", "uses", "each", "procedure"}
)  # fmt: skip
MOST_PLACES = 5_000_000


@dataclass(frozen=True, slots=True)
class Share:
    """Places kept for some: a county, a trade. `key` is short and stays the same through the sessions."""

    key: str
    title: str
    capacity: int
    audience: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session as staff type it: places for everybody and, besides, reserved shares."""

    title: str
    capacity: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    teacher: str = ""
    shares: Sequence[Share] = ()
    lessons: int = 1
    """Once a week from the first on."""
    about: str = ""


def note(actor: Viewer, offer: Offer, verb: str, *, reason: str = "", detail: dict[str, Any] | None = None) -> None:
    """One record of the trail about an offer."""
    record(
        actor, f"quotas.{verb}", path=offer.path, object_type="offer", object_id=offer.pk, object_name=offer.title,
        reason=reason, detail={"number": offer.number, **(detail or {})},
    )  # fmt: skip


def tell_gate(counters: Iterable[int]) -> None:
    """Let every gate know, with the COMMIT, that what it remembers of these counters is old."""
    with connection.cursor() as cursor:
        for pk in counters:
            cursor.execute("SELECT pg_notify(%s, %s)", [contract.CHANNEL, str(pk)])


def held(actor: Viewer, offer_id: int, *states: str) -> Offer:
    """An offer of the actor's range, locked, in one of the states.

    :raises Refusal: GH-QTA-001 not there; 002 not in such a state.
    """
    row: Offer | None = Offer.objects.visible(actor).select_for_update().filter(pk=offer_id).first()
    if row is None:
        raise Refusal("GH-QTA-001", "没有这个项目，或它不在当前岗位的范围内", "offer")
    if states and row.state not in states:
        raise Refusal("GH-QTA-002", f"这个项目{OfferState(row.state).label}，不能这样办", "offer", "刷新页面看最新状态")
    return row


def keep_terms(offer_id: int, field: str, what: str, hint: str) -> None:
    """What was locked with the list of a draw stays until the places have fallen: it decides who gets them.

    :raises Refusal: GH-QTA-059 the list is locked and not drawn yet.
    """
    if Draw.objects.filter(offer=offer_id, state=DrawState.LISTED).exists():
        raise Refusal("GH-QTA-059", f"名单和名额已经锁定公布，摇号以前不能{what}", field, hint)


def make_limit(
    actor: Viewer, *, organisation: Organisation, title: str, per: str, most: int, valid_from: Any, valid_to: Any
) -> Limit:
    """A limit that several offers share.

    :raises Refusal: GH-QTA-003 wrong values.
    """
    require(actor, MANAGE)
    organisation = hold(organisation.pk)
    if not title.strip() or per not in Per.values or not 1 <= most <= 50 or valid_to < valid_from:
        raise Refusal("GH-QTA-003", "限领规则要有名称、1至50次和先后正确的起止日期", "limit")
    row: Limit = Limit.objects.create(
        path=organisation.path, organisation=organisation, title=title.strip()[:80], per=per, most=most,
        valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    record(
        actor, "quotas.limited", path=row.path, object_type="offer_limit", object_id=row.pk, object_name=row.title,
        detail={"most": most, "per": per},
    )  # fmt: skip
    return row


def create(actor: Viewer, *, organisation: Organisation, kind: str, title: str, **facts: Any) -> Offer:
    """A draft."""
    require(actor, MANAGE)
    with transaction.atomic(), connection.cursor() as cursor:
        organisation = hold(organisation.pk)
        cursor.execute("SELECT nextval(pg_get_serial_sequence('offer', 'id'))")
        pk = cursor.fetchone()[0]
        row: Offer = Offer(
            pk=pk, path=organisation.path, number=f"PH{timezone.localdate():%Y%m%d}{pk:06d}", organisation=organisation,
            made_by=actor.account_id,
        )  # fmt: skip
        _take_facts(row, {"kind": kind, "title": title, **facts})
        row.save(force_insert=True)
        Draw.objects.create(path=row.path, offer=row)
        note(actor, row, "drafted")
    return row


def _take_facts(row: Offer, facts: dict[str, Any]) -> list[str]:
    if unknown := facts.keys() - _CHANGEABLE:
        raise TypeError(f"no such facts of an offer: {sorted(unknown)}")
    if "audience" in facts:
        check_condition(facts["audience"], audience.FIELDS)
    if "weights" in facts:
        wrong = rules.check_weights(facts["weights"])
        if wrong:
            raise Refusal("GH-QTA-004", wrong[0][1], wrong[0][0])
        for rule in facts["weights"]:
            check_condition(rule.get("condition"), audience.FIELDS)
    several = facts.get("each", row.each)
    if not 1 <= several <= MOST_EACH:
        raise Refusal("GH-QTA-004", f"每人最多约几场要在1至{MOST_EACH}之间", "each")
    if several > 1 and (
        facts.get("allocation", row.allocation) != Allocation.FIRST_COME
        or facts.get("waits", row.waits)
        or facts.get("transferable", row.transferable)
    ):
        raise Refusal(
            "GH-QTA-004", "一人可约多场的项目只能先到先得，不设候补、不能转让", "each", "改成每人1场，或去掉这几项"
        )
    if "allocation" in facts and facts["allocation"] not in Allocation.values:
        raise Refusal("GH-QTA-004", "没有这种分配方式", "allocation")
    changed = [name for name, value in facts.items() if getattr(row, name) != value]
    for name, value in facts.items():
        setattr(row, name, value.strip()[:120] if name == "title" else value)
    return changed


def change(actor: Viewer, *, offer_id: int, version: int | None = None, **facts: Any) -> Offer:
    """Alter a draft; of a published offer only what takes nothing from anybody.

    :raises Refusal: GH-QTA-005 altered by somebody else meanwhile; 006 no longer changeable; 059 the list is locked.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, offer_id, OfferState.DRAFT, OfferState.PUBLISHED)
        if version is not None and version != row.version:
            raise Refusal("GH-QTA-005", "别人刚改过这个项目", "version", "刷新页面，看过新内容再改")
        if row.state == OfferState.PUBLISHED:
            fixed = facts.keys() - {"title", "closes_at", "waits", "answer_hours"}
            if fixed and any(getattr(row, name) != facts[name] for name in fixed):
                raise Refusal("GH-QTA-006", "发布后不能改分配方式、面向范围和开始时间", "offer", "取消后另建一个")
            facts = {name: value for name, value in facts.items() if name not in fixed}
            if "closes_at" in facts and _same_minute(facts["closes_at"], row.closes_at):
                del facts["closes_at"]  # forms know no seconds
            if "closes_at" in facts:
                keep_terms(row.pk, "closes_at", "改截止时间", "还要再收报名的，取消后另建一个项目")
                if facts["closes_at"] < max(moment(), row.closes_at or moment()):
                    raise Refusal("GH-QTA-006", "发布后截止时间只能延后", "closes_at")
            if facts.get("waits", row.waits) != row.waits:
                keep_terms(row.pk, "waits", "改候补人数", "按公布的候补人数摇号")
        changed = _take_facts(row, facts)
        row.version += 1
        row.save()
        note(actor, row, "changed", detail={"fields": sorted(changed)})
        tell_gate(row.counters.values_list("pk", flat=True))
    return row


def _same_minute(one: datetime, other: datetime | None) -> bool:
    return other is not None and one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


def set_sessions(actor: Viewer, *, offer_id: int, plans: Sequence[SessionPlan]) -> list[Session]:
    """Give a draft its sessions and places, in place of those it had.

    :raises Refusal: GH-QTA-007 a session that cannot be.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        offer = held(actor, offer_id, OfferState.DRAFT)
        for plan in plans:
            _check_plan(plan)
        offer.sessions.all().delete()
        venues = registry.numbers_of_venues(offer.path, {plan.place.strip() for plan in plans})
        made = []
        for order, plan in enumerate(plans):
            session: Session = Session.objects.create(
                path=offer.path, offer=offer, title=plan.title.strip()[:80], order=order, starts_at=plan.starts_at,
                ends_at=plan.ends_at, place=plan.place.strip()[:120], teacher=plan.teacher[:40], lessons=plan.lessons,
                about=plan.about[:300], venue=venues.get(plan.place.strip()),
            )  # fmt: skip
            Counter.objects.create(path=offer.path, offer=offer, session=session, capacity=plan.capacity)
            for share in plan.shares:
                Counter.objects.create(
                    path=offer.path, offer=offer, session=session, share=share.key, title=share.title,
                    capacity=share.capacity, audience=share.audience,
                )  # fmt: skip
            made.append(session)
        offer.version += 1
        offer.save(update_fields=["version"])
        note(actor, offer, "sessions_set", detail={"sessions": len(made)})
    return made


def _check_plan(plan: SessionPlan) -> None:
    places = [plan.capacity, *(share.capacity for share in plan.shares)]
    wrong = ""
    if not plan.title.strip():
        wrong = "有一个场次没有名称"
    elif any(isinstance(one, bool) or not 0 <= one <= MOST_PLACES for one in places):
        wrong = f"“{plan.title}”的名额要在0至{MOST_PLACES:,}之间"
    elif plan.ends_at and (not plan.starts_at or plan.ends_at <= plan.starts_at):
        wrong = f"“{plan.title}”的结束时间要晚于开始时间"
    elif len({share.key for share in plan.shares}) != len(plan.shares) or any(
        not share.key.isalnum() or len(share.key) > 20 for share in plan.shares
    ):
        wrong = f"“{plan.title}”的预留份额要有各不相同的短代号（字母和数字）"
    if wrong:
        raise Refusal("GH-QTA-007", wrong, "sessions")
    for share in plan.shares:
        check_condition(share.audience, audience.FIELDS)


def publish(
    actor: Viewer,
    *,
    offer_id: int,
    parties: Sequence[tuple[str, int | None]] = (),
    outside: str = "",
    outside_rule: str = "",
) -> Offer:
    """Let members see it. For a draw also say who witnesses it and which public value goes into the seed.

    :param parties: (title, account or None) of each witness, in their order.
    :param outside: where and when the public value can be read (a lottery number of a day after the list is locked).
    :raises Refusal: GH-QTA-008 with everything that is still missing.
    """
    require(actor, PUBLISH)
    with transaction.atomic():
        row = held(actor, offer_id, OfferState.DRAFT)
        sessions = [
            {"title": s.title, "starts_at": s.starts_at, "capacity": sum(c.capacity for c in s.counters.all())}
            for s in row.sessions.prefetch_related("counters")
        ]
        reach = audience.count(row.audience, timezone.localdate(), row.path)
        missing = rules.check_publishable(
            title=row.title, allocation=row.allocation, opens_at=row.opens_at, closes_at=row.closes_at, now=moment(),
            sessions=sessions, parties=len(parties), outside=outside, procedure=row.procedure, reach=reach,
        )  # fmt: skip
        if missing:
            raise Refusal("GH-QTA-008", "；".join(text for _, text in missing), missing[0][0])
        row.state, row.published_by, row.published_at = OfferState.PUBLISHED, actor.account_id, moment()
        row.version += 1
        row.save()
        if row.allocation in DRAWN:
            draw = row.draw
            draw.outside, draw.rule = outside.strip()[:200], _rule_of(row)
            draw.save()
            for order, (title, account_id) in enumerate(parties):
                DrawParty.objects.create(
                    path=row.path, draw=draw, order=order, title=title.strip()[:80], account_id=account_id
                )
        note(actor, row, "published", detail={"reach": reach, "allocation": row.allocation})
        tell_gate(row.counters.values_list("pk", flat=True))
    return row


def _rule_of(row: Offer) -> dict[str, Any]:
    """The rule of a draw as it is published: what adds tickets, and how places are given."""
    return {"weights": row.weights if row.allocation == Allocation.BALANCED else [], "waits": row.waits}


def set_capacity(actor: Viewer, *, counter_id: int, capacity: int) -> Counter:
    """More places, or fewer, but never fewer than were given. New places go to those who wait.

    :raises Refusal: GH-QTA-009 fewer than given; 059 the places of a locked list.
    """
    from .entering import promote

    require(actor, MANAGE)
    with transaction.atomic():
        row: Counter | None = Counter.objects.visible(actor).select_for_update().filter(pk=counter_id).first()
        if row is None:
            raise Refusal("GH-QTA-001", "没有这个场次，或它不在当前岗位的范围内", "counter")
        keep_terms(row.offer_id, "capacity", "改名额", "摇号以后再加名额，按候补次序给")
        if not row.taken <= capacity <= MOST_PLACES:
            raise Refusal("GH-QTA-009", f"已经分出{row.taken}个名额，不能再少", "capacity")
        before, row.capacity = row.capacity, capacity
        row.freed += 1
        row.save(update_fields=["capacity", "freed"])
        note(actor, row.offer, "capacity_set", detail={"counter": row.pk, "before": before, "after": capacity})
        promote(row)
        tell_gate([row.pk])
    return row


def _locked(counters: Any) -> list[Counter]:
    return list(counters.select_for_update(of=("self",)).select_related("session").order_by("pk"))


def _end_ahead(counters: Sequence[Counter], why: str) -> int:
    """End what is still to come at locked counters, whose limits are free again; who came, or did not, stays so."""
    now, count = moment(), 0
    for counter in counters:
        if not counter.session.is_over(now):
            claims = Claim.objects.filter(counter=counter, state__in=[ClaimState.HELD, ClaimState.OFFERED])
            count += claims.update(state=ClaimState.CALLED_OFF, ended=F("id"), ended_at=now, ended_why=why[:200])
        counter.taken = Claim.objects.filter(counter=counter, ended=0).count()
        counter.freed += 1
        counter.save(update_fields=["taken", "freed"])
    return count


def call_off(actor: Viewer, *, offer_id: int, reason: str) -> Offer:
    """Cancel an offer. What is still to come ends with the reason, which members read; limits are free again.

    Whoever applied and was not drawn yet, or waits in line, is told as well.

    :raises Refusal: GH-QTA-010 without a reason.
    """
    require(actor, PUBLISH)
    if len(reason.strip()) < 4:
        raise Refusal("GH-QTA-010", "取消要写明原因", "reason", "已领到的会员会看到")
    with transaction.atomic():
        row = held(actor, offer_id, OfferState.DRAFT, OfferState.PUBLISHED, OfferState.ALLOCATED)
        counters = _locked(row.counters)
        ended = _end_ahead(counters, reason.strip())
        open_entries = (
            [EntryState.WAITING] if row.state == OfferState.ALLOCATED else [EntryState.ENTERED, EntryState.WAITING]
        )
        row.entries.filter(state__in=open_entries).update(state=EntryState.CALLED_OFF)
        row.state, row.called_off_why = OfferState.CANCELLED, reason.strip()[:200]
        row.version += 1
        row.save()
        note(actor, row, "called_off", reason=reason, detail={"claims": ended})
        telling.called_off_later(row.pk)
        tell_gate(one.pk for one in counters)
    return row


def call_off_session(actor: Viewer, *, session_id: int, reason: str) -> Session:
    """Cancel one session that is still to come; its claims end and their members may take another one.

    :raises Refusal: GH-QTA-010 without a reason; 011 it is over; 059 a session of a locked list.
    """
    require(actor, MANAGE)
    if len(reason.strip()) < 4:
        raise Refusal("GH-QTA-010", "取消要写明原因", "reason", "已领到的会员会看到")
    with transaction.atomic():
        row: Session | None = Session.objects.visible(actor).select_for_update().filter(pk=session_id).first()
        if row is None or row.state == SessionState.CANCELLED:
            raise Refusal("GH-QTA-001", "没有这个场次，或它已经取消", "session")
        if row.is_over(moment()):
            raise Refusal(
                "GH-QTA-011", f"“{row.title}”已经结束，不能取消", "session", "没有办成的，在名额里逐个收回，写明原因"
            )
        counters = _locked(row.counters)
        keep_terms(
            row.offer_id, "session", "取消一场", "摇号以后再取消这一场，分到的会员看得到原因；都办不成的，取消整个项目"
        )
        ended = _end_ahead(counters, reason.strip())
        row.state = SessionState.CANCELLED
        row.save(update_fields=["state"])
        note(actor, row.offer, "session_called_off", reason=reason, detail={"session": row.title, "claims": ended})
        telling.called_off_later(row.offer_id, row.pk)
        tell_gate(one.pk for one in counters)
    return row


def copy(actor: Viewer, *, offer_id: int, days: int = 365) -> Offer:
    """Last year's offer as this year's draft: everything but the witnesses, times moved by `days`."""
    require(actor, MANAGE)
    source = Offer.objects.visible(actor).filter(pk=offer_id).first()
    if source is None:
        raise Refusal("GH-QTA-001", "没有这个项目，或它不在当前岗位的范围内", "offer")
    later = timedelta(days=days)

    def moved(when: datetime | None) -> datetime | None:
        return when + later if when else None

    with transaction.atomic():
        facts = {name: getattr(source, name) for name in _CHANGEABLE - {"opens_at", "closes_at", "limit"}}
        row = create(
            actor, organisation=source.organisation, opens_at=moved(source.opens_at), closes_at=moved(source.closes_at),
            **facts,
        )  # fmt: skip
        Offer.objects.filter(pk=row.pk).update(copied_from=source)
        plans = []
        for session in source.sessions.prefetch_related("counters").order_by("order"):
            counters = list(session.counters.all())
            general = next(one.capacity for one in counters if not one.share)
            shares = [Share(one.share, one.title, one.capacity, one.audience) for one in counters if one.share]
            plans.append(
                SessionPlan(
                    title=session.title,
                    capacity=general,
                    starts_at=moved(session.starts_at),
                    ends_at=moved(session.ends_at),
                    place=session.place,
                    teacher=session.teacher,
                    shares=shares,
                    lessons=session.lessons,
                    about=session.about,
                )
            )
        set_sessions(actor, offer_id=row.pk, plans=plans)
    row.refresh_from_db()
    return row
