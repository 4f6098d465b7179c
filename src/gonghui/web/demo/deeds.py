"""A year's list of ten practical things, from what workers said to what they thought of the result, by the services.

`Deeds` is the demonstration city's year, with projects in every state. `deeds_for` does for any federation what a
scenario says of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from gonghui.apps.voice import services as voices
from gonghui.apps.voice.choices import Nature, Visibility
from gonghui.apps.voice.models import Evaluation, Project, Selection
from gonghui.apps.voice.services import carrying, evaluating, projects, selecting, weighing
from gonghui.apps.voice.services.days import as_of
from gonghui.apps.voice.services.projects import Measure, Wanted
from gonghui.apps.voice.services.selecting import Proposal
from gonghui.kernel import yamls
from gonghui.kernel.access.models import Post
from gonghui.kernel.models import Membership, Organisation
from gonghui.kernel.viewer import SYSTEM

from .business import Business
from .officers import Officers

SCORES = {"closed": (5, 5, 4, 4, 5, 3, 5, 4), "reopened": (2, 3, 1, 4, 2, 3, 2, 5)}
"""What those asked thought of the result, by the course of a project."""


@cache
def _said() -> dict[str, Any]:
    """What the demonstration's list says."""
    found: dict[str, Any] = yamls.shipped((files("gonghui.catalogue") / "demo" / "deeds.yaml").read_text("utf-8"))
    return found


