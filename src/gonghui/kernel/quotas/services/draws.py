"""A draw in its stages: witnesses commit, the list is locked and its digest shown, secrets are revealed, places fall.

The drawing itself is `recompute.py`, the file that anybody may run over what was published.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files as package_files
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.fields.json import JSONField
from django.utils import timezone

from ...access.rules import require
from ...files.services import place_of, store
from ...people.models import Membership
from ...refusal import Refusal
from ...rules import queries as rule_queries
from ...scope import widened
from ...viewer import SYSTEM, Viewer
from .. import audience, recompute, registry
from ..choices import DRAWN, TAKING, Allocation, DrawState, EntryState, OfferState
from ..models import Claim, Counter, Draw, DrawParty, Entry, Offer
from . import telling
from .claiming import hold_kind
from .clock import moment
from .entering import promote
from .offers import MANAGE, PUBLISH, held, note, tell_gate

_LINES = """
COPY (SELECT tag || ' ' || tickets || ' ' || coalesce(nullif(array_to_string(shares, ','), ''), '-') || ' ' ||
             array_to_string(choices, ',')
        FROM offer_entry WHERE offer_id = {offer} AND state = 'entered' ORDER BY tag COLLATE "C") TO STDOUT
"""


def _draw_of(actor: Viewer, offer_id: int, *states: str) -> tuple[Offer, Draw]:
    offer = held(actor, offer_id, OfferState.PUBLISHED)
    draw: Draw | None = Draw.objects.select_for_update().filter(offer=offer).first()
    if offer.allocation not in DRAWN or draw is None:
        raise Refusal("GH-QTA-050", "这个项目不摇号", "offer")
    if draw.state not in states:
        raise Refusal("GH-QTA-051", f"现在是“{DrawState(draw.state).label}”，不能这样办", "offer")
    return offer, draw


def _party(actor: Viewer, party_id: int) -> DrawParty:
    row: DrawParty | None = DrawParty.objects.select_for_update().filter(pk=party_id).first()
    if row is None or (row.account_id is not None and row.account_id != actor.account_id):
        raise Refusal("GH-QTA-052", "没有这个见证方，或它由别人担任", "party")
    return row


def commit(actor: Viewer, *, party_id: int, commitment: str) -> DrawParty:
    """A witness hands in the SHA-256 of a secret, before the list is locked, once.

    :raises Refusal: GH-QTA-053 not 64 hex digits, or committed already.
    """
    require(actor, MANAGE)
    text = commitment.strip().lower()
    with transaction.atomic(), widened():
        party = _party(actor, party_id)
        if len(text) != 64 or any(one not in "0123456789abcdef" for one in text) or party.commitment:
            raise Refusal("GH-QTA-053", "承诺值是64位十六进制数，交一次，不能再改", "commitment")
        if Draw.objects.select_for_update().get(pk=party.draw_id).state != DrawState.COLLECTING:
            raise Refusal("GH-QTA-051", "名单已经锁定，不能再交承诺值", "commitment")
        party.commitment, party.committed_at = text, moment()
        party.save()
        note(actor, party.draw.offer, "committed", detail={"party": party.title, "commitment": text})
    return party


def reveal(actor: Viewer, *, party_id: int, value: str) -> DrawParty:
    """A witness shows the secret after the list is locked.

    :raises Refusal: GH-QTA-054 it is not what was committed to.
    """
    require(actor, MANAGE)
    with transaction.atomic(), widened():
        party = _party(actor, party_id)
        if Draw.objects.select_for_update().get(pk=party.draw_id).state != DrawState.LISTED:
            raise Refusal("GH-QTA-051", "名单锁定以后、摇号以前才能揭示", "value")
        if not party.commitment or recompute.commitment(value) != party.commitment or "\n" in value or len(value) > 64:
            raise Refusal("GH-QTA-054", "揭示的内容与承诺值不符", "value", "一个字也不能差，包括空格")
        party.value, party.revealed_at = value, moment()
        party.save()
        note(actor, party.draw.offer, "revealed", detail={"party": party.title})
    return party


def outside_value(actor: Viewer, *, offer_id: int, value: str) -> Draw:
    """Write down the public value that was named in advance, once.

    :raises Refusal: GH-QTA-055 none was named, or it is written down already.
    """
    require(actor, PUBLISH)
    with transaction.atomic():
        offer, draw = _draw_of(actor, offer_id, DrawState.LISTED)
        if not draw.outside or draw.outside_value or not value.strip() or "\n" in value:
            raise Refusal("GH-QTA-055", "没有约定公开数值，或已经登记过", "value")
        draw.outside_value = value.strip()[:120]
        draw.save()
        note(actor, offer, "outside_value", detail={"source": draw.outside, "value": draw.outside_value})
    return draw


# -- the list -----------------------------------------------------------------------------------------------------


def lock_list(actor: Viewer, *, offer_id: int) -> Draw:
    """After closing: count tickets by the published rule, freeze the list, publish its digest.

    :raises Refusal: GH-QTA-056 still open.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        offer, draw = _draw_of(actor, offer_id, DrawState.COLLECTING)
        if offer.closes_at is None or moment() < offer.closes_at:
            raise Refusal("GH-QTA-056", "报名还没有截止", "offer")
        with widened():
            _give_shares(offer)
            if offer.allocation == Allocation.BALANCED:
                _give_tickets(offer)
            file, digest, count = _write_list(actor, offer)
        hours = rule_queries.value("quotas.reveal_hours", offer.path, timezone.localdate()).value
        draw.state, draw.listed_at, draw.list_digest, draw.count = DrawState.LISTED, moment(), digest, count
        draw.rule = {**draw.rule, "list": file}
        draw.reveal_by = draw.listed_at + timedelta(hours=hours)
        draw.save()
        note(actor, offer, "list_locked", detail={"digest": digest, "count": count})
    return draw


