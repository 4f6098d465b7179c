"""The number that stands for kind, level and state in the counts."""

from __future__ import annotations

from importlib import import_module
from itertools import product
from typing import Any

from django.db import connection

from gonghui.kernel.org.choices import Level, OrganisationKind, OrganisationState
from gonghui.kernel.org.queries.counting import class_of

MIGRATION = import_module("gonghui.kernel.migrations.0014_tally_class")


def test_the_database_knows_every_kind_level_and_state() -> None:
    """A value that is added, or put elsewhere, needs a migration that makes the column anew."""
    assert tuple(OrganisationKind.values) == MIGRATION.KINDS
    assert tuple(Level.values) == MIGRATION.LEVELS and len(Level) < 10
    assert tuple(OrganisationState.values) == MIGRATION.STATES and len(OrganisationState) < 10


def test_every_class_reads_back_as_it_was_written(tree: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT class, kind, level, state FROM organisation_tally")
        rows = cursor.fetchall()
        assert len(rows) > 5 and all(class_of(number) == (kind, level, state) for number, kind, level, state in rows)
        for kind, level, state in product(OrganisationKind.values, Level.values, OrganisationState.values):
            cursor.execute(
                "UPDATE organisation_tally SET kind = %s, level = %s, state = %s WHERE organisation_id = %s"
                " RETURNING class",
                [kind, level, state, tree.union.pk],
            )
            assert class_of(cursor.fetchone()[0]) == (kind, level, state)