class Doer:
    """What one federation does for its workers in a year; each act on a day that has passed."""

    def __init__(self, officers: Officers, body: Organisation, people: int, began: int = 170) -> None:
        """:param began: how many days ago candidates were gathered first."""
        self.officers, self.body, self.began = officers, body, began
        self.desk = officers.holder(body, "organising")
        rows = Membership.objects.filter(
            status="active", valid_to__isnull=True, path__gte=body.path, path__lt=body.path + "~",
            organisation__state="active", person__account__isnull=True,
        )  # fmt: skip
        rows = rows.order_by("organisation_id", "pk").distinct("organisation_id").select_related("person")
        found = list(rows[:people])
        self.people = found + list(rows.model.objects.filter(
            status="active", valid_to__isnull=True, path__gte=body.path, path__lt=body.path + "~",
            person__account__isnull=True,
        ).exclude(pk__in=[one.pk for one in found]).select_related("person")[: people - len(found)])  # fmt: skip

    def day(self, after: int) -> date:
        """So many days after the beginning, never to come."""
        return min(self.officers.back(self.began - after), self.officers.today)

    def select(self, title: str, places: int) -> list[Project]:
        """Gathered, weighed by members, decided with reasons, published."""
        with as_of(self.day(0)):
            row = selecting.open_selection(
                self.desk, organisation=self.body, year=self.officers.today.year, title=title, method="support",
                places=places, picks=3, intro="从去年以来职工的意见里汇总，每人最多选三项，结果和全部选择都公布。",
            )  # fmt: skip
            for number, one in enumerate(_said()["candidates"]):
                self._candidate(row, one, number)
            selecting.open_weighing(
                self.desk, selection_id=row.pk, opens_on=self.day(0), closes_on=self.day(0) + timedelta(days=14)
            )  # fmt: skip
        with as_of(self.day(3)):
            self._weighed(row)
        with as_of(self.day(15)):
            weighing.close_weighing(SYSTEM, selection_id=row.pk)
        with as_of(self.day(20)):
            verdicts = {
                one.pk: (not said.get("why"), said.get("why") or "职工意见集中、见效快，会议研究列入")
                for one, said in zip(row.candidates.order_by("number"), _said()["candidates"], strict=True)
            }
            selecting.decide(
                self.desk, selection_id=row.pk, decided_by=_said()["meeting"], verdicts=verdicts, on=self.day(20)
            )  # fmt: skip
            return selecting.publish(
                self.desk, selection_id=row.pk, due_on=max(self.officers.today, self.day(20)) + timedelta(days=60)
            )  # fmt: skip

    def _candidate(self, row: Selection, one: dict[str, Any], number: int) -> None:
        asked = self.people[number]
        voice = voices.raise_own(
            self.officers.member(asked.person),
            voices.Said(f"{one['said']}，希望工会想想办法。", one["topic"], Nature.SUGGEST, Visibility.UNION),
        )  # fmt: skip
        proposal = Proposal(one["title"], one["goal"], one["for"], one["reach"], one["cost"] * 100)
        selecting.add_candidate(self.desk, selection_id=row.pk, proposal=proposal, voice_ids=[voice.pk])

    def _weighed(self, row: Selection) -> None:
        """Everybody's three: what many said comes up most."""
        for number, one in enumerate(self.people):
            first = number * number % 10
            choice = sorted({first + 1, (first + 3) % 10 + 1, (number * 7) % 13 + 1})
            weighing.weigh(self.officers.member(one.person), selection_id=row.pk, choice=choice)

    # -- projects --------------------------------------------------------------------------------------------------

    def carry_out(self, row: Project, course: str) -> None:
        with as_of(self.day(24)):
            self._ready(row, course)
        if course == "planned":
            return
        with as_of(self.day(26)):
            projects.start(self.desk, project_id=row.pk, on=self.day(26))
        self._work(row, 3 if course in ("closed", "reopened", "judging", "done") else 1)
        if course == "late":
            carrying.explain_delay(self.desk, project_id=row.pk, text=_said()["delay"])
        if course in ("closed", "reopened", "judging", "done"):
            self._finish(row, course)

    def _ready(self, row: Project, course: str) -> None:
        post = Post.objects.select_related("account").get(pk=self.desk.post_id)
        wanted = Wanted(
            title=row.title, goal=row.goal, beneficiaries=row.beneficiaries, due_on=row.due_on, reach=row.reach,
            budget=row.budget, post=post, partners="各县市区总工会", place=self.body.name.removesuffix("总工会"),
        )  # fmt: skip
        projects.change_project(self.desk, project_id=row.pk, wanted=wanted, reason="落实责任岗位和协作单位")
        steps = [
            (title, day, weight)
            for (title, weight), day in zip(_said()["steps"], self._days(course), strict=True)
        ]  # fmt: skip
        projects.set_milestones(self.desk, project_id=row.pk, rows=steps)
        said = _said()["measure"]
        projects.define_outcome(self.desk, project_id=row.pk, measure=Measure(
            said["title"], said["definition"], said["unit"], before=Decimal(row.reach // 10), target=Decimal(row.reach),
        ))  # fmt: skip

    def _days(self, course: str) -> tuple[date, date, date]:
        """By when each step was to be ready."""
        ahead = tuple(self.officers.today + timedelta(days=days) for days in (15, 30, 50))
        if course == "planned":
            return ahead[0], ahead[1], ahead[2]
        if course == "running":
            return self.day(40), ahead[1], ahead[2]
        return self.day(40), self.day(65), self.day(100 if course == "late" else 88)

    def _work(self, row: Project, steps: int) -> None:
        for place, step in enumerate(row.milestones.order_by("number")[:steps]):
            on = self.day(34 + 22 * place)
            with as_of(on):
                text = _said()["progress"][place]
                carrying.report_progress(self.desk, project_id=row.pk, text=text, on=on)
                carrying.use_money(
                    self.desk, project_id=row.pk, amount=row.budget * 3 // 10, text=f"{step.title}支出",
                    voucher=f"记字{row.number:02d}{place + 1:02d}号", on=on,
                )  # fmt: skip
                carrying.finish_milestone(self.desk, milestone_id=step.pk, words="按计划完成", on=on)
        if steps == 1:
            carrying.raise_risk(
                self.desk, project_id=row.pk, text="雨季施工进度可能受影响", level="middle", measure="室内工序提前，错峰施工"
            )  # fmt: skip

    def _finish(self, row: Project, course: str) -> None:
        low = course == "reopened"
        with as_of(self.day(90)):
            for outcome in row.outcomes.all():
                after = Decimal(row.reach * (6 if low else 11) // 10)
                carrying.measure(self.desk, outcome_id=outcome.pk, after=after, after_on=self.day(90))
            carrying.finish(self.desk, project_id=row.pk, result=_said()["result"], on=self.day(90))
        if course == "done":
            return
        on = self.officers.back(4) if course == "judging" else self.day(100)
        with as_of(on):
            evaluation = evaluating.open_evaluation(self.desk, project_id=row.pk)
            self._judged(evaluation, SCORES.get(course, (4, 5, 3)))
        if course == "judging":
            return
        with as_of(evaluation.closes_on + timedelta(days=1)):
            lessons = "驿站的位置没有问过骑手，开放时间也和接单高峰错开。" if low else _said()["lessons"]
            evaluating.close_evaluation(self.desk, evaluation_id=evaluation.pk, lessons=lessons)

    def _judged(self, row: Evaluation, scores: tuple[int, ...]) -> None:
        """The asker and some of those drawn by lot answer."""
        asked = row.invitations.filter(person__isnull=False).select_related("person").order_by("why", "pk")
        for one, score in zip(asked, scores, strict=False):
            assert one.person is not None
            words = "位置好找，东西也全。" if score > 3 else "离接单的地方太远，晚上也不开。"
            evaluating.judge(
                self.officers.member(one.person), evaluation_id=row.pk, score=score, solved=score > 3, words=words
            )  # fmt: skip


class Deeds(Business):
    """The city's ten things of the year; the counties carry out their part of one."""

    def run(self) -> None:
        doer = Doer(self.officers, self.city, people=26)
        made = doer.select(f"{self.officers.today.year}年为职工办十件实事", 10)
        for row, one in zip(made, (c for c in _said()["candidates"] if not c.get("why")), strict=True):
            doer.carry_out(row, one["course"])
        running = next(row for row in made if "体检" in row.title)
        counties = [self.county, *Organisation.objects.filter(
            parent=self.city, kind="federation", level="county", state="active"
        ).exclude(pk=self.county.pk).order_by("path")[:4]]  # fmt: skip
        running.refresh_from_db()
        projects.hand_down(
            doer.desk, project_id=running.pk, bodies=counties, due_on=running.due_on - timedelta(days=10),
            goal="组织本县一线职工体检，异常的通知到本人",
        )  # fmt: skip


def deeds_for(facts: Mapping[str, int], officers: Officers, body: Organisation) -> None:
    """The list that a scenario reports, each project with its owner and begun."""
    doer = Doer(officers, body, people=20, began=120)
    made = doer.select("情暖产业工人十件实事", int(facts["good_things"]))
    assert len(made) == facts["good_things"]
    course: Callable[[int], str] = lambda place: "closed" if place < 2 else "running"  # noqa: E731
    for place, row in enumerate(made):
        doer.carry_out(row, course(place))
