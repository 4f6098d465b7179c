"""The API fuzzed at length: hundreds of cases for each operation, three seeds, and every odd text in every field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.api.fuzzing import ask_odd, fuzz
from tests.matrix.actors import Actor
from tests.matrix.objects import CONSTANTS
from tests.matrix.places import Place
from tests.matrix.world import make_world

ROLES = (Actor("organising"), Actor("auditor"))
CASES = 400
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world(None, ROLES)
        transaction.set_rollback(True)


@pytest.mark.parametrize("number", SEEDS)
@pytest.mark.parametrize("actor", ROLES, ids=str)
def test_hundreds_of_cases_for_each_operation(actor: Actor, number: int, world: Any, capsys: Any) -> None:
    tally = fuzz(world, world.at(actor, Place.OWN) | CONSTANTS, world.visitors[actor].secret, CASES, number)
    with capsys.disabled():
        print(f"\n  {actor}, seed {number}: {tally.asked} cases, {dict(sorted(tally.statuses.items()))}", end="")
    assert tally.asked > 10_000
    assert not tally.wrong, "\n".join(tally.wrong[:20])


def test_every_odd_text_in_every_field(world: Any, capsys: Any) -> None:
    actor = ROLES[0]
    tally = ask_odd(world, world.at(actor, Place.OWN) | CONSTANTS, world.visitors[actor].secret)
    with capsys.disabled():
        print(f"\n  {tally.asked} odd bodies, {dict(sorted(tally.statuses.items()))}", end="")
    assert not tally.wrong, "\n".join(tally.wrong[:20])
