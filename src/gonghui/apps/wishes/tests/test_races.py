"""Two hands at the same moment, with real connections and real commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from gonghui.apps.wishes import services
from gonghui.apps.wishes.choices import ClaimantKind
from gonghui.apps.wishes.factories import make_wish
from gonghui.apps.wishes.models import Claim, Wish
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import make_account, make_tree, viewer_at
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer


@pytest.fixture
def cast(own_database: str, django_db_blocker: Any) -> Any:
    """A wish on the wall, committed, with a volunteer and a union that want it, and two more wishes."""
    with django_db_blocker.unblock():
        with acting(SYSTEM):
            tree = make_tree()
            person = tree.neighbour.person
            volunteer = viewer_of_member(make_account("race-member", person.name, "member", person))
            union = viewer_at(tree.other_union, "grassroots_chair", "race-chair")
            rows = [make_wish(tree.union, state="shown", shown_on="2026-03-06") for _ in range(4)]
        yield volunteer, union, rows
        connection.close()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
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


def claim(viewer: Viewer, row: Wish, kind: ClaimantKind) -> Claim:
    with acting(viewer):
        return services.claim(viewer, wish_id=row.pk, kind=kind)


def codes(results: list[Any]) -> list[str]:
    assert all(isinstance(one, Claim | Refusal) for one in results), results
    return sorted(one.code if isinstance(one, Refusal) else "" for one in results)


def test_one_of_two_claims_at_once_is_kept(cast: Any) -> None:
    volunteer, union, rows = cast
    results = at_once(
        lambda: claim(volunteer, rows[0], ClaimantKind.VOLUNTEER), lambda: claim(union, rows[0], ClaimantKind.UNION)
    )
    assert codes(results) == ["", "GH-WSH-011"]
    with acting(SYSTEM):
        made = Claim.objects.get(wish=rows[0])
        assert Wish.objects.get(pk=rows[0].pk).claimed_by == made.name


def test_a_volunteer_on_two_phones_takes_no_more_than_can_be_kept(cast: Any) -> None:
    volunteer, _, rows = cast
    with acting(SYSTEM):
        for row in rows[:2]:
            services.claim(volunteer, wish_id=row.pk, kind=ClaimantKind.VOLUNTEER)
    results = at_once(*(lambda row=row: claim(volunteer, row, ClaimantKind.VOLUNTEER) for row in rows[2:]))
    assert codes(results) == ["", "GH-WSH-013"]
