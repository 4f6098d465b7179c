"""Selections of innovation: what was named, and an entry that waits for its judges."""

from __future__ import annotations

from typing import Any

from gonghui.kernel.models import Membership
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.models import Application

from .business import Business, Clerk

TEXT = "把人工作业改为半自动作业，每班少用三个人，质量稳定，已在全车间推广，半年来没有发生质量问题。"
CLEAN = {"government_plan": "否", "prize_won": "否", "secret": "否", "ip_dispute": "否", "truth": "是", "content": TEXT}
PERSONAL = ("suggestion", "five_small")
"""What workers hand in themselves."""


class Entries(Clerk):
    """Entries of selections, of any county's unions."""

    def entered(self, name: str, worker: Membership, typed: dict[str, Any], days: int = 80) -> Application:
        """Handed in by the chair or, where workers hand in themselves, by the worker; checked by the county."""
        personal = name in PERSONAL
        person, union = worker.person, worker.organisation
        actor = self.officers.member(person) if personal else self.officers.holder(union, "grassroots_chair")
        given = CLEAN | {"people": person.name} | typed
        done = self.hand_in(f"contests.{name}", actor, union, given, days=days, person=person if personal else None)
        return self.approve(done, days - 2, "材料齐全，没有不参评的情形")


class Contests(Entries, Business):
    """Entries of Anfu's unions, scored blind by three judges of the city."""

    def run(self) -> None:
        people = [*self.officers.workers(self.own, 1), *self.officers.workers(self.county, 3)]
        named = [
            self.entered("innovation", people[0], {"title": "自动套袋机改造", "field": "device", "applied_on": self.day(400)}),
            self.entered("innovation", people[1], {"title": "烘干工艺改进", "field": "process", "applied_on": self.day(300)}),
            self.entered("five_small", people[2], {"title": "可调式套袋夹具", "kind": "reform", "finished_on": self.day(200)}),
        ]  # fmt: skip
        for number, application in enumerate(named):
            self._judged(application, 90 - 3 * number)
            self.approve(application, 60, "按评审排名入选")
        self.notices_pass(40)
        for application in named:
            year = self.officers.back(38).year
            self.approve(application, 38, "同意命名", document_no=f"吉工发〔{year}〕33号")
        waiting = {"title": "交接班用图表代替口头说明", "adopted": "是", "adopted_on": self.day(30)}
        self.entered("suggestion", people[3], waiting, days=4)

    def _judged(self, application: Application, total: int) -> None:
        """Every judge's total, a point apart, spread over the criteria from the first."""
        step = self.step(application)
        slot = next(one for one in application.procedure.body["steps"] if one["key"] == step.key)
        with procedures.as_of(self.officers.back(70)):
            for apart, judge in enumerate(self.officers.holders(self.city, "judge")[: slot["reviewers"]]):
                marks, left = {}, total + apart
                for one in slot["criteria"]:
                    marks[one["key"]] = min(one["most"], left)
                    left -= marks[one["key"]]
                procedures.give_score(judge, step_id=step.pk, marks=marks)
