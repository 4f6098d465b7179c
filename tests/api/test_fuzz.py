"""The API against its own document: no 5xx, no undocumented status, answers that conform; and texts nobody expects."""

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
SHORT = 12
"""Cases for each operation in the everyday run; tests/drills asks hundreds."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world(None, ROLES)
        transaction.set_rollback(True)


@pytest.mark.parametrize("actor", ROLES, ids=str)
def test_answers_conform_to_the_document(actor: Actor, world: Any) -> None:
    objects = world.at(actor, Place.OWN) | CONSTANTS
    tally = fuzz(world, objects, world.visitors[actor].secret, SHORT)
    print(f"\n{actor}: {tally.asked} cases, {tally.statuses}")
    assert tally.asked > 300
    assert not tally.wrong, "\n".join(tally.wrong[:20])


def test_odd_texts_are_answered_as_problems(world: Any) -> None:
    actor = ROLES[0]
    objects = world.at(actor, Place.OWN) | CONSTANTS
    tally = ask_odd(world, objects, world.visitors[actor].secret, share=0.35)
    print(f"\n{tally.asked} odd bodies, {tally.statuses}")
    assert tally.asked > 400
    assert not tally.wrong, "\n".join(tally.wrong[:20])