def _entries(offer: Offer) -> QuerySet[Entry]:
    return Entry.objects.filter(offer=offer, state=EntryState.ENTERED)


def _give_shares(offer: Offer) -> None:
    """Which reserved shares each applicant may use, by the members' records of this moment."""
    on = timezone.localdate()
    shares: dict[str, list[Any]] = {}
    for counter in Counter.objects.filter(offer=offer).exclude(share="").order_by("pk"):
        shares.setdefault(counter.share, counter.audience)
    for share, condition in shares.items():
        with connection.cursor() as cursor:
            inside = audience.members(condition, on, offer.path).values("person_id")
            sql, values = inside.query.sql_with_params()
            cursor.execute(
                f"UPDATE offer_entry SET shares = array_append(shares, %s) WHERE offer_id = %s AND state = 'entered' "
                f"AND person_id IN ({sql})",
                [share, offer.pk, *values],
            )


def _give_tickets(offer: Offer) -> None:
    """One ticket for everybody, more by the published rule; why is written beside, for the applicant alone."""
    for rule in offer.weights:
        holds = _entries(offer).filter(_held_by(offer, rule))
        reason = CombinedExpression(F("reasons"), "||", Value([rule["key"]], output_field=JSONField()))
        holds.update(tickets=F("tickets") + rule["tickets"], reasons=reason)


def _held_by(offer: Offer, rule: dict[str, Any]) -> Q:
    on = timezone.localdate()
    if "condition" in rule:
        inside: QuerySet[Membership] = audience.members(rule["condition"], on, offer.path)
        return Q(person_id__in=inside.values("person_id"))
    if rule["fact"] == "unserved":
        since = moment() - timedelta(days=30 * int(rule.get("months", 12)))
        served = Claim.objects.filter(offer__kind=offer.kind, state__in=TAKING, made_at__gte=since).exclude(offer=offer)
        return ~Q(person_id__in=served.values("person_id"))
    return Q(person_id__in=registry.people_with(rule["fact"], on))


