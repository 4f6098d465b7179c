"""A place is handed on by its holder and its receiver together; two offers of a kind never serve one person too soon."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.factories import make_member, make_person, make_tree, viewer_at
from gonghui.kernel.models import (
    Claim,
    Counter,
    Handover,
    Household,
    HouseholdMember,
    Limit,
    Offer,
    Person,
    TrailRecord,
)
from gonghui.kernel.people.rules import check_phone
from gonghui.kernel.quotas import contract, queries, rules, services
from gonghui.kernel.quotas.factories import SECRETS, make_offer, make_witnesses
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

_phones = iter(range(19955500000, 19955599999))


@pytest.fixture
def tree(db):
    with acting(SYSTEM):
        yield make_tree()


def as_member(person: int | Person) -> Viewer:
    pk = person if isinstance(person, int) else person.pk
    return Viewer(role="member", name="会员", account_id=pk, person_id=pk)


def somebody(tree, name="会员", organisation=None, **facts) -> tuple[Person, str]:
    """A member and their phone."""
    phone = check_phone(str(next(_phones)))
    person = make_person(name, organisation or tree.union, phone=phone)
    make_member(organisation or tree.union, name, person, **facts)
    return person, phone


def taken(offer: Offer, person: Person) -> Claim:
    services.take(as_member(person), session_id=offer.sessions.get().pk, key=uuid4())
    return Claim.objects.get(offer=offer, person=person, ended=0)


def refused(code: str, act) -> Refusal:
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code, found.value
    return found.value


def handed(tree, **facts) -> tuple[Offer, Claim, Person, Person, Handover]:
    """A full course with one place, its holder and somebody who was named."""
    offer = make_offer(tree.city, 1, transferable=True, **facts)
    (giver, _), (receiver, phone) = somebody(tree, "甲某"), somebody(tree, "乙某")
    claim = taken(offer, giver)
    row = services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=phone)
    return offer, claim, giver, receiver, row


def test_a_place_moves_at_once_and_the_old_code_is_dead(tree):
    offer, claim, _, receiver, row = handed(tree)
    new = services.accept_handover(as_member(receiver), handover_id=row.pk)
    assert services.accept_handover(as_member(receiver), handover_id=row.pk).pk == new.pk
    claim.refresh_from_db()
    row.refresh_from_db()
    assert (claim.state, claim.ended_why, claim.ended) == ("cancelled", "转给他人", claim.pk)
    assert (new.person_id, new.state, new.source, new.counter_id) == (receiver.pk, "held", "handover", claim.counter_id)
    assert new.code != claim.code and row.state == "accepted"
    assert Counter.objects.get(offer=offer).taken == 1
    staff = viewer_at(tree.city, "publicity")
    old = rules.code_text(services.code_key(), claim.pk, claim.code, timezone.now().timestamp())
    refused("GH-QTA-064", lambda: services.check_in(staff, key=uuid4(), text=old))
    fresh = rules.code_text(services.code_key(), new.pk, new.code, timezone.now().timestamp())
    services.check_in(staff, key=uuid4(), text=fresh)
    assert TrailRecord.objects.filter(verb="quotas.handover_accepted", subject_id=receiver.pk).count() == 1


def test_the_giver_learns_nothing_but_yes_or_no(tree):
    offer = make_offer(tree.city, 1, transferable=True, audience={"field": "sex", "is": "1"})
    giver, own = somebody(tree)
    claim = taken(offer, giver)
    stranger, elsewhere = somebody(tree, "外县", tree.other_union)
    for number in ("19900009999", elsewhere, "GH9999999999"):
        row = services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=number)
        assert (row.state, row.receiver_id) == ("asked", None)
    refused("GH-QTA-073", lambda: services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=own))
    refused("GH-PER-302", lambda: services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number="123"))
    friend, phone = somebody(tree, "友人")
    row = services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=phone)
    assert services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=phone).pk == row.pk
    services.decline_handover(as_member(friend), handover_id=row.pk)
    said = queries.handovers(as_member(giver), claim)
    assert [one.get_state_display() for one in said] == ["对方已谢绝", *["等对方确认"] * 3]
    assert all("receiver_id" in one.get_deferred_fields() for one in said)
    services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=f"GH{friend.pk:010d}".lower())
    refused("GH-QTA-074", lambda: services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=elsewhere))
    assert not queries.offered_to(as_member(stranger)).exists()


def test_who_shares_a_phone_is_found_by_the_number_of_a_member(tree):
    offer, phone = make_offer(tree.city, 1, transferable=True), "19955512345"
    giver, _ = somebody(tree)
    family = [make_person(name, tree.union, phone=phone) for name in ("父某", "子某")]
    for one in family:
        make_member(tree.union, one.name, one)
    claim = taken(offer, giver)
    assert services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=phone).receiver_id is None
    row = services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=f"GH{family[1].pk:010d}")
    assert row.receiver_id == family[1].pk


def test_handing_on_has_its_rules(tree):
    offer, claim, giver, receiver, row = handed(tree)

    def ask() -> Handover:
        return services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number="19900008888")

    def accept() -> Claim:
        return services.accept_handover(as_member(receiver), handover_id=row.pk)

    other, _ = somebody(tree, "丙某")
    refused("GH-QTA-075", lambda: services.accept_handover(as_member(other), handover_id=row.pk))
    refused("GH-QTA-075", lambda: services.decline_handover(as_member(giver), handover_id=row.pk))
    refused("GH-QTA-020", lambda: services.ask_to_take_over(as_member(other), claim_id=claim.pk, number="19900008888"))
    Offer.objects.update(transferable=False)
    refused("GH-QTA-070", ask)
    refused("GH-QTA-070", accept)
    Offer.objects.update(transferable=True)
    starts = timezone.now() + timedelta(hours=23)
    offer.sessions.update(starts_at=starts, ends_at=starts + timedelta(hours=1))
    refused("GH-QTA-072", ask)
    refused("GH-QTA-072", accept)
    offer.sessions.update(starts_at=None, ends_at=None)
    Claim.objects.update(used=1)
    refused("GH-QTA-071", ask)
    refused("GH-QTA-076", accept)
    Claim.objects.update(used=0)
    services.take_back_offer(as_member(giver), handover_id=row.pk)
    refused("GH-QTA-076", accept)
    assert not Claim.objects.filter(person=receiver).exists() and Claim.objects.get(person=giver).ended == 0


def test_the_receiver_must_be_meant_and_not_served_and_the_limit_holds(tree):
    today = timezone.localdate()
    limit = Limit.objects.create(
        path=tree.city.path, organisation=tree.city, title="一年一次", most=1, valid_from=today, valid_to=today
    )
    offer, claim, _, receiver, row = handed(tree, limit=limit)
    Offer.objects.filter(pk=offer.pk).update(audience={"field": "sex", "is": "2"})
    refused("GH-QTA-043", lambda: services.accept_handover(as_member(receiver), handover_id=row.pk))
    Offer.objects.filter(pk=offer.pk).update(audience={})
    taken(make_offer(tree.city, 3, limit=limit), receiver)
    refused("GH-QTA-044", lambda: services.accept_handover(as_member(receiver), handover_id=row.pk))
    with connection.cursor() as cursor:  # the door itself, as if nobody had asked before
        cursor.execute("SELECT * FROM quota_hand_on(%s, %s, now())", [row.pk, receiver.pk])
        assert cursor.fetchone() == ("limit", None)
    claim.refresh_from_db()
    assert (claim.state, claim.ended) == ("held", 0)


def test_in_a_household_the_place_of_one_goes_to_another(tree):
    today = timezone.localdate()
    limit = Limit.objects.create(
        path=tree.city.path, organisation=tree.city, title="一户一次", per="household", most=1, valid_from=today,
        valid_to=today,
    )  # fmt: skip
    home = Household.objects.create(code="ABCDEFGHJK")
    offer = make_offer(tree.city, 1, transferable=True, limit=limit)
    (giver, _), (receiver, phone) = somebody(tree, "甲某"), somebody(tree, "乙某")
    for one in (giver, receiver):
        HouseholdMember.objects.create(household=home, person=one, path=one.path)
    claim = taken(offer, giver)
    row = services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=phone)
    new = services.accept_handover(as_member(receiver), handover_id=row.pk)
    assert (new.holder, new.slot) == (-home.pk, 1)


def test_a_reserved_place_goes_only_to_those_it_is_kept_for(tree):
    offer = make_offer(tree.city, 0, transferable=True)
    Counter.objects.create(
        path=offer.path, offer=offer, session=offer.sessions.get(), share="drivers", title="货车司机", capacity=1,
        audience={"field": "new_form", "is": "truck_driver"},
    )  # fmt: skip
    giver, _ = somebody(tree, "司机甲", new_form="truck_driver")
    clerk, clerks = somebody(tree, "文员")
    driver, drivers = somebody(tree, "司机乙", new_form="truck_driver")
    claim = taken(offer, giver)
    rows = [services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=one) for one in (clerks, drivers)]
    refused("GH-QTA-043", lambda: services.accept_handover(as_member(clerk), handover_id=rows[0].pk))
    assert services.accept_handover(as_member(driver), handover_id=rows[1].pk).counter.share == "drivers"
    assert queries.offered_to(as_member(clerk)).count() == 0, "whom else it was offered to is told no more"


def test_what_nobody_answered_is_over_when_the_place_can_no_longer_go(tree):
    offer, _, _, receiver, row = handed(tree)
    assert services.tick()["handovers"] == 0 and queries.offered_to(as_member(receiver)).count() == 1
    starts = timezone.now() + timedelta(hours=23)
    offer.sessions.update(starts_at=starts, ends_at=starts + timedelta(hours=1))
    assert services.tick()["handovers"] == 1
    row.refresh_from_db()
    assert row.state == "over" and not queries.offered_to(as_member(receiver)).exists()


def test_both_sides_read_it_and_nobody_else(tree):
    _, _, giver, receiver, row = handed(tree)
    other, _ = somebody(tree, "丙某")
    neighbour = viewer_at(tree.other_city, "publicity")
    seen = {}
    for who, person in (("giver", giver), ("receiver", receiver), ("other", other)):
        with acting(as_member(person)):
            seen[who] = Handover.objects.filter(pk=row.pk).count()
    with acting(neighbour):
        seen["elsewhere"] = Handover.objects.count()
    assert seen == {"giver": 1, "receiver": 1, "other": 0, "elsewhere": 0}


# -- the same kind again ------------------------------------------------------------------------------------------


def ask(counter: Counter, *people: int) -> list[str]:
    with connection.cursor() as cursor:
        keys = ",".join(str(uuid4()) for _ in people)
        cursor.execute(contract.CLAIM_SQL, [counter.pk, ",".join(map(str, people)), keys, "gate"])
        return [row[1] for row in cursor.fetchall()]


def across(tree, places: int = 3, **facts) -> Offer:
    offer = make_offer(tree.city, places, again_after_months=36, **facts)
    Offer.objects.filter(pk=offer.pk).update(kind="recuperation_across")
    offer.refresh_from_db()
    return offer


@pytest.mark.parametrize("limited", [False, True])
def test_the_door_itself_refuses_the_same_kind_too_soon(tree, limited):
    today = timezone.localdate()
    limit = Limit.objects.create(
        path=tree.city.path, organisation=tree.city, title="限", most=9, valid_from=today, valid_to=today
    )
    facts = {"limit": limit} if limited else {}
    first, second = across(tree), across(tree, 1, **facts)
    (one, _), (two, _), (three, _) = (somebody(tree) for _ in range(3))
    last = timezone.now() - timedelta(days=400)
    assert ask(Counter.objects.get(offer=first), one.pk) == ["granted"]
    first.sessions.update(starts_at=last, ends_at=last + timedelta(days=5))
    counter = Counter.objects.get(offer=second)
    assert ask(counter, one.pk, two.pk, three.pk) == ["again", "granted", "sold_out"]
    assert ask(counter, one.pk) == ["again"]
    said = refused(
        "GH-QTA-046",
        lambda: services.take(as_member(one), session_id=second.sessions.get().pk, key=uuid4()),
    )
    day = timezone.localtime(last).date()
    again = rules.months_later(day, 36)
    assert f"{day.year}年{day.month}月{day.day}日" in said.message
    assert f"{again.year}年{again.month}月{again.day}日起" in said.message
    inside = make_offer(tree.city, 3, again_after_months=12)
    assert ask(Counter.objects.get(offer=inside), one.pk) == ["granted"], "a trip inside is of another kind"


def test_who_wins_twice_is_served_once(tree):
    """Two draws of one kind: the second place goes on to whoever waits."""
    staff = viewer_at(tree.city, "publicity")
    (one, _), (two, _) = somebody(tree), somebody(tree)
    offers = [across(tree, 1, allocation="draw", closes_at=timezone.now() + timedelta(hours=1), waits=3) for _ in "ab"]
    for offer in offers:
        make_witnesses(offer)
        services.enter(as_member(one), offer_id=offer.pk, choices=[], key=uuid4())
    services.enter(as_member(two), offer_id=offers[1].pk, choices=[], key=uuid4())
    with services.at(timezone.now() + timedelta(hours=2)):
        for offer in offers:
            services.lock_list(staff, offer_id=offer.pk)
            for party, secret in zip(offer.draw.parties.order_by("order"), SECRETS, strict=True):
                services.reveal(staff, party_id=party.pk, value=secret)
        for offer in offers:
            services.run_draw(staff, offer_id=offer.pk)
    held = sorted(Claim.objects.filter(ended=0).values_list("offer_id", "person_id"))
    assert held == [(offers[0].pk, one.pk), (offers[1].pk, two.pk)]


@given(st.dates(date(2000, 1, 1), date(2080, 12, 31)), st.integers(0, 120))
def test_months_later_is_the_same_day_or_the_last_of_its_month(day, months):
    later = rules.months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
