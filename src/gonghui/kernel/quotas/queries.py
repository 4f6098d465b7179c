"""Reads of offers: what is open for a member and why not, what staff see of counters, claims, draws and fairness."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Func, Q, QuerySet, Sum
from django.utils import timezone

from ..org.models import PublicOrganisation
from ..org.rules import ancestors
from ..org.rules.paths import WIDTH
from ..people.queries import own_membership
from ..refusal import Refusal
from ..rules import queries as rule_queries
from ..scope import widened
from ..viewer import Viewer
from . import audience, contract, recompute, registry, rules
from .choices import DRAWN, TAKING, ClaimState, DrawState, EntryState, HandoverState, OfferState, SessionState
from .models import (
    CheckIn,
    Claim,
    Counter,
    Draw,
    DrawParty,
    Entry,
    Handover,
    HouseholdMember,
    Limit,
    Offer,
    Session,
    last_lesson,
)
from .rules.fairness import Spread, spread


def why_not(viewer: Viewer, offer: Offer, now: datetime, *, even_early: bool = False) -> Refusal | None:
    """Why a member may not ask for a place now, with what can be done; None when nothing stands in the way.

    :param even_early: before the opening, too: a page gets its ticket ahead of the rush.
    """
    person_id = viewer.person_id
    if person_id is None:
        return Refusal("GH-QTA-040", "登录会员账号以后才能领取", "person")
    phase = rules.phase(offer.state, offer.opens_at, offer.closes_at, now)
    if phase == "coming" and not even_early:
        return Refusal("GH-QTA-041", f"{timezone.localtime(offer.opens_at):%m月%d日%H:%M}开始", "offer")
    if phase not in ("open", "coming"):
        return Refusal("GH-QTA-042", "报名已经截止" if phase == "closed" else "这个项目现在不能领取", "offer")
    return not_for(person_id, offer, now)


def not_for(person_id: int, offer: Offer, now: datetime, *, freed: Claim | None = None) -> Refusal | None:
    """Why a place of an offer is not for a person, whenever it is given.

    :param freed: a claim that would end by it: a limit of a household counts it no longer.
    """
    if not audience.holds(offer.audience, person_id, timezone.localdate(), offer.path):
        words = audience.in_words(offer.audience)
        return Refusal("GH-QTA-043", f"这个项目面向：{host(offer)}会员，{words}", "offer",
                       "会籍或资料有误，可以在“我的”里申请更正")  # fmt: skip
    if offer.limit_id and (limit := offer.limit) and _used_up(limit, person_id, freed):
        return Refusal("GH-QTA-044", limit_words(limit), "offer")
    if offer.each > 1 and Claim.objects.filter(offer=offer, person_id=person_id, ended=0).count() >= offer.each:
        return Refusal("GH-QTA-047", contract.OUTCOMES[contract.ENOUGH], "offer")
    if former := served_before(offer, person_id, now):
        return too_soon(offer, former)
    if refusal := registry.barrier_of(offer, person_id, now):
        return refusal
    until = barred(person_id, offer.path, now)
    if until and until > timezone.localtime(now).date():
        return Refusal("GH-QTA-045", f"一年内有几次领了没有来，{until:%m月%d日}以后可以再领", "offer",
                       "有特殊情况，请联系主办单位")  # fmt: skip
    return None


def limit_words(limit: Limit) -> str:
    """That a limit is used up, to whom it counts."""
    each, whose = ("人", "您") if limit.per == "person" else ("户", "您家")
    return f"“{limit.title}”每{each}{limit.most}次，{whose}已经用完"


def host(offer: Offer) -> str:
    """The name of who offers it: public, also for a member who has no range."""
    row = PublicOrganisation.objects.filter(pk=offer.organisation_id).first()
    return row.name if row else ""


def served_before(offer: Offer, person_id: int, now: datetime) -> Claim | None:
    """The claim of the same kind that bars a person from this offer for a while (疗休养 once in N years)."""
    if not offer.again_after_months:
        return None
    with widened():
        rows = Claim.objects.filter(pk=Func(person_id, offer.pk, now, function="quota_again"))
        found: Claim | None = rows.select_related("offer", "session").first()
    return found


def too_soon(offer: Offer, former: Claim) -> Refusal:
    """When the last one was, and from which day on it is possible again."""
    last = timezone.localtime(former.session.starts_at or former.made_at).date()
    again = rules.months_later(last, offer.again_after_months)
    return Refusal(
        "GH-QTA-046",
        f"同类项目{offer.again_after_months}个月内只能参加一次：上一次是{last:%Y年%-m月%-d日}“{former.offer.title}”，"
        f"{again:%Y年%-m月%-d日}起可以再参加",
        "offer",
    )


def _used_up(limit: Limit, person_id: int, freed: Claim | None) -> bool:
    holder = person_id
    if limit.per == "household":
        tie = HouseholdMember.objects.filter(person_id=person_id).first()
        holder = -int(tie.household_id) if tie else person_id
    with widened():
        rows = Claim.objects.filter(limit=limit, holder=holder, ended=0)
        return (rows.exclude(pk=freed.pk) if freed else rows).count() >= limit.most


def barred(person_id: int, path: str, now: datetime) -> date | None:
    """Until when a person waits after no-shows (冷却期), by the rule of the offering place."""
    found = rule_queries.values(["quotas.no_show_most", "quotas.cooldown_days"], path, timezone.localdate())
    most, days = found["quotas.no_show_most"].value, found["quotas.cooldown_days"].value
    with widened():
        missed = Claim.objects.filter(
            person_id=person_id, state=ClaimState.NO_SHOW, made_at__gte=now - timedelta(days=365)
        )
        last = last_lesson(F("session__ends_at"), "session__")
        dates = [timezone.localtime(when).date() for when in missed.values_list(last, flat=True) if when]
    return rules.barred_until(dates, most, days)


# -- the member ---------------------------------------------------------------------------------------------------


def for_member(viewer: Viewer, now: datetime) -> list[Offer]:
    """Published offers that are for this member, open or coming, the soonest first."""
    stay = own_membership(viewer)
    if stay is None:
        return []
    above = [*ancestors(stay.path), stay.path]
    rows = Offer.objects.filter(state=OfferState.PUBLISHED, path__in=above, closes_at__gt=now).select_related("limit")
    found = list(rows.order_by("opens_at", "pk"))
    with widened():
        fits = audience.held(found, stay.pk, timezone.localdate())
    return [row for row in found if row.pk in fits]


def my_claims(viewer: Viewer) -> QuerySet[Claim]:
    """The viewer's own claims, the newest first."""
    return Claim.objects.filter(person_id=viewer.person_id or 0).select_related("offer", "session").order_by("-pk")


