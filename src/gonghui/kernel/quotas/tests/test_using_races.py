"""A ticket is scanned, or a place confirmed, at the very moment somebody ends it: what was first in stands."""

from __future__ import annotations

import threading
from datetime import timedelta
from time import monotonic, sleep
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import timezone

from gonghui.kernel.factories import make_tree, viewer_at
from gonghui.kernel.models import Claim, Counter
from gonghui.kernel.quotas import services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.quotas.services.entering import expire
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from .test_handing_on import as_member, somebody, taken

_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def while_held(first: Viewer, act, second: Viewer, late) -> str:
    """`act` is done but not committed when `late` comes and has to wait; what `late` was told."""
    done, answer = threading.Event(), [""]

    def coming() -> None:
        try:
            done.wait(20)
            with acting(second):
                late()
            answer[0] = "done"
        except Refusal as refusal:
            answer[0] = refusal.code
        except Exception as error:
            answer[0] = repr(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=coming)
    thread.start()
    with acting(first):
        act()
        done.set()
        until = monotonic() + 10
        waits = 0
        while not waits and thread.is_alive() and monotonic() < until:
            with connection.cursor() as cursor:
                cursor.execute(_WAITS)
                waits = cursor.fetchone()[0]
            sleep(0.02)
        assert waits, f"the second did not wait for the first: {answer}"
    thread.join(20)
    return answer[0]


@pytest.fixture
def place(own_database):
    """(staff, the holder of the only place, the claim, somebody to hand it on to)"""
    with acting(SYSTEM):
        tree = make_tree()
        offer = make_offer(tree.city, 1, transferable=True)
        holder, _ = somebody(tree, "甲某")
        friend, phone = somebody(tree, "乙某")
        claim = taken(offer, holder)
        staff = viewer_at(tree.city, "publicity")
        asked = services.ask_to_take_over(as_member(holder), claim_id=claim.pk, number=phone)
    yield staff, as_member(holder), claim, as_member(friend), asked
    connections.close_all()


def scanned(staff: Viewer, claim: Claim):
    return lambda: services.check_in(staff, key=uuid4(), claim_id=claim.pk)


def stands(claim: Claim, state: str) -> None:
    with acting(SYSTEM):
        claim.refresh_from_db()
        assert (claim.state, claim.ended) == (state, 0)
        assert Counter.objects.get(pk=claim.counter_id).taken == 1
        assert Claim.objects.count() == 1


def test_a_ticket_that_is_being_scanned_is_not_given_back(place):
    staff, holder, claim, *_ = place
    told = while_held(staff, scanned(staff, claim), holder, lambda: services.give_back(holder, claim_id=claim.pk))
    stands(claim, "used")
    assert told == "GH-QTA-036"


def test_a_ticket_that_is_being_scanned_is_not_taken_back(place):
    staff, _, claim, *_ = place
    told = while_held(
        staff, scanned(staff, claim), staff,
        lambda: services.take_back(staff, claim_id=claim.pk, reason="登记错了人，改给同事"),
    )  # fmt: skip
    stands(claim, "used")
    assert told == "GH-QTA-024"


def test_a_ticket_that_is_being_scanned_is_not_handed_on(place):
    staff, _, claim, friend, asked = place
    told = while_held(
        staff, scanned(staff, claim), friend, lambda: services.accept_handover(friend, handover_id=asked.pk)
    )
    stands(claim, "used")
    assert told == "GH-QTA-076"


def test_a_place_that_is_being_confirmed_does_not_run_out(place):
    _, holder, claim, *_ = place
    now = timezone.now()
    with acting(SYSTEM):
        Claim.objects.update(state="offered", answer_by=now + timedelta(minutes=1))
    told = while_held(
        holder, lambda: services.answer(holder, claim_id=claim.pk, accept=True), SYSTEM,
        lambda: expire(now + timedelta(minutes=2)),
    )  # fmt: skip
    stands(claim, "held")
    assert told == "done"
