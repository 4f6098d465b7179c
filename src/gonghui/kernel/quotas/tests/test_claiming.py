"""One door for places: the SQL function keeps every rule, whoever asks and however often."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from gonghui.kernel.factories import make_account, make_member, make_tree, viewer_at
from gonghui.kernel.models import Claim, Counter, Entry, Household, HouseholdMember, Limit, Offer, TrailRecord
from gonghui.kernel.quotas import contract, services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    with acting(SYSTEM):
        yield make_tree()


def ask(counter: Counter, people: list[int], keys: list[UUID] | None = None) -> list[str]:
    keys = keys or [uuid4() for _ in people]
    with connection.cursor() as cursor:
        cursor.execute(contract.CLAIM_SQL, [counter.pk, ",".join(map(str, people)), ",".join(map(str, keys)), "gate"])
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == list(range(1, len(people) + 1))
    return [row[1] for row in rows]


def members(tree, count: int) -> list[int]:
    return [make_member(tree.union, f"会员{n}").person_id for n in range(count)]


def as_member(person_id: int) -> Viewer:
    return Viewer(role="member", name="会员", account_id=1, person_id=person_id)


def counter_of(offer: Offer) -> Counter:
    return Counter.objects.get(offer=offer, share="")


def test_places_are_given_in_the_order_of_arrival_and_never_more_than_there_are(tree):
    counter = counter_of(make_offer(tree.city, 3))
    people = members(tree, 5)
    assert ask(counter, people) == ["granted"] * 3 + ["sold_out"] * 2
    counter.refresh_from_db()
    assert counter.taken == 3
    assert list(Claim.objects.order_by("id").values_list("person_id", flat=True)) == sorted(people[:3])


def test_the_same_key_hears_the_same_answer_and_another_key_that_it_is_theirs(tree):
    counter, [person] = counter_of(make_offer(tree.city, 3)), members(tree, 1)
    key = uuid4()
    assert ask(counter, [person], [key]) == ["granted"]
    assert ask(counter, [person], [key]) == ["granted"]
    assert ask(counter, [person], [uuid4()]) == ["yours"]
    assert Claim.objects.count() == 1
    Offer.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    assert ask(counter, [person], [key]) == ["granted"]  # a late retry is still answered truly
    assert ask(counter, [members(tree, 1)[0]]) == ["closed"]


def test_a_person_twice_in_one_batch_is_served_once_and_takes_nobody_elses_place(tree):
    counter, people = counter_of(make_offer(tree.city, 2)), members(tree, 3)
    first, second = people[0], people[1]
    assert ask(counter, [first, first, first, second, people[2]]) == [
        "granted",
        "yours",
        "yours",
        "granted",
        "sold_out",
    ]


def test_a_claim_that_was_given_back_is_not_revived_by_a_late_retry(tree):
    counter, [person] = counter_of(make_offer(tree.city, 1)), members(tree, 1)
    key = uuid4()
    ask(counter, [person], [key])
    services.give_back(as_member(person), claim_id=Claim.objects.get().pk)
    assert ask(counter, [person], [key]) == ["withdrawn"]
    assert ask(counter, [person], [uuid4()]) == ["granted"]


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"opens_at": timedelta(minutes=1)}, "early"),
        ({"closes_at": timedelta(minutes=-1)}, "closed"),
        ({"state": "draft"}, "closed"),
        ({"state": "cancelled"}, "closed"),
        ({"allocation": "draw"}, "closed"),
    ],
)
def test_outside_its_time_or_way_nothing_is_given(tree, facts, outcome):
    for name in ("opens_at", "closes_at"):
        if name in facts:
            facts[name] = timezone.now() + facts[name]
    counter = counter_of(make_offer(tree.city, 3, **facts))
    assert ask(counter, members(tree, 1)) == [outcome]
    assert not Claim.objects.exists()


def limit(tree, per: str = "person", most: int = 1) -> Limit:
    today = timezone.localdate()
    return Limit.objects.create(
        path=tree.city.path, organisation=tree.city, title="疗休养一年一次", per=per, most=most, valid_from=today,
        valid_to=today,
    )  # fmt: skip


def test_a_limit_counts_over_all_offers_that_share_it(tree):
    shared, people = limit(tree, most=2), members(tree, 2)
    one, two, three = (counter_of(make_offer(tree.city, 9, limit=shared)) for _ in range(3))
    assert ask(one, people) == ["granted", "granted"]
    assert ask(two, people[:1]) == ["granted"]
    assert ask(three, people) == ["limit", "granted"]
    services.give_back(as_member(people[0]), claim_id=Claim.objects.get(counter=one, person_id=people[0]).pk)
    assert ask(three, people[:1]) == ["granted"]


def test_a_household_shares_one_place(tree):
    shared, people = limit(tree, per="household"), members(tree, 3)
    home = Household.objects.create(code="ABCDEFGHJK")
    for person in people[:2]:
        HouseholdMember.objects.create(household=home, person_id=person, path=tree.union.path)
    counter = counter_of(make_offer(tree.city, 9, limit=shared))
    assert ask(counter, people) == ["granted", "limit", "granted"]
    counter.refresh_from_db()
    assert counter.taken == 2


def test_a_merged_record_of_a_person_gets_nothing(tree):
    kept, dropped = (make_member(tree.union, "郭建平").person for _ in range(2))
    dropped.merged_into = kept
    dropped.save()
    counter = counter_of(make_offer(tree.city, 9))
    assert ask(counter, [dropped.pk, kept.pk]) == ["barred", "granted"]


# -- the slow door and tickets ------------------------------------------------------------------------------------


def test_the_slow_door_gives_the_same_answers(tree):
    offer = make_offer(tree.city, 1)
    session = offer.sessions.get()
    first, second = members(tree, 2)
    key = uuid4()
    assert services.take(as_member(first), session_id=session.pk, key=key).outcome == "granted"
    assert services.take(as_member(first), session_id=session.pk, key=key).outcome == "granted"
    assert services.take(as_member(second), session_id=session.pk, key=uuid4()).outcome == "sold_out"


def test_tickets_are_for_those_the_offer_is_for_and_reserved_places_come_first(tree):
    offer = make_offer(tree.city, 1, audience={"field": "is_new_form", "is": True})
    session = offer.sessions.get()
    Counter.objects.create(
        path=offer.path, offer=offer, session=session, share="drivers", title="货车司机", capacity=1,
        audience={"field": "new_form", "is": "truck_driver"},
    )  # fmt: skip
    driver = make_member(tree.union, "货车司机", new_form="truck_driver").person_id
    courier = make_member(tree.union, "快递员", new_form="courier").person_id
    office = make_member(tree.union, "文员").person_id
    assert [one.share for one in services.tickets(as_member(driver), session_id=session.pk)] == ["货车司机", ""]
    assert [one.share for one in services.tickets(as_member(courier), session_id=session.pk)] == [""]
    with pytest.raises(Refusal) as refused:
        services.tickets(as_member(office), session_id=session.pk)
    assert refused.value.code == "GH-QTA-043"
    assert "新就业形态劳动者" in refused.value.message
    assert services.take(as_member(driver), session_id=session.pk, key=uuid4()).outcome == "granted"
    assert Claim.objects.get().counter.share == "drivers"


def test_somebody_of_another_city_gets_no_ticket(tree):
    offer = make_offer(tree.county, 5)
    elsewhere = make_member(tree.other_union, "外县会员").person_id
    with pytest.raises(Refusal) as refused:
        services.tickets(as_member(elsewhere), session_id=offer.sessions.get().pk)
    assert refused.value.code == "GH-QTA-043"


# -- giving back and waiting --------------------------------------------------------------------------------------


def test_a_place_given_back_goes_to_who_waits_and_on_when_nobody_answers(tree):
    offer = make_offer(tree.city, 1, waits=5)
    session, [one, two, three] = offer.sessions.get(), members(tree, 3)
    services.take(as_member(one), session_id=session.pk, key=uuid4())
    for person in (two, three):
        services.wait(as_member(person), session_id=session.pk, key=uuid4())
    services.give_back(as_member(one), claim_id=Claim.objects.get().pk)
    offered = Claim.objects.get(person_id=two)
    assert (offered.state, offered.source) == ("offered", "waiting")
    assert ask(counter_of(offer), members(tree, 1)) == ["sold_out"]  # nobody slips in between
    services.tick(timezone.now() + timedelta(hours=25))
    offered.refresh_from_db()
    assert offered.state == "expired"
    third = Claim.objects.get(person_id=three)
    assert services.answer(as_member(three), claim_id=third.pk, accept=True).state == "held"
    assert counter_of(offer).taken == 1
    assert Entry.objects.filter(state="waiting").count() == 0


def test_who_does_not_come_twice_waits_for_a_while(tree):
    person = members(tree, 1)[0]
    now = timezone.now()
    for _ in range(2):
        offer = make_offer(tree.city, 3)
        services.take(as_member(person), session_id=offer.sessions.get().pk, key=uuid4())
        offer.sessions.update(starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=2))
    assert services.tick(now)["no_shows"] == 2
    offer = make_offer(tree.city, 3)
    with pytest.raises(Refusal) as refused:
        services.tickets(as_member(person), session_id=offer.sessions.get().pk)
    assert refused.value.code == "GH-QTA-045"


def test_claims_get_their_record_of_the_trail_once(tree):
    counter = counter_of(make_offer(tree.city, 3))
    people = members(tree, 3)
    ask(counter, people)
    assert services.tick()["settled"] == 3
    assert services.tick()["settled"] == 0
    assert set(TrailRecord.objects.filter(verb="quotas.claimed").values_list("subject_id", flat=True)) == set(people)


def test_calling_off_ends_every_claim_and_frees_the_limit(tree):
    shared, [person] = limit(tree), members(tree, 1)
    offer = make_offer(tree.city, 3, limit=shared)
    ask(counter_of(offer), [person])
    staff = viewer_at(tree.city, "publicity")
    with pytest.raises(Refusal):
        services.call_off(staff, offer_id=offer.pk, reason="")
    services.call_off(staff, offer_id=offer.pk, reason="老师生病，改期再办")
    claim = Claim.objects.get()
    assert (claim.state, claim.ended_why) == ("called_off", "老师生病，改期再办")
    assert counter_of(offer).taken == 0
    assert ask(counter_of(make_offer(tree.city, 3, limit=shared)), [person]) == ["granted"]


def test_a_member_account_reads_only_their_own_claims(tree):
    counter = counter_of(make_offer(tree.city, 3))
    mine, other = members(tree, 2)
    ask(counter, [mine, other])
    account = make_account("19900000077", "会员", kind="member")
    with acting(Viewer(role="member", account_id=account.pk, person_id=mine)):
        assert list(Claim.objects.values_list("person_id", flat=True)) == [mine]
