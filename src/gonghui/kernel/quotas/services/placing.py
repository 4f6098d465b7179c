"""Places that a draw gave become claims; who may not have one when their turn comes is passed over, and told why.

What is published is what happened: whoever is passed over makes room for the next before the result is written, and a
claim that collides with one from another door at the same moment has the serving done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from ...refusal import Refusal
from .. import queries, recompute, registry, rules
from ..models import Counter, Offer
from .claiming import hold_kind
from .clock import moment

Order = list[tuple[bytes, recompute.Entry]]
_BLOCK = 2_000
_ROUNDS = 20

_FACTS = """
SELECT e.tag, e.person_id, w.holder,
       ARRAY(SELECT x.slot FROM offer_claim x WHERE x.limit_id = o.limit_id AND x.holder = w.holder AND x.ended = 0),
       EXISTS (SELECT 1 FROM offer_claim x WHERE x.offer_id + 0 = o.id AND x.person_id = e.person_id AND x.ended = 0),
       e.state = 'entered',
       CASE WHEN o.again_after_months > 0 THEN quota_again(e.person_id, o.id, %(at)s) IS NOT NULL ELSE false END
  FROM unnest(%(tags)s::text[]) AS t (tag)
  JOIN offer_entry e ON e.offer_id = %(offer)s AND e.tag = t.tag
  JOIN offer o ON o.id = e.offer_id LEFT JOIN offer_limit l ON l.id = o.limit_id
  LEFT JOIN household_member h ON h.person_id = e.person_id
  CROSS JOIN LATERAL (SELECT CASE WHEN l.per = 'household' AND h.household_id IS NOT NULL THEN -h.household_id
                                  ELSE e.person_id END AS holder) w
"""

_PLACES = """
INSERT INTO offer_claim (path, offer_id, session_id, counter_id, person_id, member_path, state, source, key, limit_id,
                         holder, slot, ended, ended_why, used, made_at)
SELECT %(path)s, %(offer)s, k.session_id, k.id, e.person_id, e.member_path, 'held', 'draw', gen_random_uuid(),
       %(limit)s, w.holder, w.slot, 0, '', 0, %(at)s
  FROM unnest(%(tags)s::text[], %(sessions)s::bigint[], %(shares)s::text[], %(holders)s::bigint[], %(slots)s::int[])
       WITH ORDINALITY AS w (tag, session, share, holder, slot, n)
  JOIN offer_entry e ON e.offer_id = %(offer)s AND e.tag = w.tag
  JOIN offer_counter k ON k.session_id = w.session AND k.share = w.share
 ORDER BY w.n
ON CONFLICT DO NOTHING
RETURNING counter_id
"""

_WON = """
UPDATE offer_entry e SET state = 'won' FROM unnest(%s::text[]) AS w (tag) WHERE e.offer_id = %s AND e.tag = w.tag
"""
_PASSED = """
UPDATE offer_entry e SET state = 'lost', passed_why = w.why FROM unnest(%s::text[], %s::text[]) AS w (tag, why)
 WHERE e.offer_id = %s AND e.tag = w.tag
"""
_WAITS = """
UPDATE offer_entry e SET state = 'waiting', rank = w.rank FROM unnest(%s::text[]) WITH ORDINALITY AS w (tag, rank)
 WHERE e.offer_id = %s AND e.tag = w.tag
