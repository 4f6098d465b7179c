"""Two desks at the same moment, with real connections and real commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from gonghui.kernel.factories import make_tree, viewer_at
from gonghui.kernel.models import Membership, Person, Tally
from gonghui.kernel.people import services
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from .conftest import fresh_number

JOINED = date(2022, 6, 1)


@pytest.fixture
def cast(own_database: str, django_db_blocker: Any) -> Any:
    """The fixed cast, committed, with two desks."""
    with django_db_blocker.unblock():
        with acting(SYSTEM):
            tree = make_tree()
            desks = [viewer_at(tree.county, username=f"desk-{n}") for n in (1, 2)]
        yield tree, desks
        connection.close()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each act in its own thread and connection, starting together; returns results or exceptions."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def join(desk: Viewer, house: Any, number: str) -> Any:
    with acting(desk), transaction.atomic():
        person = services.register(desk, organisation=house, name="郭细根", id_kind="identity_card", id_number=number)
        return services.admit(desk, organisation=house, person=person, joined_on=JOINED, on=JOINED)


def test_two_desks_admit_one_person_and_one_wins(cast: Any) -> None:
    tree, desks = cast
    for _ in range(8):
        number = fresh_number()
        results = at_once(
            lambda number=number: join(desks[0], tree.union, number),
            lambda number=number: join(desks[1], tree.sibling_union, number),
        )
        won = [r for r in results if isinstance(r, Membership)]
        lost = [r for r in results if isinstance(r, Refusal)]
        assert (len(won), len(lost)) == (1, 1), results
        assert lost[0].code == "GH-PER-506" and "不能重复入会" in lost[0].message
    with acting(SYSTEM):
        assert Person.objects.filter(name="郭细根").count() == 8
        assert Membership.objects.filter(person__name="郭细根", valid_to__isnull=True).count() == 8


def test_opposite_transfers_do_not_deadlock(cast: Any) -> None:
    tree, desks = cast
    here, there = [], []
    for house, rows in ((tree.union, here), (tree.sibling_union, there)):
        rows.extend(join(desks[0], house, fresh_number()) for _ in range(12))

    def carry(desk: Viewer, rows: list[Membership], target: Any) -> int:
        for row in rows:
            with acting(desk):
                services.transfer_within(
                    desk, membership=row, to_organisation=target, on=date(2025, 1, 1), reason="调动"
                )
        return len(rows)

    results = at_once(lambda: carry(desks[0], here, tree.sibling_union), lambda: carry(desks[1], there, tree.union))
    assert results == [12, 12]
    with acting(SYSTEM):
        for house in (tree.union, tree.sibling_union):
            tally = Tally.objects.get(organisation_id=house.pk)
            assert tally.active == Membership.objects.filter(organisation=house, valid_to__isnull=True).count() == 13
            assert tally.ended == 12


def test_a_membership_ends_once(cast: Any) -> None:
    tree, desks = cast
    row = join(desks[0], tree.union, fresh_number())

    def leave(desk: Viewer) -> Any:
        with acting(desk):
            return services.leave(desk, membership=row, on=date(2025, 1, 1))

    results = at_once(lambda: leave(desks[0]), lambda: leave(desks[1]))
    assert sorted(type(r).__name__ for r in results) == ["Membership", "Refusal"]


def test_the_daily_cap_holds_for_two_tabs(cast: Any) -> None:
    tree, desks = cast
    with acting(SYSTEM):
        person = Person.objects.get(pk=tree.insider.person_id)

    def look() -> int:
        seen = 0
        for _ in range(4):
            try:
                with acting(desks[0]):
                    services.reveal(desks[0], person=person, field="phone", reason="联系领取慰问品", cap=5)
                    seen += 1
            except Refusal as refusal:
                assert refusal.code == "GH-PER-902"
        return seen

    results = at_once(look, look)
    assert sum(results) == 5, results
