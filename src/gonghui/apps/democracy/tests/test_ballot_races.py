"""Many at once on real connections: one ballot for a delegate, one vote for a token, none lost at the count."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

from django.db import connection

from gonghui.apps.democracy import services
from gonghui.apps.democracy.factories import Phone, phone_for
from gonghui.apps.democracy.models import Ballot, Issued
from gonghui.apps.democracy.services import casting
from gonghui.apps.democracy.services.ballots import hold
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .conftest import Hall
from .test_ballots import get, opened

MANY = 8


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    """Each act on a connection of its own, begun at one moment; refusals come back as their code."""
    start = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(20)
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_one_delegate_on_many_phones_gets_one_ballot(open_hall: Hall) -> None:
    ballot, viewer = opened(open_hall), open_hall.phones[0]

    def ask(phone: Phone) -> str:
        with acting(viewer):
            return services.issue(viewer, ballot_id=ballot.pk, blinded=phone.blinded)

    phones = [phone_for(ballot) for _ in range(MANY)]
    got = together([lambda phone=phone: ask(phone) for phone in phones])  # type: ignore[misc]
    assert got.count("GH-DEM-044") == MANY - 1
    with acting(SYSTEM):
        assert Issued.objects.count() == 1


def test_paper_and_phone_at_once_give_one_ballot(open_hall: Hall) -> None:
    ballot, viewer, seat = opened(open_hall), open_hall.phones[0], open_hall.seats[0]

    def ask() -> str:
        with acting(viewer):
            services.issue(viewer, ballot_id=ballot.pk, blinded=phone_for(ballot).blinded)
        return "phone"

    def hand() -> str:
        with acting(open_hall.chair):
            services.issue_paper(open_hall.chair, ballot_id=ballot.pk, delegate_id=seat.pk)
        return "paper"

    got = together([ask, hand] * 3)
    assert len([one for one in got if one in ("phone", "paper")]) == 1, got


def test_one_token_votes_once(open_hall: Hall) -> None:
    ballot = opened(open_hall)
    phone, *_others = [get(viewer, ballot) for viewer in open_hall.phones[:3]]

    def cast(choice: str) -> str:
        services.cast(ballot_token=ballot.token, token=phone.token, signature=phone.signature, choice=[choice])
        return choice

    got = together([lambda choice=choice: cast(choice) for choice in ["yes", "no"] * 4])  # type: ignore[misc]
    assert got.count("GH-DEM-055") == MANY - 1
    with acting(open_hall.chair):
        row = services.count_ballot(open_hall.chair, ballot_id=ballot.pk)
    assert sum(row.counts.values()) == 1 and row.counts[next(one for one in got if one in ("yes", "no"))] == 1


def test_a_vote_at_the_moment_of_the_count_is_counted_or_refused(open_hall: Hall) -> None:
    for _ in range(4):
        ballot = opened(open_hall)
        phones = [get(viewer, ballot) for viewer in open_hall.phones]

        def cast(phone: Phone, ballot: Ballot = ballot) -> str:
            services.cast(ballot_token=ballot.token, token=phone.token, signature=phone.signature, choice=["yes"])
            return "in"

        def close(ballot: Ballot = ballot) -> Ballot:
            with acting(open_hall.chair):
                return services.count_ballot(open_hall.chair, ballot_id=ballot.pk)

        got = together([*(lambda phone=phone: cast(phone) for phone in phones), close])  # type: ignore[misc]
        row = got[-1]
        assert set(got[:-1]) <= {"in", "GH-DEM-050"}
        assert row.counts["yes"] == got.count("in"), got


def test_a_ballot_asked_for_at_the_moment_of_the_count_is_given_or_refused(open_hall: Hall) -> None:
    """Neither waits for the other in a circle: the lock in memory comes before the row's."""
    ballot, phones = opened(open_hall), open_hall.phones
    for viewer in phones[:3]:
        get(viewer, ballot)
    has_lock, go_on = threading.Event(), threading.Event()

    def ask() -> str:
        viewer = phones[3]
        with acting(viewer), patch.object(casting, "hold", slow):
            services.issue(viewer, ballot_id=ballot.pk, blinded=phone_for(ballot).blinded)
        return "issued"

    def slow(ballot_id: int) -> None:
        hold(ballot_id)
        has_lock.set()
        go_on.wait(20)

    def close() -> Ballot:
        has_lock.wait(20)
        with acting(open_hall.chair):
            threading.Timer(0.5, go_on.set).start()
            return services.count_ballot(open_hall.chair, ballot_id=ballot.pk)

    got = together([ask, close])
    assert got[0] == "issued" and got[1].issued_count == 4


def test_paper_taken_back_at_the_moment_of_the_count(open_hall: Hall) -> None:
    ballot = opened(open_hall)
    with acting(open_hall.chair):
        papers = [
            services.issue_paper(open_hall.chair, ballot_id=ballot.pk, delegate_id=one.pk)
            for one in open_hall.seats[:4]
        ]

    def back() -> str:
        with acting(open_hall.chair):
            services.take_back_paper(open_hall.chair, issued_id=papers[0].pk)
        return "back"

    def close() -> Ballot:
        two = [one.pk for one in open_hall.seats[5:]]
        with acting(open_hall.chair):
            return services.count_ballot(open_hall.chair, ballot_id=ballot.pk, paper={"yes": 3}, scrutineers=two)

    got = together([back, close])
    assert got[0] in ("back", "GH-DEM-003") and got[1].paper_ballots == (3 if got[0] == "back" else 4)
