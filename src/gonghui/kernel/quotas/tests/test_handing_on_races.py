"""Two receivers, a holder who cancels, two trips across: all at the same moment, with the locks and without them."""

from __future__ import annotations

import threading
from uuid import uuid4

from django.db import connections

from gonghui.kernel.factories import make_tree
from gonghui.kernel.models import Claim, Counter, Handover, Person
from gonghui.kernel.quotas import services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .test_handing_on import across, as_member, somebody, taken


def together(*acts) -> list[str]:
    """Everybody at once, each on a line of their own: what each was told."""
    barrier, answers = threading.Barrier(len(acts)), [""] * len(acts)

    def run(number, viewer, act):
        try:
            barrier.wait(20)
            with acting(viewer):
                act()
            answers[number] = "done"
        except Refusal as refusal:
            answers[number] = refusal.code
        except Exception as error:  # a deadlock would show here
            answers[number] = repr(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, *one)) for n, one in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    return answers


def accepting(person: Person, row: Handover):
    viewer = as_member(person)
    return viewer, lambda: services.accept_handover(viewer, handover_id=row.pk)


def giving_back(person: Person, claim: Claim):
    viewer = as_member(person)
    return viewer, lambda: services.give_back(viewer, claim_id=claim.pk)


def taking(person: Person, session: int):
    viewer = as_member(person)
    return viewer, lambda: services.take(viewer, session_id=session, key=uuid4())


WITHOUT_KIND = """
DO $do$ DECLARE body text;
BEGIN
  SELECT pg_get_functiondef('quota_claim'::regproc) INTO body;
  body := replace(body, 'PERFORM quota_hold_kind(c.kind);', 'NULL;');
  EXECUTE replace(body, 'UPDATE offer_counter SET taken', 'PERFORM pg_sleep(0.7); UPDATE offer_counter SET taken');
END $do$
"""
"""Two offers of a kind look at the same past, and neither sees the other."""
WITHOUT_LOCKS = r"""
DO $do$ DECLARE body text;
BEGIN
  SELECT pg_get_functiondef('quota_hand_on'::regproc) INTO body;
  body := regexp_replace(body, 'WHERE t.id = p_handover(\)?) FOR UPDATE', 'WHERE t.id = p_handover\1', 'g');
  body := replace(body, 'AND state = ''held'' AND used = 0;', ';');
  EXECUTE replace(body, 'BEGIN  -- what collides', 'PERFORM pg_sleep(0.5); BEGIN  -- what collides');
END $do$
"""
"""Two receivers read that the claim is held before either of them ends it, and neither looks again."""


def broken(sql: str) -> None:
    """Take a guard away, as the owner of the functions."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql)


def test_without_its_guards_the_same_races_go_wrong(own_database):
    with acting(SYSTEM):
        tree = make_tree()
        offer = make_offer(tree.city, 1, transferable=True)
        giver, _ = somebody(tree, "甲某")
        friends = [somebody(tree, name) for name in ("乙某", "丙某")]
        claim = taken(offer, giver)
        rows = [services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=phone) for _, phone in friends]
        trips, person = [across(tree, 5) for _ in range(2)], somebody(tree)[0]
        sessions = [one.sessions.get().pk for one in trips]
    broken(WITHOUT_KIND)
    broken(WITHOUT_LOCKS)
    together(*(taking(person, one) for one in sessions))
    together(*(accepting(who, row) for (who, _), row in zip(friends, rows, strict=True)))
    with acting(SYSTEM):
        assert Claim.objects.filter(person=person, ended=0).count() == 2, "the kind's lock keeps them apart"
        assert Claim.objects.filter(offer=offer, ended=0).count() == 2, (
            "the counter's lock, and the last look, keep them apart"
        )
    connections.close_all()


def test_two_receivers_and_the_holder_who_cancels_at_once(own_database):
    with acting(SYSTEM):
        tree = make_tree()
    for _ in range(8):
        with acting(SYSTEM):
            offer = make_offer(tree.city, 1, transferable=True, waits=3)
            giver, _ = somebody(tree, "甲某")
            friends = [somebody(tree, name) for name in ("乙某", "丙某")]
            waiting, _ = somebody(tree, "候补")
            claim = taken(offer, giver)
            services.wait(as_member(waiting), session_id=offer.sessions.get().pk, key=uuid4())
            rows = [
                services.ask_to_take_over(as_member(giver), claim_id=claim.pk, number=phone) for _, phone in friends
            ]
        receivers = [accepting(who, row) for (who, _), row in zip(friends, rows, strict=True)]
        answers = together(*receivers, giving_back(giver, claim))
        with acting(SYSTEM):
            live = list(Claim.objects.filter(offer=offer, ended=0).values_list("person_id", "state"))
            assert len(live) == 1 and Counter.objects.get(offer=offer).taken == 1, answers
            [(person, state)] = live
            got = [who.pk for (who, _), said in zip(friends, answers, strict=False) if said == "done"]
            assert (got == [person] and state == "held") or (not got and (person, state) == (waiting.pk, "offered"))
            assert set(answers) <= {"done", "GH-QTA-076", "GH-QTA-036"}, answers
    connections.close_all()


def test_two_trips_across_at_the_same_moment_give_one(own_database):
    with acting(SYSTEM):
        tree = make_tree()
    for _ in range(6):
        with acting(SYSTEM):
            offers = [across(tree, 5) for _ in range(3)]
            person, _ = somebody(tree)
            sessions = [one.sessions.get().pk for one in offers]
        answers = together(*(taking(person, one) for one in sessions))
        with acting(SYSTEM):
            assert Claim.objects.filter(person=person, ended=0).count() == 1, answers
        assert sorted(answers) == ["GH-QTA-046", "GH-QTA-046", "done"]
    connections.close_all()
