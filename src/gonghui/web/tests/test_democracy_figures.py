"""What the numbers of democratic management count: who sits, what was held, answered, and is in force."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gonghui.apps.democracy.factories import make_congress, make_contract, make_session
from gonghui.apps.democracy.models import Congress, Motion
from gonghui.kernel.factories import make_tree, viewer_at
from gonghui.kernel.figures.queries import in_force, value
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

pytestmark = pytest.mark.django_db


def number(viewer: Viewer, place: Organisation, key: str) -> float:
    today = timezone.localdate()
    found = PublicOrganisation.objects.get(pk=place.pk)
    return float(value(viewer, in_force(found.path)[key], found, read(str(today.year)), today).number or 0)


def make_motion(congress: Congress, at: int, **facts: object) -> None:
    seat = congress.delegates.order_by("pk")[0]
    Motion.objects.create(
        **{"path": congress.path, "congress": congress, "organisation": congress.organisation, "kind": "proposal",
           "topic": "safety", "number": at, "title": "更换设备", "reason": "粉尘大", "delegate": seat,
           "person_name": seat.person_name, "written_on": timezone.localdate(), "state": "handling"} | facts
    )  # fmt: skip


def test_numbers_of_congresses_proposals_and_contracts(db: None) -> None:
    today = timezone.localdate()
    with acting(SYSTEM):
        tree = make_tree()
        one = make_congress(tree.union)
        make_congress(tree.sibling_union, ends_on=today - timedelta(days=1))
        make_session(one, state="closed")
        make_session(one, number=2, state="cancelled")
        for at, facts in enumerate(
            (
                {"state": "answered", "answered_on": today, "answers": 1},
                {},
                {"state": "explained"},
                {"kind": "question"},
            )
        ):
            make_motion(one, at + 1, **facts)
        make_contract(tree.union, "工资合同")
        make_contract(tree.union, "到期的", ends_on=today + timedelta(days=90))
        make_contract(tree.union, "已终止", state="ended", ended_on=today)
        make_contract(tree.union, "审查中", state="filed", valid_on=None)
        city = viewer_at(tree.city, "chair", "figures-city")
    with acting(city):
        found = {
            key: number(city, tree.city, key)
            for key in (
                "congresses", "congresses_over", "congress_sessions", "congress_proposals", "congress_proposals_taken",
                "congress_proposals_answered_share", "collective_contracts", "collective_contracts_workers",
                "collective_contracts_expiring",
            )
        }  # fmt: skip
    assert list(found.values()) == [2, 1, 1, 3, 2, 50, 2, 120, 1]
