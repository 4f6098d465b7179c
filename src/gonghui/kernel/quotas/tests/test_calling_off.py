"""Calling off ends what is still to come; who came, and who did not, stays on record."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from gonghui.kernel.factories import make_tree, viewer_at
from gonghui.kernel.models import Claim, Counter, Limit, Session
from gonghui.kernel.quotas import queries, services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_handing_on import as_member, refused, somebody

WHY = "场馆检修，不再举办"


@pytest.fixture
def tree(db):
    with acting(SYSTEM):
        yield make_tree()


@pytest.fixture
def staff(tree):
    return viewer_at(tree.city, "publicity", "editor")


def states(offer) -> dict[str, str]:
    return dict(Claim.objects.filter(offer=offer).values_list("person__name", "state"))


def held_twice(tree, staff, **facts):
    """An offer with a session last week and one next week: who came, who did not, who is still to come."""
    offer, now = make_offer(tree.city, 5, sessions=2, **facts), timezone.now()
    past, ahead = offer.sessions.order_by("order")
    Session.objects.filter(pk=ahead.pk).update(
        starts_at=now + timedelta(days=7), ends_at=now + timedelta(days=7, hours=2)
    )
    people = {name: somebody(tree, name)[0] for name in ("来了的", "没来的", "要来的")}
    for name, session in zip(people, (past, past, ahead), strict=True):
        services.take(as_member(people[name]), session_id=session.pk, key=uuid4())
    Session.objects.filter(pk=past.pk).update(
        starts_at=now - timedelta(days=7), ends_at=now - timedelta(days=7, hours=-2)
    )
    services.tick_off(staff, session_id=past.pk, claims=[Claim.objects.get(person=people["来了的"]).pk])
    services.tick(now)
    return offer, past, ahead, people


def test_what_was_is_not_erased(tree, staff):
    today = timezone.localdate()
    limit = Limit.objects.create(
        path=tree.city.path, organisation=tree.city, title="一年一次", per="person", most=1,
        valid_from=today, valid_to=today,
    )  # fmt: skip
    offer, _, _, people = held_twice(tree, staff, limit=limit)
    services.call_off(staff, offer_id=offer.pk, reason=WHY)
    assert states(offer) == {"来了的": "used", "没来的": "no_show", "要来的": "called_off"}
    assert list(Counter.objects.filter(offer=offer).order_by("pk").values_list("taken", flat=True)) == [2, 0]
    funnel = queries.funnel(offer)
    assert (funnel["had"], funnel["used"], funnel["missed"]) == (2, 1, 1)
    other, now = make_offer(tree.city, 5, limit=limit), timezone.now()
    assert queries.not_for(people["来了的"].pk, other, now).code == "GH-QTA-044"
    assert queries.not_for(people["要来的"].pk, other, now) is None


def test_a_session_that_is_over_is_not_called_off_and_one_ahead_is(tree, staff):
    offer, past, ahead, _ = held_twice(tree, staff)
    assert (
        "已经结束"
        in refused("GH-QTA-011", lambda: services.call_off_session(staff, session_id=past.pk, reason=WHY)).message
    )
    services.call_off_session(staff, session_id=ahead.pk, reason=WHY)
    assert states(offer) == {"来了的": "used", "没来的": "no_show", "要来的": "called_off"}


def test_who_held_a_place_of_a_session_just_over_is_absent_all_the_same(tree, staff):
    offer, now = make_offer(tree.city, 5), timezone.now()
    who, _ = somebody(tree)
    services.take(as_member(who), session_id=offer.sessions.get().pk, key=uuid4())
    Session.objects.update(starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1))
    services.call_off(staff, offer_id=offer.pk, reason=WHY)
    assert Claim.objects.get().state == "held" and Counter.objects.get().taken == 1
    services.tick(now + timedelta(days=2))
    assert Claim.objects.get().state == "no_show"


def test_vouchers_that_were_used_stay_used(tree, staff):
    offer = make_offer(tree.city, 5, uses=3)
    session = offer.sessions.get()
    for name, part in (("用完的", 3), ("用过的", 1), ("没用的", 0)):
        who, _ = somebody(tree, name)
        claim = services.take(as_member(who), session_id=session.pk, key=uuid4()).claim
        if part:
            services.check_in(staff, key=uuid4(), claim_id=claim, part=part)
    services.call_off(staff, offer_id=offer.pk, reason=WHY)
    assert states(offer) == {"用完的": "used", "用过的": "called_off", "没用的": "called_off"}
    assert queries.funnel(offer)["used"] == 2 and Counter.objects.get().taken == 1


@pytest.mark.parametrize("end", ["call_off", "take_back"])
def test_a_check_in_of_a_place_that_has_ended_is_not_undone(tree, staff, end):
    offer, (who, _) = make_offer(tree.city, 5, uses=3), somebody(tree)
    claim = services.take(as_member(who), session_id=offer.sessions.get().pk, key=uuid4()).claim
    row = services.check_in(staff, key=uuid4(), claim_id=claim)
    if end == "call_off":
        services.call_off(staff, offer_id=offer.pk, reason=WHY)
    else:
        services.take_back(staff, claim_id=claim, reason="登记错了人，改给同事")
    told = refused("GH-QTA-079", lambda: services.undo_check_in(staff, check_in_id=row.pk, reason="扫错了人"))
    assert "不能撤销" in told.message and told.hint
    row.refresh_from_db()
    assert row.undone_at is None
