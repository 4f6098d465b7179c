"""A city and what stands below it, with the viewers who plan, answer, visit and look from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.utils import timezone

from gonghui.apps.reform import services
from gonghui.apps.reform.choices import Tier
from gonghui.apps.reform.models import Pilot, Plan, PlanItem, Programme
from gonghui.apps.reform.services import Wanted
from gonghui.kernel.factories import Tree, make_post, viewer_at
from gonghui.kernel.models import Post
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

GROUPS = [
    {"key": "A", "title": "核心样本企业", "places": 2},
    {"key": "B", "title": "重点样本企业", "places": 8},
    {"key": "N", "title": "试点企业", "places": 0},
]


@dataclass
class Stage:
    """Who takes part; `post` is the city's own office, `county_post` the county's."""

    tree: Tree
    city: Viewer
    county: Viewer
    sibling: Viewer
    union: Viewer
    post: Post
    county_post: Post
    today: date

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def plan(self, title: str = "重点工作计划") -> Plan:
        return services.draft_plan(self.city, organisation=self.tree.city, year=self.today.year, title=title)

    def wanted(self, days: int = 60, **more: object) -> Wanted:
        facts: dict[str, object] = {"title": "建成产改阵地十个", "due_on": self.day(days), "post": self.post} | more
        return Wanted(**facts)  # type: ignore[arg-type]

    def task(self, days: int = 60, **more: object) -> PlanItem:
        """A task of a published plan."""
        plan = self.plan(f"重点工作计划{PlanItem.objects.count()}")
        item = services.add_item(self.city, plan_id=plan.pk, wanted=self.wanted(days, **more))
        services.publish_plan(self.city, plan_id=plan.pk)
        item.refresh_from_db()
        return item

    def handed(self, days: int = 60) -> PlanItem:
        """A task handed down to the county, not accepted yet."""
        item = self.task(days + 10)
        return services.hand_down(self.city, item_id=item.pk, bodies=[self.tree.county], due_on=self.day(days))[0]

    def programme(self) -> Programme:
        return services.open_programme(
            self.city, organisation=self.tree.city, title="产改试点", groups=GROUPS, starts_on=self.day(-300)
        )

    def pilot(self, days: int = 200) -> Pilot:
        return services.enrol(
            self.city, programme_id=self.programme().pk, organisation=self.tree.union, tier=Tier.ENTERPRISE, group="A",
            on=self.day(-days),
        )  # fmt: skip

    def guide(self, role: str = "guide") -> tuple[Viewer, Post]:
        viewer = viewer_at(self.tree.county, role)
        return viewer, Post.objects.get(pk=viewer.post_id)


@pytest.fixture
def stage(tree: Tree) -> Iterator[Stage]:
    with acting(SYSTEM):
        city, county = viewer_at(tree.city, username="plan-city"), viewer_at(tree.county, username="plan-county")
        yield Stage(
            tree,
            city,
            county,
            viewer_at(tree.sibling_county, username="plan-sibling"),
            viewer_at(tree.union, "grassroots_chair", "plan-union"),
            make_post(tree.city, "leader", "plan-leader", "曾建国"),
            Post.objects.get(pk=county.post_id),
            timezone.localdate(),
        )