def my_entries(viewer: Viewer) -> QuerySet[Entry]:
    return Entry.objects.filter(person_id=viewer.person_id or 0).select_related("offer__draw").order_by("-pk")


def handovers(viewer: Viewer, claim: Claim) -> list[Handover]:
    """What a holder did to hand a place on, the latest first; who was named is not read."""
    rows = Handover.objects.filter(giver_id=viewer.person_id or 0, claim=claim).defer("receiver")
    return list(rows.order_by("-pk"))


def offered_to(viewer: Viewer) -> QuerySet[Handover]:
    """Places that somebody wants to hand on to the viewer, still to be answered."""
    rows = Handover.objects.filter(receiver_id=viewer.person_id or 0, state=HandoverState.ASKED)
    rows = rows.filter(offer__state__in=[OfferState.PUBLISHED, OfferState.ALLOCATED])
    return rows.select_related("offer").order_by("-pk")


def handed_session(viewer: Viewer, row: Handover) -> Session:
    """The session of a place that is offered to the viewer; whose place it is is not read."""
    with widened():
        session: Session = Session.objects.get(claims__pk=row.claim_id)
    return session


def entry_state(entry: Entry) -> EntryState:
    """What became of an entry: who was not served when the draw is over has lost, without a row being rewritten."""
    draw = getattr(entry.offer, "draw", None)
    if entry.state == EntryState.ENTERED and draw is not None and draw.state == DrawState.DRAWN:
        return EntryState.LOST
    return EntryState(entry.state)