"""


@dataclass(frozen=True, slots=True)
class Fallen:
    """What came of a draw: places, who waits, the last number of each share, tags passed over with the reason."""

    places: list[recompute.Place]
    waiting: list[str]
    last: dict[str, str]
    passed: dict[str, str]
    counters: list[Counter]


@dataclass(slots=True)
class _Fact:
    person_id: int
    holder: int
    slots: set[int]
    has_place: bool
    entered: bool
    again: bool


@dataclass(slots=True)
class _Turns:
    """Asked of whoever is about to get a place; reads what it needs in blocks, ahead along the order of the draw."""

    offer: Offer
    ahead: Iterator[str]
    at: datetime
    facts: dict[str, _Fact] = field(default_factory=dict)
    used: dict[int, set[int]] = field(default_factory=dict)
    slots: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    """Tag → (holder, slot) of the offer's limit."""
    served: set[int] = field(default_factory=set)
    passed: dict[str, str] = field(default_factory=dict)

    def passes(self, tag: str) -> bool:
        """Whether a tag whose turn it is may not have a place; else its slot of the limit is taken."""
        fact = self._fact(tag)
        why = self._why(fact)
        if not why and (limit := self.offer.limit):
            used = self.used.setdefault(fact.holder, fact.slots)
            slot = rules.free_slot(used, limit.most)
            if slot is None:
                why = queries.limit_words(limit)
            else:
                used.add(slot)
                self.slots[tag] = fact.holder, slot
        if why:
            self.passed[tag] = why
        else:
            self.served.add(fact.person_id)
        return bool(why)

    def _why(self, fact: _Fact) -> str:
        if not fact.entered:
            return "报名已经撤回"
        if fact.has_place or fact.person_id in self.served:  # two records of one person were merged since
            return "您已经有这个项目的名额"
        if fact.again and (former := queries.served_before(self.offer, fact.person_id, self.at)):
            return queries.too_soon(self.offer, former).message
        refusal: Refusal | None = registry.barrier_of(self.offer, fact.person_id, self.at)
        return refusal.message if refusal else ""

    def _fact(self, tag: str) -> _Fact:
        while tag not in self.facts:
            self._read(list(islice(self.ahead, _BLOCK)))
        return self.facts[tag]

    def _read(self, tags: list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_FACTS, {"tags": tags, "offer": self.offer.pk, "at": self.at})
            found = {tag: _Fact(who, holder, set(slots), *rest) for tag, who, holder, slots, *rest in cursor.fetchall()}
        if len(found) != len(tags) or not tags:
            raise RuntimeError(f"draw of offer {self.offer.pk}: the list names applicants who are not there")
        self.facts |= found


def give_places(offer: Offer, order: Order, capacity: dict[tuple[str, str], int], waits: int) -> Fallen:
    """Serve applicants in their order and write what came of it; to be asked `widened`, the offer locked.

    :raises RuntimeError: other doors kept taking the same people's shares; nothing was written.
    """
    counters = list(
        Counter.objects.select_for_update(of=("self",)).filter(offer=offer).select_related("session").order_by("pk")
    )  # fmt: skip
    hold_kind(offer)
    for _ in range(_ROUNDS):
        turns = _Turns(offer, (entry[0] for _, entry in order), moment())
        places, waiting, last = recompute.serve(order, capacity, waits, turns.passes)
        served = _insert(turns, places)
        if served is not None:
            break
    else:
        raise RuntimeError(f"draw of offer {offer.pk}: claims kept colliding with other doors")
    for counter in counters:
        counter.taken += served.count(counter.pk)
        counter.save(update_fields=["taken"])
    _write(offer, places, waiting, turns.passed)
    return Fallen(places, waiting, last, turns.passed, counters)


def _insert(turns: _Turns, places: list[recompute.Place]) -> list[int] | None:
    """The counters of the claims made; None, and nothing written, when one collided with another door."""
    offer = turns.offer
    limits = [turns.slots.get(tag, (None, None)) for tag, _, _ in places]
    values: dict[str, Any] = {
        "tags": [tag for tag, _, _ in places], "sessions": [int(session) for _, session, _ in places],
        "shares": ["" if share == recompute.GENERAL else share for _, _, share in places],
        "holders": [holder for holder, _ in limits], "slots": [slot for _, slot in limits],
        "offer": offer.pk, "path": offer.path, "limit": offer.limit_id, "at": turns.at,
    }  # fmt: skip
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_PLACES, values)
            served = [row[0] for row in cursor.fetchall()]
        if len(served) != len(places):
            transaction.set_rollback(True)
            return None
    return served


def _write(offer: Offer, places: list[recompute.Place], waiting: list[str], passed: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WON, [[tag for tag, _, _ in places], offer.pk])
        cursor.execute(_PASSED, [list(passed), [why[:300] for why in passed.values()], offer.pk])
        cursor.execute(_WAITS, [waiting, offer.pk])


__all__ = ["Fallen", "give_places"]
