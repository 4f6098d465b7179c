"""Several sessions of one offer for one member: so many at most, each once, whoever asks and however many at a time."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gonghui.gate.tests.world import fill
from gonghui.gate.tests.world import make_offer as plain_offer
from gonghui.kernel.factories import make_member, make_tree, viewer_at
from gonghui.kernel.models import Claim, Counter, Offer, Session
from gonghui.kernel.quotas import contract, services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
from gonghui.machine.postgres import APP, OWNER, Cluster

from .test_claiming import as_member, ask


@pytest.fixture
def tree():
    with acting(SYSTEM):
        yield make_tree()


def counters(offer: Offer) -> list[Counter]:
    return list(Counter.objects.filter(offer=offer).order_by("session__order"))


def person_of(tree) -> int:
    return int(make_member(tree.union, "来得勤").person_id)


@pytest.mark.django_db
def test_each_session_once_and_so_many_at_most(tree):
    first, second, third = counters(make_offer(tree.city, 5, sessions=3, each=2))
    person = person_of(tree)
    assert ask(first, [person]) == ["granted"]
    assert ask(first, [person]) == ["yours"]
    assert ask(second, [person, person]) == ["granted", "yours"]
    assert ask(third, [person]) == ["enough"]
    assert sorted(Claim.objects.values_list("turn", flat=True)) == [1, 2]
    services.give_back(as_member(person), claim_id=Claim.objects.get(turn=1).pk)
    assert ask(third, [person]) == ["granted"]
    assert sorted(Claim.objects.filter(ended=0).values_list("turn", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_the_key_of_one_session_says_nothing_of_another(tree):
    first, second = counters(make_offer(tree.city, 5, sessions=2, each=2))
    person, key = person_of(tree), uuid4()
    assert ask(first, [person], [key]) == ["granted"]
    assert ask(second, [person], [key]) == ["granted"]
    taken = services.take(as_member(person), session_id=second.session_id, key=key)
    assert (taken.outcome, taken.claim) == ("granted", Claim.objects.get(session=second.session_id).pk)


@pytest.mark.django_db
def test_a_limit_counts_every_session(tree):
    limit = services.make_limit(
        viewer_at(tree.city), organisation=tree.city, title="健身一年三次", per="person", most=3,
        valid_from=timezone.localdate(), valid_to=timezone.localdate(),
    )  # fmt: skip
    one, two = (counters(make_offer(tree.city, 5, sessions=2, each=2, limit=limit)) for _ in range(2))
    person = person_of(tree)
    assert [ask(counter, [person])[0] for counter in (*one, *two)] == ["granted"] * 3 + ["limit"]


@pytest.mark.django_db
def test_a_session_that_is_over_gives_no_place_but_a_running_one_does(tree):
    over, running = counters(make_offer(tree.city, 5, sessions=2, each=2))
    now = timezone.now()
    for counter, begins, ends in ((over, -3, -1), (running, -1, 1)):
        Session.objects.filter(pk=counter.session_id).update(
            starts_at=now + timedelta(hours=begins), ends_at=now + timedelta(hours=ends)
        )
    person = person_of(tree)
    assert ask(over, [person]) == ["closed"]
    assert ask(running, [person]) == ["granted"]


@pytest.mark.django_db
def test_only_what_is_first_come_can_be_taken_several_times(tree):
    staff = viewer_at(tree.city)
    for wrong in ({"allocation": "draw"}, {"waits": 3}, {"transferable": True}, {"each": 61}):
        with pytest.raises(Refusal) as told:
            services.create(staff, organisation=tree.city, kind="gym", title="健身房", **{"each": 3, **wrong})
        assert told.value.code == "GH-QTA-004"
    made = services.create(staff, organisation=tree.city, kind="gym", title="健身房", each=3)
    with pytest.raises(IntegrityError), transaction.atomic():  # whoever writes
        Offer.objects.filter(pk=made.pk).update(waits=3)


@pytest.mark.django_db
def test_staff_give_the_free_turn_and_hear_when_there_is_none(tree):
    offer = make_offer(tree.city, 5, sessions=3, each=2)
    person, staff = person_of(tree), viewer_at(tree.city)
    sessions = [one.session_id for one in counters(offer)]
    for session in sessions[:2]:
        services.grant(staff, session_id=session, person_id=person)
    with pytest.raises(Refusal) as told:
        services.grant(staff, session_id=sessions[2], person_id=person)
    assert told.value.code == "GH-QTA-023"


@pytest.mark.django_db
def test_the_holders_of_a_full_session_are_its_own(tree):
    first, second = counters(make_offer(tree.city, 1, sessions=2, each=2))
    person = person_of(tree)
    ask(first, [person])
    with connection.cursor() as cursor:
        cursor.execute("SELECT person FROM quota_holders(%s)", [first.pk])
        assert cursor.fetchall() == [(person,)]
        cursor.execute("SELECT person FROM quota_holders(%s)", [second.pk])
        assert cursor.fetchall() == []


def test_many_sessions_asked_at_once_by_one_person_stay_within_the_number(own_database: str, cluster: Cluster) -> None:
    """Eight connections ask eight sessions for the same forty people: nobody has more than three, nobody one twice."""
    owner, app = cluster.url(OWNER, own_database), cluster.url(APP, own_database)
    people = range(1, 41)
    fill(owner, len(people))
    offer, numbers = plain_offer(owner, [100] * 8)
    with psycopg.connect(owner) as line:
        line.execute("UPDATE offer SET each = 3 WHERE id = %s", [offer])
    told: list[list[str]] = []

    def rush(counter: int) -> None:
        with psycopg.connect(app, autocommit=True) as line:
            for _ in range(5):
                keys = ",".join(str(uuid4()) for _ in people)
                rows = line.execute(contract.CLAIM_SQL, (counter, ",".join(map(str, people)), keys, "gate")).fetchall()
                told.append([row[1] for row in rows])

    threads = [threading.Thread(target=rush, args=[one]) for one in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(owner) as line:
        each = line.execute(
            "SELECT person_id, count(*), count(DISTINCT session_id), max(turn) FROM offer_claim GROUP BY 1"
        ).fetchall()
        taken = line.execute("SELECT sum(taken) FROM offer_counter").fetchone()
    assert {row[1:] for row in each} == {(3, 3, 3)} and len(each) == len(people)
    assert taken == (3 * len(people),)
    assert {word for row in told for word in row} == {"granted", "yours", "enough"}
    assert sum(row.count("granted") for row in told) == 3 * len(people)
