"""Officers and judges below one city, and entries that are right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from gonghui.kernel.factories import Tree, make_member
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import member_viewer, officer
from gonghui.kernel.procedures.models import Application, Notice, Step
from gonghui.kernel.procedures.queries.definitions import in_force

CLEAN = {"government_plan": "否", "prize_won": "否", "secret": "否", "ip_dispute": "否", "truth": "是"}
TEXT = "把人工套袋改为半自动套袋，每班少用三个人，全年没有发生质量问题。"
METHOD: dict[str, Any] = CLEAN | {
    "title": "刘氏快速套袋法", "people": "刘细妹", "months": "14", "safe": "是", "author_head": "否", "author_senior": "否",
    "author_phd": "否", "content": TEXT, "benefit": "128000.50",
}  # fmt: skip
ENTRIES: dict[str, dict[str, Any]] = {
    "contests.innovation": {"title": "自动套袋机", "people": "刘细妹、钟招娣", "field": "device", "applied_on": "2025-03-01"},
    "contests.method": METHOD,
    "contests.gold_team": {"title": "甲班", "people": "刘细妹", "size": "12", "accident_free": "是"},
    "contests.studio": {"title": "刘细妹创新工作室", "people": "刘细妹", "leader_honour": "craftsman", "size": "6", "projects": "2",
                        "place": "二号车间", "funds": "50000"},
    "contests.suggestion": {"title": "改进交接班", "people": "刘细妹", "adopted": "是", "adopted_on": "2025-08-01"},
    "contests.five_small": {"title": "套袋小夹具", "people": "刘细妹", "kind": "reform", "finished_on": "2025-09-01"},
}  # fmt: skip


class Stage:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.chair = officer(tree.union, "grassroots_chair", "郭卫民")
        self.county = officer(tree.county, name="刘春兰")
        self.publicity = officer(tree.city, "publicity", "康美玲")
        self.judges = [officer(tree.city, "judge", name) for name in ("李建华", "肖志刚", "罗小兰", "王福生")]

    def enter(self, key: str, **typed: Any) -> Application:
        procedure = in_force(key, self.tree.union.path, timezone.localdate())
        assert procedure is not None
        person, actor = None, self.chair
        if procedure.body["who"] == "person":
            person = make_member(self.tree.union, "钟招娣").person
            actor = member_viewer(person)
        started = services.start(actor, procedure=procedure, organisation=self.tree.union, person=person)
        given = CLEAN | {"content": TEXT} | ENTRIES[key] | typed
        done = services.submit(actor, application_id=started.application.pk, typed=given)
        services.approve(self.county, step_id=self.step(done, "checked"))
        return done

    def step(self, application: Application, key: str) -> int:
        return int(Step.objects.get(application=application, key=key, state="open").pk)

    def judge(self, application: Application, *totals: int) -> None:
        """Each judge's total, spread over the criteria from the first."""
        step = Step.objects.get(application=application, key="scored")
        most = {one["key"]: one["most"] for one in application.procedure.body["steps"][1]["criteria"]}
        for judge, total in zip(self.judges, totals, strict=False):
            marks, left = {}, total
            for key, limit in most.items():
                marks[key] = min(limit, left)
                left -= marks[key]
            services.give_score(judge, step_id=step.pk, marks=marks)

    def name(self, application: Application) -> None:
        services.approve(self.publicity, step_id=self.step(application, "selected"))
        notice = Notice.objects.get(application=application)
        services.tick(notice.closes_on + timedelta(days=1))
        services.approve(self.publicity, step_id=self.step(application, "decide"), document_no="吉工发〔2026〕12号")


@pytest.fixture
def stage(tree: Tree) -> Stage:
    return Stage(tree)
