"""The proof by row-level security can fail: without the policies of a table it is red."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connections, transaction

from tests.matrix.actors import Actor
from tests.matrix.cells import World
from tests.matrix.foreign import ask_all
from tests.matrix.world import make_world
from tests.whole import WHOLE

BODIES, PEOPLE = ("organisation",), ("organisation", "person")
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "person": ("people/<", ()),
    "organisation": ("organisations/<", ()),
    "trail_record": ("trail/", ()),
    "organisation_change": ("changes/<", BODIES),
    "roster_import": ("rosters/", BODIES),
    "post": ("accounts/", BODIES),
    "vitality_finding": ("vitality/", BODIES),
    "membership": ("memberships/<", PEOPLE),
    "transfer_request": ("transfers/", PEOPLE),
    "appointment": ("appointments/<", PEOPLE),
    "person_merge": ("merges/", PEOPLE),
    "portal_correction": ("corrections/", (*PEOPLE, "membership")),
}
"""Table → a piece of the addresses that read or write it, and the tables it is joined with.

A row whose organisation or person stays hidden stays hidden itself, so those are opened first; what is asked is whether
the table's own policies add something to that."""


SHORT = ("person", "organisation", "trail_record", "vitality_finding", "membership")
"""What `make test` opens; `make drills` opens every table."""


def _security(tables: Iterable[str], word: str) -> None:
    with connections["owner"].cursor() as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} {word} ROW LEVEL SECURITY")


def _leaks(world: World, actor: Actor, opened: tuple[str, ...], only: str) -> set[str]:
    _security(opened, "DISABLE")
    try:
        with transaction.atomic():
            _, wrong = ask_all(world, actor, only)
            transaction.set_rollback(True)
    finally:
        _security(opened, "ENABLE")
    return set(wrong)


def test_without_the_policies_of_one_table_the_proof_is_red(own_database: str, django_db_blocker: Any) -> None:
    actor = Actor("finance", "county")
    blind = []
    with django_db_blocker.unblock():
        with transaction.atomic():
            world = make_world(None, [actor])
        for table, (only, joined) in TABLES.items():
            if not (WHOLE or table in SHORT):
                continue
            before = _leaks(world, actor, joined, only) if joined else set()
            if not _leaks(world, actor, (*joined, table), only) - before:
                blind.append(table)
    assert blind == [], "the proof does not notice that these tables have no policies"