def _write_list(actor: Viewer, offer: Offer) -> tuple[str, str, int]:
    """The list as a kept file: (its SHA-256 name in storage, the digest that is published, how many lines)."""
    digest, count = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as out:
        with connection.cursor() as cursor:
            raw = cursor.cursor.cursor if hasattr(cursor.cursor, "cursor") else cursor.cursor
            with raw.copy(_LINES.format(offer=int(offer.pk))) as copying:
                for block in copying:
                    chunk = bytes(block)
                    digest.update(chunk)
                    count += chunk.count(b"\n")
                    out.write(chunk)
        out.seek(0)
        file = store(
            SYSTEM, path=offer.path, name=f"摇号名单-{offer.number}.txt", kind="draw_list", content=out,
            content_type="text/plain",
        )  # fmt: skip
    return file.sha256, digest.hexdigest(), count


def _list(draw: Draw) -> IO[bytes]:
    stream: IO[bytes] = default_storage.open(place_of(draw.rule["list"]))
    return stream


def _lines(draw: Draw) -> Iterator[recompute.Entry]:
    with _list(draw) as stream:
        for line in stream:
            yield recompute.entry_of(line.decode().rstrip("\n"))


# -- the drawing --------------------------------------------------------------------------------------------------


def ready(draw: Draw, now: Any) -> str:
    """Why a locked draw cannot run yet, in Chinese; empty when it can."""
    parties = list(draw.parties.order_by("order"))
    if draw.outside and not draw.outside_value:
        return f"还没有登记公开数值（{draw.outside}）"
    if any(p.commitment and not p.value for p in parties) and draw.reveal_by and now < draw.reveal_by:
        return "还有见证方没有揭示，期限未到"
    return ""


def _sources(draw: Draw) -> list[dict[str, str]]:
    rows = draw.parties.order_by("order")
    return [{"title": p.title, "commitment": p.commitment, "value": p.value} for p in rows if p.commitment]


def _sessions(offer: Offer) -> list[dict[str, Any]]:
    return [
        {
            "key": str(session.pk),
            "title": session.title,
            "shares": [
                {"key": one.share or recompute.GENERAL, "title": one.title, "capacity": one.capacity}
                for one in sorted(session.counters.all(), key=lambda one: (not one.share, one.pk))
            ],
        }
        for session in offer.sessions.filter(state="planned").prefetch_related("counters").order_by("order")
    ]


def run_draw(actor: Viewer, *, offer_id: int) -> Draw:
    """Draw, give the places, line up those who wait, publish the result. Once.

    :raises Refusal: GH-QTA-057 a source of the seed is still missing.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        offer, draw = _draw_of(actor, offer_id, DrawState.LISTED)
        missing = ready(draw, moment())
        if missing:
            raise Refusal("GH-QTA-057", missing, "offer")
        header = {"sessions": _sessions(offer)}
        draw.seed = recompute.seed_of(draw.list_digest, _sources(draw), draw.outside_value)
        capacity = recompute.capacity_of(header)
        places, waiting, last = recompute.draw(draw.seed, _lines(draw), capacity, offer.waits)
        draw.rule = {**draw.rule, "sessions": header["sessions"]}
        draw.result_digest = recompute.result_digest(places, waiting)
        draw.cutoffs, draw.state, draw.drawn_at = last, DrawState.DRAWN, moment()
        draw.save()
        offer.state = OfferState.ALLOCATED
        offer.version += 1
        offer.save(update_fields=["state", "version"])
        with widened():
            counters = _give_places(offer, places)
            _line_up(offer, waiting)
            for counter in counters:
                promote(counter)
        note(actor, offer, "drawn", detail={
            "seed": draw.seed, "result": draw.result_digest, "places": len(places), "waiting": len(waiting),
        })  # fmt: skip
        tell_gate(one.pk for one in counters)
        telling.drawn_later(offer)
    return draw


_PLACES = """
WITH won AS (
  SELECT e.person_id, e.member_path, k.id AS counter_id, k.session_id, w.n, o.limit_id,
         CASE WHEN l.per = 'household' AND h.household_id IS NOT NULL THEN -h.household_id
              ELSE e.person_id END AS holder,
         l.most
    FROM unnest(%(tags)s::text[], %(sessions)s::bigint[], %(shares)s::text[])
         WITH ORDINALITY AS w (tag, session, share, n)
    JOIN offer_entry e ON e.offer_id = %(offer)s AND e.tag = w.tag
    JOIN offer_counter k ON k.session_id = w.session AND k.share = w.share
    JOIN offer o ON o.id = e.offer_id LEFT JOIN offer_limit l ON l.id = o.limit_id
    LEFT JOIN household_member h ON h.person_id = e.person_id
), slotted AS (
  SELECT won.*, CASE WHEN limit_id IS NULL THEN NULL ELSE (
    SELECT min(s) FROM generate_series(1, most) AS s WHERE NOT EXISTS (
      SELECT 1 FROM offer_claim x WHERE x.limit_id = won.limit_id AND x.holder = won.holder AND x.slot = s
         AND x.ended = 0)) END AS slot
    FROM won
)
INSERT INTO offer_claim (path, offer_id, session_id, counter_id, person_id, member_path, state, source, key, limit_id,
                         holder, slot, ended, ended_why, used, made_at)
