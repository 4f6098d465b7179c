"""A draw in its stages: witnesses commit, the list is locked and its digest shown, secrets are revealed, places fall.

The drawing itself is `recompute.py`, the file that anybody may run over what was published. Locked together with the
list are its terms: the places, how many may wait, what adds tickets, who puts what into the seed. Nothing of it changes
until the places have fallen, so that nobody can try what would come of another number of places.
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
from ..choices import TAKING, Allocation, DrawState, EntryState, OfferState
from ..models import Claim, Counter, Draw, Entry, Offer
from . import telling
from .clock import moment
from .offers import MANAGE, note, tell_gate
from .placing import give_places
from .witnesses import draw_of, ready, unsourced

_LINES = """
COPY (SELECT tag || ' ' || tickets || ' ' || coalesce(nullif(array_to_string(shares, ','), ''), '-') || ' ' ||
             array_to_string(choices, ',')
        FROM offer_entry WHERE offer_id = {offer} AND state = 'entered' ORDER BY tag COLLATE "C") TO STDOUT
"""


# -- the list -----------------------------------------------------------------------------------------------------


def lock_list(actor: Viewer, *, offer_id: int) -> Draw:
    """After closing: count tickets by the published rule, freeze list and terms, publish their digest.

    :raises Refusal: GH-QTA-056 still open; 058 fewer sources of the seed than were promised.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        offer, draw = draw_of(actor, offer_id, DrawState.COLLECTING)
        if offer.closes_at is None or moment() < offer.closes_at:
            raise Refusal("GH-QTA-056", "报名还没有截止", "offer")
        if too_few := unsourced(draw):
            raise Refusal("GH-QTA-058", f"名单先不锁定：{too_few}", "offer",
                          "请见证方提交；来不了的，另请一位见证方或另定一个公开数值")  # fmt: skip
        # Whoever changes places or calls a session off holds its counters: before this, or finding the list locked.
        list(Counter.objects.select_for_update().filter(offer=offer).order_by("pk"))
        with widened():
            _give_shares(offer)
            if offer.allocation == Allocation.BALANCED:
                _give_tickets(offer)
            terms = _terms(offer, draw)
            file, digest, count = _write_list(offer, recompute.terms_line(terms))
        hours = rule_queries.value("quotas.reveal_hours", offer.path, timezone.localdate()).value
        draw.state, draw.listed_at, draw.list_digest, draw.count = DrawState.LISTED, moment(), digest, count
        draw.rule = {**draw.rule, "list": file, "terms": terms}
        draw.reveal_by = draw.listed_at + timedelta(hours=hours)
        draw.save()
        note(actor, offer, "list_locked", detail={"digest": digest, "count": count})
    return draw


def _terms(offer: Offer, draw: Draw) -> dict[str, Any]:
    """What is locked with the list, as it stands in the published header."""
    return {
        "number": offer.number, "outside": draw.outside, "sessions": _sessions(offer), "waits": offer.waits,
        "weights": draw.rule.get("weights", []),
        "parties": [{"title": one.title, "commitment": one.commitment} for one in draw.parties.order_by("order")],
    }  # fmt: skip


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


def _write_list(offer: Offer, terms: str) -> tuple[str, str, int]:
    """The list as a kept file: (its SHA-256 name in storage, the digest that is published, how many lines)."""
    digest, count = hashlib.sha256(terms.encode()), 0
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


def form_of(draw: Draw) -> str:
    """The format of a draw: lists that were locked without terms stay as they were published."""
    return recompute.FORMAT if "terms" in draw.rule else recompute.FORMER


def _sources(draw: Draw) -> list[dict[str, str]]:
    """The witnesses as they are published; the first format did not name who never committed."""
    rows = draw.parties.order_by("order")
    former = form_of(draw) == recompute.FORMER
    return [
        {"title": p.title, "commitment": p.commitment, "value": p.value} for p in rows if p.commitment or not former
    ]


def _sessions(offer: Offer) -> list[dict[str, Any]]:
    """Sessions with the places that are there to be drawn."""
    return [
        {
            "key": str(session.pk),
            "title": session.title,
            "shares": [
                {"key": one.share or recompute.GENERAL, "title": one.title, "capacity": one.capacity - one.taken}
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
        offer, draw = draw_of(actor, offer_id, DrawState.LISTED)
        missing = ready(draw, moment())
        if missing:
            raise Refusal("GH-QTA-057", missing, "offer")
        terms = draw.rule.get("terms") or {"sessions": _sessions(offer), "waits": offer.waits}
        draw.seed = recompute.seed_of(draw.list_digest, _sources(draw), draw.outside_value, form_of(draw))
        order = recompute.in_order(draw.seed, _lines(draw))
        with widened():
            fallen = give_places(offer, order, recompute.capacity_of(terms), terms["waits"])
        draw.rule = {**draw.rule, "sessions": terms["sessions"], "passed": sorted(fallen.passed)}
        draw.result_digest = recompute.result_digest(fallen.places, fallen.waiting, fallen.passed)
        draw.cutoffs, draw.state, draw.drawn_at = fallen.last, DrawState.DRAWN, moment()
        draw.save()
        offer.state = OfferState.ALLOCATED
        offer.version += 1
        offer.save(update_fields=["state", "version"])
        note(actor, offer, "drawn", detail={
            "seed": draw.seed, "result": draw.result_digest, "places": len(fallen.places),
            "waiting": len(fallen.waiting), "passed": len(fallen.passed),
        })  # fmt: skip
        tell_gate(one.pk for one in fallen.counters)
        telling.drawn_later(offer)
    return draw


# -- what anybody may read ----------------------------------------------------------------------------------------


def header_of(offer: Offer, draw: Draw) -> dict[str, Any]:
    """The first line of the published file."""
    terms = draw.rule.get("terms") or {
        "number": offer.number, "outside": draw.outside, "waits": offer.waits,
        "sessions": draw.rule.get("sessions") or _sessions(offer), "weights": draw.rule.get("weights", []),
    }  # fmt: skip
    return {
        "format": form_of(draw), "title": offer.title, **terms, "parties": _sources(draw),
        "outside_value": shown_value(draw), "list_digest": draw.list_digest, "seed": draw.seed,
        "result_digest": draw.result_digest, "passed": draw.rule.get("passed", []),
    }  # fmt: skip


def shown_value(draw: Draw) -> str:
    """The public value once it counts; before, the second person is to look at the source and not here."""
    read_twice = draw.outside_checked_at is not None or draw.state == DrawState.DRAWN
    return draw.outside_value if read_twice else ""


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
    "form_of", "header_of", "lock_list", "publication", "run_draw", "shown_value", "source_of_verifier",
]  # fmt: skip
