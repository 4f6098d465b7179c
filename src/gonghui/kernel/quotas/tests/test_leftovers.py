"""What a draw leaves over goes on by its own numbers; an offer that is over says so by the clock."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from gonghui.kernel.factories import make_member, make_tree, viewer_at
from gonghui.kernel.models import Claim, Counter, Entry, Offer, Session, TrailRecord
from gonghui.kernel.quotas import recompute, services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_draws import drawn, enter_all, lock, reveal_all
from .test_handing_on import as_member, refused


@pytest.fixture
def tree(db):
    with acting(SYSTEM):
        yield make_tree()


def one_wanted(tree, people: int = 5, waits: int = 0, **facts):
    """Everybody wished for the first of two sessions with a place each; the second is left over."""
    offer, persons, staff = drawn(tree, people, 1, sessions=2, waits=waits, **facts)
    first, second = offer.sessions.order_by("order")
    enter_all(offer, persons, [first.pk])
    lock(offer, staff)
    reveal_all(offer, staff)
    services.run_draw(staff, offer_id=offer.pk)
    return offer, staff, first, second


def by_number(offer) -> list[Entry]:
    seed = bytes.fromhex(offer.draw.seed)
    return sorted(Entry.objects.filter(offer=offer), key=lambda one: recompute.number_of(seed, one.tag, one.tickets))


def test_what_nobody_wished_for_is_offered_to_the_next_by_the_drawn_numbers(tree):
    offer, staff, _, second = one_wanted(tree)
    offer = Offer.objects.get(pk=offer.pk)
    order = by_number(offer)
    assert services.offer_rest(staff, offer_id=offer.pk) == 1
    claim = Claim.objects.get(session=second)
    assert (claim.person_id, claim.state, claim.source) == (order[1].person_id, "offered", "waiting")
    assert Counter.objects.get(session=second).taken == 1 and claim.answer_by > timezone.now()
    refused("GH-QTA-039", lambda: services.offer_rest(staff, offer_id=offer.pk))
    services.answer(as_member(claim.person_id), claim_id=claim.pk, accept=False)
    assert services.offer_rest(staff, offer_id=offer.pk) == 1, "who declined is not asked again"
    assert Claim.objects.get(session=second, ended=0).person_id == order[2].person_id
    assert TrailRecord.objects.filter(verb="quotas.rest_offered").count() == 2


def test_who_waits_stays_in_line_and_a_wished_session_comes_first(tree):
    offer, staff, first, second = one_wanted(tree, waits=1)
    order = by_number(Offer.objects.get(pk=offer.pk))
    assert order[1].state == "waiting"
    Counter.objects.filter(session=first).update(capacity=2)  # as if nobody of the line had wanted it
    assert services.offer_rest(staff, offer_id=offer.pk) == 2
    order[1].refresh_from_db()
    assert order[1].state == "waiting"
    assert dict(Claim.objects.filter(state="offered").values_list("session_id", "person_id")) == {
        first.pk: order[2].person_id, second.pk: order[3].person_id
    }  # fmt: skip


def test_only_of_a_draw_that_is_over_and_not_at_the_last_minute(tree):
    offer, staff, _, _ = one_wanted(tree)
    Session.objects.update(starts_at=timezone.now() + timedelta(minutes=20))
    refused("GH-QTA-039", lambda: services.offer_rest(staff, offer_id=offer.pk))
    neighbour = viewer_at(tree.other_city, "publicity")
    refused("GH-QTA-001", lambda: services.offer_rest(neighbour, offer_id=offer.pk))
    running = make_offer(tree.city, 3)
    refused("GH-QTA-002", lambda: services.offer_rest(staff, offer_id=running.pk))
    Offer.objects.filter(pk=running.pk).update(state="allocated")
    refused("GH-QTA-048", lambda: services.offer_rest(staff, offer_id=running.pk))


def test_an_offer_ends_by_the_clock_when_its_last_session_is_put_down(tree):
    now = timezone.now()
    held, timeless, still_open = (make_offer(tree.city, 3, closes_at=now - timedelta(minutes=5)) for _ in range(3))
    Offer.objects.filter(pk=still_open.pk).update(closes_at=now + timedelta(days=30))
    for one in (held, still_open):
        one.sessions.update(starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1))
    assert services.tick(now)["ended"] == 0, "the hours of grace are not over"
    later = now + timedelta(days=2)
    assert services.tick(later)["ended"] == 1
    assert services.tick(later)["ended"] == 0
    assert dict(Offer.objects.values_list("pk", "state")) == {
        held.pk: "ended", timeless.pk: "published", still_open.pk: "published"
    }  # fmt: skip
    assert TrailRecord.objects.get(verb="quotas.ended").object_id == str(held.pk)


def test_who_came_is_put_down_also_when_the_offer_has_ended(tree):
    now, staff = timezone.now(), viewer_at(tree.city, "publicity")
    offer = make_offer(tree.city, 3)
    session = offer.sessions.get()
    claim = services.take(
        as_member(make_member(tree.union, "会员").person_id), session_id=session.pk, key=uuid4()
    ).claim
    Offer.objects.update(closes_at=now - timedelta(minutes=5))
    offer.sessions.update(starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1))
    services.tick(now + timedelta(days=2))
    services.tick_off(staff, session_id=session.pk, claims=[claim])
    assert (Offer.objects.get().state, Claim.objects.get().state) == ("ended", "used")