def why_drawn_so(entry: Entry) -> dict[str, Any]:
    """For the page that shows a member why: own number against the last one served of each share they could use."""
    draw: Draw = entry.offer.draw
    own = recompute.number_of(bytes.fromhex(draw.seed), entry.tag, entry.tickets).hex() if draw.seed else ""
    sessions = {one["key"]: one for one in draw.rule.get("sessions", [])}
    if not all(" " in key for key in draw.cutoffs):  # drawn before each share had a number of its own
        sessions = {key: one for key, one in sessions.items() if len(one["shares"]) == 1}
    wished = [
        _against(own, sessions[key], share, draw)
        for key in map(str, entry.choices) if key in sessions
        for share in sessions[key]["shares"] if share["key"] in (*entry.shares, recompute.GENERAL) and share["capacity"]
    ]  # fmt: skip
    titles = {one["key"]: one["title"] for one in draw.rule.get("weights", [])}
    reasons = [titles.get(one) or rules.FACTS.get(one, one) for one in entry.reasons]
    return {
        "number": own, "wished": wished, "tickets": entry.tickets, "reasons": reasons, "passed": entry.passed_why,
    }  # fmt: skip


def _against(own: str, session: dict[str, Any], share: dict[str, Any], draw: Draw) -> dict[str, Any]:
    last = draw.cutoffs.get(f"{session['key']} {share['key']}") or draw.cutoffs.get(session["key"], "")
    title = f"{session['title']}（{share['title'] or '不限'}）" if len(session["shares"]) > 1 else session["title"]
    return {"title": title, "last": last, "reached": bool(last) and own <= last}


# -- the desk -----------------------------------------------------------------------------------------------------


def offers(viewer: Viewer) -> QuerySet[Offer]:
    """Offers of the range, drafts included."""
    return Offer.objects.visible(viewer).select_related("organisation")


def offer(viewer: Viewer, pk: int) -> Offer | None:
    return offers(viewer).select_related("limit", "draw").filter(pk=pk).first()


def sessions(offer: Offer) -> QuerySet[Session]:
    """Sessions with their places: `capacity` and `taken` are sums over shares."""
    rows: QuerySet[Session] = Session.objects.filter(offer=offer).annotate(
        capacity=Sum("counters__capacity"), taken=Sum("counters__taken")
    )
    rows = rows.prefetch_related("counters").order_by("order", "pk")
    return rows


def claims(viewer: Viewer, offer: Offer) -> QuerySet[Claim]:
    """Who has or had a place of an offer of the range."""
    return Claim.objects.visible(viewer).filter(offer=offer).select_related("person", "session")


def entries(viewer: Viewer, offer: Offer) -> QuerySet[Entry]:
    """Who applied; tickets and their reasons are for the member alone and are not read here."""
    return (
        Entry.objects.visible(viewer).filter(offer=offer).defer("tickets", "reasons", "salt").select_related("person")
    )


def check_ins(viewer: Viewer, session: Session) -> QuerySet[CheckIn]:
    return CheckIn.objects.visible(viewer).filter(session=session).select_related("person", "claim").order_by("-at")


def funnel(offer: Offer) -> dict[str, int]:
    """From those it was for to those who came: each number is a count of records."""
    with widened():
        reach = audience.count(offer.audience, timezone.localdate(), offer.path)
        got = Claim.objects.filter(offer=offer).aggregate(
            had=Count("person_id", distinct=True, filter=Q(state__in=TAKING)),
            used=Count("person_id", distinct=True, filter=Q(used__gt=0)),
            missed=Count("pk", filter=Q(state=ClaimState.NO_SHOW)),
            gave_back=Count("pk", filter=Q(state__in=[ClaimState.CANCELLED, ClaimState.EXPIRED])),
        )
        applied = Entry.objects.filter(offer=offer).exclude(state=EntryState.WITHDRAWN).values("person_id")
        asked = applied.union(Claim.objects.filter(offer=offer).values("person_id")).count()
    return {"reach": reach, "asked": asked, **got}


