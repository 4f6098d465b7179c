"""kill -9 of the worker at 20 random points of an import: nothing is lost, nothing is doubled."""

from __future__ import annotations

import pytest

from gonghui.apps.rosters.tests.killing import Killing
from gonghui.kernel.factories import make_tree, viewer_at
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

POINTS = 20


@pytest.mark.parametrize("seed", [1, 2])
def test_a_worker_killed_at_random_points_loses_and_doubles_nothing(cluster, own_database, seed, capsys):
    with acting(SYSTEM):
        tree = make_tree()
        viewer = viewer_at(tree.county, "organising")
    killing = Killing(cluster, own_database, tree, viewer, rows=6_000, seed=seed)
    killing.rehearse()
    for point in range(POINTS // 2):
        step = "merge" if point % 3 else "check"
        moment = killing.one_point(step)
        with capsys.disabled():
            print(f"\n  {step} killed after {moment:.2f} s: complete, once", end="")
