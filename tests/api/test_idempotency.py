"""A key makes a write happen once, whatever the operation: the same status and body again, and nothing opened kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from gonghui.kernel.factories import id_number
from gonghui.kernel.models import IdempotencyKey
from gonghui.kernel.scope import take_scope
from tests.matrix.actors import Actor
from tests.matrix.bodies import api_body
from tests.matrix.objects import CONSTANTS
from tests.matrix.places import Place
from tests.matrix.surface import Surface, operations
from tests.matrix.world import make_world

WRITES = [one for one in operations() if one.method != "GET"]
ACTOR = Actor("organising")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world(None, [ACTOR])
        transaction.set_rollback(True)


@pytest.mark.parametrize("surface", WRITES, ids=lambda one: one.name)
def test_the_same_key_gives_the_same_answer(surface: Surface, world: Any) -> None:
    objects = world.at(ACTOR, Place.CHILD) | CONSTANTS
    visitor, media = world.visitors[ACTOR], (surface.body or {}).get("media", "")
    with transaction.atomic():
        answers = []
        for _ in range(2):
            body = api_body(surface.body or {}, objects)
            if "id_number" in body:
                body["id_number"] = id_number(411)
            sent = {"Idempotency-Key": "k-42"}
            world.forget()
            answers.append(
                visitor.ask(surface.method, surface.address(objects), api=True, body=body, media=media, **sent)
            )
        first, again = answers
        transaction.set_rollback(True)
    assert first.status_code < 500 and again.status_code < 500
    if first.status_code < 300 and surface.name != "api:reveal":
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers["Idempotency-Replayed"] == "true"


def test_enough_of_them_were_done(world: Any) -> None:
    """The test above holds for refusals too; so many writes must really have gone through."""
    objects = world.at(ACTOR, Place.CHILD) | CONSTANTS
    done = 0
    for surface in WRITES:
        with transaction.atomic():
            world.forget()
            media = (surface.body or {}).get("media", "")
            body = api_body(surface.body or {}, objects)
            done += (
                world.visitors[ACTOR]
                .ask(surface.method, surface.address(objects), api=True, body=body, media=media)
                .status_code
                < 300
            )
            transaction.set_rollback(True)
    assert done >= 12


def test_an_opened_value_is_never_kept_for_a_replay(world: Any) -> None:
    objects = world.at(ACTOR, Place.OWN)
    with transaction.atomic():
        world.forget()
        answer = world.visitors[ACTOR].ask(
            "POST",
            f"/api/v1/people/{objects['person']}/reveal",
            api=True,
            body={"field": "phone", "reason": "电话核实是否在岗"},
            **{"Idempotency-Key": "k-7"},
        )
        take_scope("", "~")
        kept = str(list(IdempotencyKey.objects.values_list("body", flat=True)))
        transaction.set_rollback(True)
    assert answer.status_code == 200
    assert answer.json()["value"] not in kept
