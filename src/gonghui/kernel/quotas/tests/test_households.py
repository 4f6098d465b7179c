"""A household has its share once, whoever claims and whenever somebody joins or leaves."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from gonghui.kernel.factories import make_tree
from gonghui.kernel.models import Claim, HouseholdMember, Limit
from gonghui.kernel.quotas import services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_handing_on import as_member, refused, somebody, taken
from .test_using_races import while_held


@pytest.fixture
def tree(db):
    with acting(SYSTEM):
        yield make_tree()


def once(tree, most: int = 1) -> Limit:
    today = timezone.localdate()
    return Limit.objects.create(
        path=tree.city.path, organisation=tree.city, title="一户一次", per="household", most=most,
        valid_from=today, valid_to=today + timedelta(days=30),
    )  # fmt: skip


def offers(tree, count: int = 2, **facts):
    limit = once(tree, **facts)
    return [make_offer(tree.city, 9, limit=limit) for _ in range(count)]


def home_of(*people):
    code = services.start_household(as_member(people[0])).code
    for one in people[1:]:
        services.join_household(as_member(one), code=code)
    return code


def couple(tree):
    return [somebody(tree, name)[0] for name in ("甲某", "乙某")]


def none_left(offer, person) -> None:
    refused("GH-QTA-044", lambda: services.take(as_member(person), session_id=offer.sessions.get().pk, key=uuid4()))


def test_nobody_leaves_what_another_of_the_house_has_used(tree):
    (first, second), (a, b) = offers(tree), couple(tree)
    home_of(a, b)
    claim = taken(first, a)
    told = refused("GH-QTA-094", lambda: services.leave_household(as_member(b)))
    assert f"{timezone.localdate() + timedelta(days=30):%Y年%-m月%-d日}" in told.message
    none_left(second, b)
    services.give_back(as_member(a), claim_id=claim.pk)
    services.leave_household(as_member(b))
    taken(second, b)


def test_a_limit_that_is_over_holds_nobody(tree):
    [offer], (a, b) = offers(tree, 1), couple(tree)
    home_of(a, b)
    taken(offer, a)
    Limit.objects.update(
        valid_from=timezone.localdate() - timedelta(days=9), valid_to=timezone.localdate() - timedelta(days=1)
    )
    services.leave_household(as_member(b))
    services.leave_household(as_member(a))


def test_who_claims_first_and_joins_later_brings_it_along(tree):
    (first, second, third), (a, b) = offers(tree, 3), couple(tree)
    claim = taken(first, a)
    code = home_of(b)
    services.join_household(as_member(a), code=code)
    claim.refresh_from_db()
    assert claim.holder == -HouseholdMember.objects.get(person=a).household_id
    none_left(second, b)
    none_left(third, a)


def test_two_who_have_both_claimed_are_not_one_household_yet(tree):
    (first, second), (a, b) = offers(tree), couple(tree)
    taken(first, a)
    mine = taken(second, b)
    code = home_of(b)
    told = refused("GH-QTA-095", lambda: services.join_household(as_member(a), code=code))
    assert "合起来" in told.message and told.hint
    assert not HouseholdMember.objects.filter(person=a).exists()
    services.give_back(as_member(b), claim_id=mine.pk)
    services.join_household(as_member(a), code=code)


def test_who_is_alone_in_it_may_move_with_what_was_counted(tree):
    (first, second), (a, b) = offers(tree), couple(tree)
    home_of(a)
    claim, code = taken(first, a), home_of(b)
    services.leave_household(as_member(a))
    claim.refresh_from_db()
    assert claim.holder == a.pk
    none_left(second, a)
    services.join_household(as_member(a), code=code)
    none_left(second, b)


def test_a_claim_and_a_joining_at_the_same_moment_count_together(own_database):
    with acting(SYSTEM):
        tree = make_tree()
        (first, second), (a, b) = offers(tree), couple(tree)
        code = home_of(b)
        taken(second, b)
        session = first.sessions.get().pk
    told = while_held(
        as_member(a), lambda: services.take(as_member(a), session_id=session, key=uuid4()), as_member(a),
        lambda: services.join_household(as_member(a), code=code),
    )  # fmt: skip
    assert told == "GH-QTA-095", "the household has had its share, and so has who joins"
    with acting(SYSTEM):
        assert Claim.objects.filter(person=a, ended=0).count() == 1
        assert not HouseholdMember.objects.filter(person=a).exists()
    connections.close_all()
