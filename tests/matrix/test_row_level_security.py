"""With every check of the application off, row-level security alone keeps what lies outside a post's range.

Permissions do not matter here, only the range does; so the actors are one of each range: a county, a grassroots union,
nothing at all (a judge), and a member's own rows.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from .actors import Actor
from .foreign import ask_all
from .places import Place
from .unchecked import checks_off

RANGES = (Actor("finance", "county"), Actor("organising", "union"), Actor("judge", "county"), Actor("member"))


@pytest.mark.parametrize("actor", RANGES, ids=str)
def test_nothing_of_another_subtree_is_read_or_written(actor: Actor, world: Any) -> None:
    asked, wrong = ask_all(world, actor)
    print(f"\n{actor}: {asked} cells with the checks off")
    assert asked > 400
    assert not wrong, f"{len(wrong)} leaks in {asked} cells\n" + "\n".join(wrong[:40])


def test_with_the_checks_off_the_own_range_stays_open(world: Any) -> None:
    """The proof above is about foreign rows: a harness that refuses everything would prove nothing."""
    actor = Actor("finance", "county")
    own = world.at(actor, Place.OWN)
    with checks_off(), transaction.atomic():
        for address, shown in (
            (f"/desk/people/{own['person']}/", True),
            (f"/desk/organisations/{own['organisation']}/", True),
            (f"/desk/people/{world.at(actor, Place.SIBLING)['person']}/", False),
        ):
            world.forget()
            answer = world.visitors[actor].ask("GET", address, api=False)
            assert (answer.status_code == 200) is shown, address
        transaction.set_rollback(True)