SELECT %(path)s, %(offer)s, session_id, counter_id, person_id, member_path, 'held', 'draw', gen_random_uuid(), limit_id,
       CASE WHEN limit_id IS NULL THEN NULL ELSE holder END, slot, 0, '', 0, %(at)s
  FROM slotted WHERE (limit_id IS NULL OR slot IS NOT NULL) AND quota_again(person_id, %(offer)s, %(at)s) IS NULL
 ORDER BY n
ON CONFLICT DO NOTHING
RETURNING person_id, counter_id
"""


def _give_places(offer: Offer, places: list[recompute.Place]) -> list[Counter]:
    """Claims for the drawn; who used up their share elsewhere meanwhile, or had the like, gets none: the place goes on.

    :returns: the counters, locked and filled.
    """
    counters = list(
        Counter.objects.select_for_update(of=("self",)).filter(offer=offer)
        .select_related("offer__limit", "session").order_by("pk")
    )  # fmt: skip
    hold_kind(offer)
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, {
            "tags": [tag for tag, _, _ in places], "sessions": [int(session) for _, session, _ in places],
            "shares": ["" if share == recompute.GENERAL else share for _, _, share in places],
            "offer": offer.pk, "path": offer.path, "at": moment(),
        })  # fmt: skip
        served = cursor.fetchall()
    people = {person for person, _ in served}
    for counter in counters:
        counter.taken = sum(1 for _, one in served if one == counter.pk)
        counter.save(update_fields=["taken"])
    won = Entry.objects.filter(offer=offer, tag__in=[tag for tag, _, _ in places])
    won.filter(person_id__in=people).update(state=EntryState.WON)
    won.exclude(person_id__in=people).update(state=EntryState.LOST)
    return counters


def _line_up(offer: Offer, waiting: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE offer_entry e SET state = 'waiting', rank = w.rank FROM unnest(%s::text[]) WITH ORDINALITY "
            "AS w (tag, rank) WHERE e.offer_id = %s AND e.tag = w.tag",
            [waiting, offer.pk],
        )


# -- what anybody may read ----------------------------------------------------------------------------------------


def header_of(offer: Offer, draw: Draw) -> dict[str, Any]:
    """The first line of the published file."""
    return {
        "format": recompute.FORMAT, "number": offer.number, "title": offer.title, "waits": offer.waits,
        "sessions": draw.rule.get("sessions") or _sessions(offer), "weights": draw.rule.get("weights", []),
        "parties": _sources(draw), "outside": draw.outside, "outside_value": draw.outside_value,
        "list_digest": draw.list_digest, "seed": draw.seed, "result_digest": draw.result_digest,
    }  # fmt: skip


def publication(offer: Offer) -> Iterator[bytes]:
    """The file that `recompute.py` reads: the header, then the list as it was locked. Names nobody."""
    draw = offer.draw
    yield json.dumps(header_of(offer, draw), ensure_ascii=False).encode() + b"\n"
    with _list(draw) as stream:
        while chunk := stream.read(1 << 16):
            yield chunk


def source_of_verifier() -> str:
    """The stand-alone script, as it drew."""
    return (package_files("gonghui.kernel.quotas") / "recompute.py").read_text(encoding="utf-8")


__all__ = [
    "commit", "header_of", "lock_list", "outside_value", "publication", "ready", "reveal", "run_draw",
    "source_of_verifier",
]  # fmt: skip
