"""A campaign of the city, the officers along the way of a nomination, and a nomination that is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from gonghui.apps.honours import services as honours
from gonghui.apps.honours.models import Campaign
from gonghui.kernel.factories import Tree, make_member
from gonghui.kernel.people.models import Person
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import officer
from gonghui.kernel.procedures.models import Application, Notice, Step
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.viewer import Viewer

DEEDS = "在包装车间一线工作十二年，带出六名徒弟，提出改进建议二十三条，全部被采纳。"
NOMINEE: dict[str, Any] = {
    "honour": "model_worker_city", "occupation": "包装工", "post": "line", "farmer": "否", "minority": "否", "deeds": DEEDS,
    "meeting_on": "2026-01-05", "meeting_present": "98", "punished": "否", "accident": "否", "arrears": "否", "truth": "是",
}  # fmt: skip
TEAM: dict[str, Any] = {
    "honour": "worker_pioneer_city", "team": "包装车间甲班", "people": "12", "women": "7", "leader": "刘细妹", "deeds": DEEDS,
    "meeting_on": "2026-01-05", "meeting_present": "98", "punished": "否", "accident": "否", "arrears": "否", "truth": "是",
}  # fmt: skip
UNIT: dict[str, Any] = {
    "honour": "may_day_certificate_city", "firm": "江西安福泸水河食品有限公司", "headcount": "120", "head": "王建国",
    "deeds": DEEDS, "meeting_on": "2026-01-05", "meeting_present": "98", "punished": "否", "accident": "否",
    "arrears": "否", "truth": "是",
}  # fmt: skip
AGREED = dict.fromkeys(("police", "discipline", "tax", "labour", "safety", "ecology", "market", "audit"), "agree")


@dataclass
class Stage:
    """Everybody who takes part, below one city."""

    tree: Tree
    chair: Viewer
    county: Viewer
    city: Viewer
    publicity: Viewer
    campaign: Campaign

    def nominee(self, name: str = "郭建平", **facts: Any) -> Person:
        return make_member(self.tree.union, name, **facts).person

    def open(self, kind: str, places: int = 10, **more: Any) -> Campaign:
        today = timezone.localdate()
        return honours.open_campaign(
            self.publicity, organisation=self.tree.city, kind_key=kind, year=today.year, places=places,
            opens_on=today - timedelta(days=1), closes_on=today + timedelta(days=30), **more,
        )  # fmt: skip

    def nominate(self, key: str, person: Person | None = None, **typed: Any) -> Application:
        procedure = in_force(key, self.tree.union.path, timezone.localdate())
        assert procedure is not None
        started = services.start(self.chair, procedure=procedure, organisation=self.tree.union, person=person)
        return services.submit(self.chair, application_id=started.application.pk, typed=typed)

    def step(self, application: Application, key: str) -> int:
        return int(Step.objects.get(application=application, key=key, state="open").pk)

    def open_keys(self, application: Application) -> list[str]:
        return list(
            Step.objects.filter(application=application, state="open").order_by("order").values_list("key", flat=True)
        )

    def vote(self, application: Application, yes: int = 70, present: int = 80, committee: int = 90) -> None:
        services.record_vote(
            self.chair, step_id=self.step(application, "congress"), committee=committee, present=present, yes=yes,
            no=present - yes, abstain=0,
        )  # fmt: skip

    def notice_over(self, application: Application, key: str) -> date:
        """Let the days of a notice pass."""
        notice = Notice.objects.get(application=application, step__key=key, state="open")
        services.tick(notice.closes_on + timedelta(days=1))
        return notice.closes_on

    def to_decision(self, application: Application) -> None:
        """Through both reviews and all three notices."""
        self.vote(application)
        if "opinions" in self.open_keys(application):
            services.approve(self.county, step_id=self.step(application, "opinions"), given=AGREED)
        self.notice_over(application, "unit_notice")
        services.approve(self.county, step_id=self.step(application, "first_review"))
        self.notice_over(application, "county_notice")
        services.approve(self.city, step_id=self.step(application, "second_review"))
        self.notice_over(application, "city_notice")


@pytest.fixture
def stage(tree: Tree) -> Stage:
    chair = officer(tree.union, "grassroots_chair", "郭卫民")
    county, city = officer(tree.county, name="刘春兰"), officer(tree.city, name="周敏")
    made = Stage(tree, chair, county, city, officer(tree.city, "publicity", "康美玲"), Campaign())
    made.campaign = made.open("model_worker_city", county_places={tree.county.pk: 3, tree.sibling_county.pk: 2})
    return made
