"""A city that chooses and carries out projects, the workers who asked for them, each seen by their own right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from gonghui.apps.voice.models import Candidate, Project, Selection, Voice
from gonghui.apps.voice.sealing import SAID, close
from gonghui.apps.voice.services import carrying, projects, selecting, weighing
from gonghui.apps.voice.services.projects import Measure, Wanted
from gonghui.apps.voice.services.selecting import Proposal
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import Tree, make_account, make_member, make_post, viewer_at
from gonghui.kernel.models import Organisation, Person, Post
from gonghui.kernel.scope import acting, take_scope_of
from gonghui.kernel.viewer import SYSTEM, Viewer

GOALS = ("改造车间食堂十处", "开通园区通勤班车", "建户外劳动者驿站", "免费职工体检", "暑期托管班", "夜校技能课")


@contextmanager
def seen_by(viewer: Viewer) -> Iterator[None]:
    """The running transaction with the right of one viewer; afterwards that of the platform again."""
    take_scope_of(viewer)
    try:
        yield
    finally:
        take_scope_of(SYSTEM)


def make_voice(body: Organisation, person: Person | None = None, *, lead: Voice | None = None, **facts: Any) -> Voice:
    number = Voice.objects.count() + 1
    return Voice.objects.create(
        path=body.path, number=f"TEST{number:06d}", organisation=body, handler=body, handler_name=body.name,
        handler_path=body.path, channel="phone", nature="suggest", topic="canteen", said=close("饭菜太凉", SAID),
        person=person, lead=lead, received_on=timezone.localdate(),
        visibility=facts.pop("visibility", "union" if person else "anonymous"), **facts,
    )  # fmt: skip


@dataclass
class Stage:
    tree: Tree
    city: Viewer
    county: Viewer
    sibling: Viewer
    province: Viewer
    post: Post
    today: date
    members: list[Viewer]

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def selection(self, method: str = "support", candidates: int = 4, **more: Any) -> Selection:
        facts: dict[str, Any] = {"places": 2, "picks": 2, "title": f"十件实事{Selection.objects.count()}"} | more
        row = selecting.open_selection(
            self.city, organisation=self.tree.city, year=self.today.year, method=method, **facts
        )
        for number in range(candidates):
            self.candidate(row, number)
        return row

    def candidate(self, row: Selection, number: int = 0, voice_ids: tuple[int, ...] = (), cost: int = 0) -> Candidate:
        proposal = Proposal(
            GOALS[number], f"{GOALS[number]}，年底前建成使用", "园区一线职工", 300, cost or 10_000 * (number + 1)
        )
        return selecting.add_candidate(self.city, selection_id=row.pk, proposal=proposal, voice_ids=voice_ids)

    def weighing(self, row: Selection) -> Selection:
        return selecting.open_weighing(self.city, selection_id=row.pk, opens_on=self.today, closes_on=self.day(7))

    def over(self, row: Selection) -> Selection:
        """The last day of a weighing has passed, and it was counted."""
        Selection.objects.filter(pk=row.pk).update(opens_on=self.day(-8), closes_on=self.day(-1))
        return weighing.close_weighing(SYSTEM, selection_id=row.pk)

    def verdicts(self, row: Selection, chosen: tuple[int, ...]) -> dict[int, tuple[bool, str]]:
        return {
            one.pk: (one.number in chosen, "园区已列入明年计划，不重复安排")
            for one in row.candidates.order_by("number")
        }

    def listed(self, chosen: tuple[int, ...] = (1,), voice_ids: tuple[int, ...] = ()) -> list[Project]:
        """Projects of a published list; the first candidate was made of the voices."""
        row = self.selection(candidates=0)
        self.candidate(row, 0, voice_ids)
        for number in (1, 2, 3):
            self.candidate(row, number)
        self.weighing(row)
        self.over(row)
        selecting.decide(
            self.city, selection_id=row.pk, decided_by="市总工会党组会议", verdicts=self.verdicts(row, chosen)
        )
        return selecting.publish(self.city, selection_id=row.pk, due_on=self.day(90))

    def wanted(self, **more: Any) -> Wanted:
        facts: dict[str, Any] = {
            "title": "改造车间食堂十处", "goal": "十处食堂冬天吃上热饭", "beneficiaries": "园区一线职工",
            "due_on": self.day(90), "reach": 300, "budget": 500_000, "post": self.post,
        }  # fmt: skip
        return Wanted(**(facts | more))

    def project(self, **more: Any) -> Project:
        return projects.add_project(
            self.city, organisation=self.tree.city, year=self.today.year, wanted=self.wanted(**more)
        )

    def ready(self, row: Project, milestones: int = 2, outcome: bool = True) -> Project:
        """Everything a project needs to start, and its start."""
        projects.change_project(
            self.city, project_id=row.pk, wanted=self.wanted(due_on=row.due_on), reason="定责任岗位"
        )
        rows = [(f"第{n + 1}步", self.day(10 + n), n + 1) for n in range(milestones)]
        projects.set_milestones(self.city, project_id=row.pk, rows=rows)
        if outcome:
            projects.define_outcome(self.city, project_id=row.pk, measure=MEASURE)
        return projects.start(self.city, project_id=row.pk, unmeasured="" if outcome else "一次性的走访慰问，不便测量")

    def running(self, **more: Any) -> Project:
        return self.ready(self.project(**more))

    def finished(self, row: Project) -> Project:
        """Started and done."""
        self.ready(row)
        for one in row.milestones.all():
            carrying.finish_milestone(self.city, milestone_id=one.pk, words="已经建成使用")
        for outcome in row.outcomes.all():
            carrying.measure(self.city, outcome_id=outcome.pk, after=Decimal(10))
        return carrying.finish(self.city, project_id=row.pk, result="十处全部改造完成")


MEASURE = Measure(
    "有热饭的食堂", "冬天中午十二点抽查饭菜温度在60度以上的食堂数", "处", before=Decimal(2), target=Decimal(10)
)


def member_viewer(number: int, person: Person) -> Viewer:
    return viewer_of_member(make_account(f"worker-{number}", person.name, "member", person))


@pytest.fixture
def stage(tree: Tree) -> Iterator[Stage]:
    with acting(SYSTEM):
        members = [
            member_viewer(n, make_member(tree.union if n % 2 else tree.sibling_union, f"职工{n}").person)
            for n in range(12)
        ]
        yield Stage(
            tree,
            viewer_at(tree.city, username="deed-city"),
            viewer_at(tree.county, username="deed-county"),
            viewer_at(tree.sibling_county, username="deed-sibling"),
            viewer_at(tree.province, username="deed-province"),
            make_post(tree.city, "leader", "deed-leader", "曾建国"),
            timezone.localdate(),
            members,
        )