_MEMBERS = """
WITH served AS (
  SELECT c.person_id, count(*)::int AS times FROM offer_claim c
   WHERE c.ended = 0 AND c.state IN ('held', 'used') AND c.made_at >= %(since)s AND c.made_at < %(until)s GROUP BY 1
), member AS (
  SELECT m.id, coalesce(s.times, 0) AS times, left(m.path, %(width)s) AS place, left(o.industry, 1) AS industry,
         coalesce(nullif(m.new_form, ''), m.worker_kind) AS work,
         CASE WHEN p.birth IS NOT NULL
              THEN least(greatest(date_part('year', age(%(until)s::date - 1, p.birth))::int / 10, 2), 6) END AS age
    FROM membership m JOIN person p ON p.id = m.person_id JOIN organisation o ON o.id = m.organisation_id
    LEFT JOIN served s ON s.person_id = m.person_id
   WHERE m.valid_to IS NULL AND m.status = 'active' AND m.path >= %(lo)s AND m.path < %(hi)s
)
"""
_FAIRNESS = (
    _MEMBERS
    + """
SELECT grouping(place, age, work, industry), place, age, work, industry, times, count(*)
  FROM member GROUP BY GROUPING SETS ((times), (place, times), (age, times), (work, times), (industry, times))
"""
)
_NEVER = (
    _MEMBERS
    + """
SELECT id FROM member WHERE times = 0 AND {column} IS NOT DISTINCT FROM %(key)s ORDER BY place, id
"""
)
_GROUPED = {15: "all", 7: "place", 11: "age", 13: "work", 14: "industry"}
"""What `grouping` says → by what the row is grouped."""


def _period(viewer: Viewer, since: date, until: date) -> dict[str, Any]:
    return {"lo": viewer.lo, "hi": viewer.hi, "since": since, "until": until, "width": len(viewer.lo) + WIDTH}


def fairness(viewer: Viewer, since: date, until: date) -> dict[str, dict[Any, Spread]]:
    """Over a period: how the services fell on the members of a range, wherever they were given.

    :return: by `all` (one group, under None), `place` (path directly below the range), `age` (tens of years, 2 for all
        under thirty, 6 for sixty and more, None unknown), `work` (new-form occupation, else kind of work) and
        `industry` (letter of the national list) → the groups with their members.
    """
    with widened(), connection.cursor() as cursor:
        cursor.execute(_FAIRNESS, _period(viewer, since, until))
        rows = cursor.fetchall()
    found: dict[str, dict[Any, dict[int, int]]] = {name: {} for name in _GROUPED.values()}
    found["all"][None] = {}
    for grouped, *keys, times, count in rows:
        key = next((one for one in keys if one is not None), None)
        found[_GROUPED[grouped]].setdefault(key, {})[times] = count
    return {name: {key: spread(times) for key, times in groups.items()} for name, groups in found.items()}


def never_served(viewer: Viewer, since: date, until: date, by: str = "all", key: Any = None) -> list[int]:
    """Numbers of the memberships behind what `fairness` counts as never served, of all or of one of its groups.

    :param by: all, place, age, work or industry; `key` as `fairness` has it.
    """
    if by not in _GROUPED.values():
        raise ValueError(by)
    column = "%(key)s" if by == "all" else by
    with widened(), connection.cursor() as cursor:
        cursor.execute(_NEVER.format(column=column), _period(viewer, since, until) | {"key": key})
        return [row[0] for row in cursor.fetchall()]


def places_left(offer: Offer) -> int:
    found = Counter.objects.filter(offer=offer, session__state=SessionState.PLANNED)
    sums = found.aggregate(capacity=Sum("capacity"), taken=Sum("taken"))
    return int((sums["capacity"] or 0) - (sums["taken"] or 0))


def witness(token: str) -> DrawParty | None:
    """The witness of a link with the draw; who has the link was given it for this."""
    if not token:
        return None
    with widened():
        rows = DrawParty.objects.select_related("draw__offer").filter(token_digest=rules.link_digest(token))
        found: DrawParty | None = rows.first()
    return found


def draw_of(number: str) -> Draw | None:
    """The draw of a published offer, by the offer's number: the public page."""
    rows = Draw.objects.select_related("offer").prefetch_related("parties")
    return rows.filter(offer__number=number, offer__allocation__in=DRAWN).exclude(offer__state=OfferState.DRAFT).first()
