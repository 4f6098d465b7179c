"""What the numbers of plans and pilots count: work once, organisations once, and nobody whose office is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gonghui.apps.reform import services
from gonghui.apps.reform.choices import BrandKind
from gonghui.apps.reform.models import Brand
from gonghui.apps.reform.queries import pilots, showing
from gonghui.apps.reform.queries import tasks as plans
from gonghui.apps.reform.tests.conftest import Stage
from gonghui.apps.reform.tests.conftest import stage as stage
from gonghui.kernel.factories import make_post
from gonghui.kernel.figures.queries import in_force, value
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.models import Post
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def numbers(stage: Stage) -> Iterator[Numbers]:
    yield Numbers(stage)


class Numbers:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def __call__(self, key: str) -> int:
        today = self.stage.today
        place = PublicOrganisation.objects.get(pk=self.stage.tree.city.pk)
        return int(value(self.stage.city, in_force(place.path)[key], place, read(str(today.year)), today).number or 0)


def test_a_task_handed_down_twice_is_one_task(stage: Stage, numbers: Numbers) -> None:
    row = stage.handed(60)
    services.accept(stage.county, item_id=row.pk, post=stage.county_post)
    services.hand_down(stage.county, item_id=row.pk, bodies=[stage.tree.township], due_on=stage.day(50))
    assert (numbers("reform_tasks"), numbers("reform_tasks_handed")) == (1, 1)


def test_what_was_handed_in_on_time_is_not_late_while_it_waits(stage: Stage, numbers: Numbers) -> None:
    row = stage.handed(5)
    services.accept(stage.county, item_id=row.pk, post=stage.county_post, on=stage.day(-9))
    services.report(stage.county, item_id=row.pk, result="三处全部建成", on=stage.day(-1))
    type(row).objects.filter(pk=row.pk).update(due_on=stage.day(-1), start_on=None)
    type(row).objects.filter(pk=row.parent_id).update(due_on=stage.day(9))
    assert numbers("reform_tasks_handed_late") == 0
    assert services.remind(stage.today) == 0
    line = plans.lines(stage.city, plans.items(stage.city).filter(pk=row.pk))[0]
    assert (line.words, line.tone) == ("待验收", "wait")
    services.send_back(stage.city, item_id=row.pk, reason="缺验收材料")
    assert numbers("reform_tasks_handed_late") == 1


def test_a_firm_in_two_programmes_is_one_pilot_unit(stage: Stage, numbers: Numbers) -> None:
    pilot = stage.pilot(60)
    other = services.open_programme(
        stage.city, organisation=stage.tree.city, title="样板区试点", starts_on=stage.day(-90),
        groups=[{"key": "Z", "title": "样板区", "places": 0}],
    )  # fmt: skip
    services.enrol(
        stage.city, programme_id=other.pk, organisation=pilot.organisation, tier=pilot.tier, group="Z",
        on=stage.day(-30),
    )  # type: ignore[arg-type]  # fmt: skip
    assert (numbers("reform_pilots"), numbers("reform_pilots_unguided")) == (1, 1)


def test_a_guide_or_an_owner_whose_post_is_over_no_longer_counts(stage: Stage, numbers: Numbers) -> None:
    pilot = stage.pilot()
    guide, post = stage.guide()
    services.appoint(stage.city, pilot_id=pilot.pk, post=post)
    owner = make_post(stage.tree.city, "leader", "plan-leaving", "离任者")
    item = stage.task(post=owner)
    assert (numbers("reform_pilots_unguided"), numbers("reform_tasks_owned")) == (0, 1)
    Post.objects.filter(pk__in=(post.pk, owner.pk)).update(valid_to=stage.today)
    assert (numbers("reform_pilots_unguided"), numbers("reform_tasks_owned")) == (1, 0)
    row = pilots.pilot(stage.city, pilot.pk)
    plan = plans.plan(stage.city, item.plan_id or 0)
    assert row is not None and plan is not None
    assert (row.guide_count, plan.owned) == (0, 0)  # type: ignore[attr-defined]
    assert not pilots.accompanied(guide).exists()
    assert numbers("reform_guides") == 1
    assert (services.end_with_posts(), services.end_with_posts()) == (1, 0)
    assert numbers("reform_guides") == 0


def test_one_product_a_town_is_met_by_that_kind_alone(stage: Stage, numbers: Numbers) -> None:
    town, on = stage.tree.township, stage.today - timedelta(days=9)
    before = numbers("reform_towns_unbranded")
    project = Brand.objects.create(
        path=town.path, organisation=town, kind=BrandKind.PARK, title="一园匠心", content="园区练兵", state="registered",
        proposed_on=on, registered_on=on,
    )  # fmt: skip
    assert numbers("reform_towns_unbranded") == before
    assert town in showing.towns_without(SYSTEM)
    Brand.objects.filter(pk=project.pk).update(kind=BrandKind.TOWN)
    assert numbers("reform_towns_unbranded") == before - 1
    assert town not in showing.towns_without(SYSTEM)
