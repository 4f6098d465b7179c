"""Casework is counted for those who lead; its records open for the case team alone."""

from __future__ import annotations

import pytest

from gonghui.apps.casework.factories import DAY, make_all
from gonghui.kernel.factories import Tree
from gonghui.kernel.figures import queries, services
from gonghui.kernel.figures.rules.periods import around
from gonghui.kernel.procedures.factories import officer
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

pytestmark = pytest.mark.django_db
YEAR = around(DAY, "year")


@pytest.fixture
def cases(tree: Tree) -> Tree:
    with acting(SYSTEM):
        services.install_shipped(using="default")
        services.fill(DAY)
        make_all(tree.county, tree.insider.person, "刘细妹")
    services.drain(DAY)
    return tree


def _listed(viewer: Viewer, tree: Tree, key: str) -> tuple[int, int, int]:
    with acting(viewer):
        found = queries.figure(viewer, key, tree.county.path)
        assert found is not None
        line = queries.lineage(viewer, found, tree.county, YEAR, today=DAY)
        assert line.records.count() == line.listed
        return line.number, line.listed, line.hidden


def test_the_case_team_opens_what_was_counted(cases: Tree):
    team = officer(cases.county, "rights", "刘春兰")
    assert _listed(team, cases, "hardship_files") == (1, 1, 0)
    assert _listed(team, cases, "arrears") == (1, 1, 0)


def test_a_leader_sees_a_small_number_and_no_record(cases: Tree):
    leader = officer(cases.county, "leader", "周敏")
    assert _listed(leader, cases, "hardship_files") == (1, 0, 1)
    with acting(leader):
        found = queries.figure(leader, "hardship_files", cases.county.path)
        assert found is not None
        assert queries.value(leader, found, cases.county, YEAR, DAY).sensitive


def test_a_colleague_with_the_permission_and_no_seat_sees_no_record(cases: Tree):
    elsewhere = officer(cases.city, "rights", "尹春生")
    assert _listed(elsewhere, cases, "hardship_files") == (1, 0, 1)
