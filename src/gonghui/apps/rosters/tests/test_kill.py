"""A short form of the drill in tests/drills: the worker is killed once while checking and once while merging."""

from __future__ import annotations

from .killing import Killing


def test_a_killed_worker_loses_and_doubles_nothing(cluster, own_database, cast):
    tree, viewer = cast
    killing = Killing(cluster, own_database, tree, viewer, rows=2_000, seed=20261121)
    killing.rehearse()
    for step in ("check", "merge"):
        killing.one_point(step)
