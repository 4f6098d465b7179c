"""What the scenarios say of plans and pilots comes out of the records, counted by the figures that reports use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from gonghui.apps.reform.choices import SyncStage
from gonghui.apps.reform.models import Pilot, PlanItem, SyncCheck, Visit
from gonghui.apps.reform.queries import pilots, showing
from gonghui.kernel.access.queries import viewer_of_post
from gonghui.kernel.factories import Tree, make_organisation, make_post
from gonghui.kernel.figures.queries import in_force, value
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
from gonghui.web.demo.officers import Officers
from gonghui.web.demo.reform import Reform, reform_for
from gonghui.web.scenarios.facts import wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def grown(tree: Tree) -> Iterator[Tree]:
    """Enough towns, parks and firms below the county."""
    with acting(SYSTEM):
        for number in range(5):
            make_organisation(f"安福县试验{number}镇总工会", "federation", "township", tree.county)
            make_organisation(f"安福县第{number}园区工会联合会", "joint_union", "county", tree.county)
        for number in range(105):
            make_organisation(f"安福县第{number}机械有限公司工会委员会", parent=tree.township, headcount=50 + number)
        yield tree


def told(body: Organisation, key: str, today: date) -> Any:
    """A figure of a place for this year, as a report says it."""
    post = make_post(body, "organising", f"figures-{key}")
    viewer = viewer_of_post(post.account, post)
    place = PublicOrganisation.objects.get(pk=body.pk)
    return value(viewer, in_force(body.path)[key], place, read(str(today.year)), today).number


DAYS = (date(2026, 1, 5), date(2026, 3, 6), date(2026, 7, 1), date(2026, 12, 31))


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_year_can_be_shown_on_any_day(grown: Tree, day: date) -> None:
    """The demonstration is loaded on whatever day it is: nothing lies ahead of it."""
    with time_machine.travel(day, tick=False):
        officers = Officers(Random(1), day)
        Reform(officers).run()
        assert PlanItem.objects.filter(organisation=grown.city).count() == 15
        assert not PlanItem.objects.filter(done_on__gt=day).exists()
        assert not Visit.objects.filter(on__gt=day).exists()
        for scenario, body in (("yangzhou", grown.sibling_county), ("jiangyin", grown.other_county)):
            for number in range(101):
                make_organisation(f"{scenario}第{number}有限公司工会委员会", parent=body)
            reform_for(wanted(scenario), officers, body)


def test_yangzhou_has_fifteen_owned_tasks_and_a_hundred_new_pilots(grown: Tree) -> None:
    today = timezone.localdate()
    reform_for(wanted("yangzhou"), Officers(Random(1), today), grown.city)
    assert told(grown.city, "reform_tasks", today) == told(grown.city, "reform_tasks_owned", today) == 15
    assert told(grown.city, "reform_pilots_new", today) >= 100
    assert told(grown.city, "reform_pilots_unguided", today) == 0
    assert not PlanItem.objects.filter(post__isnull=True).exists()


def test_jiangyin_has_three_tiers_and_two_eight_n(grown: Tree) -> None:
    today = timezone.localdate()
    reform_for(wanted("jiangyin"), Officers(Random(1), today), grown.county)
    figures = {
        "reform_pilot_tiers": 3, "reform_pilots_a": 2, "reform_pilots_b": 8, "reform_zones": 2,
        "reform_pilots_unguided": 0, "reform_towns_unbranded": 0, "reform_cases_selected": 3,
    }  # fmt: skip
    assert {key: told(grown.county, key, today) for key in figures} == figures
    assert told(grown.county, "reform_brands_town", today) == 6
    assert set(SyncCheck.objects.filter(done_on__isnull=False).values_list("stage", flat=True)) == set(SyncStage.values)
    with acting(SYSTEM):
        assert not showing.towns_without(SYSTEM).exists()
        assert pilots.pilots(SYSTEM).filter(guide_count=0).count() == 0
        assert Pilot.objects.count() == 25
