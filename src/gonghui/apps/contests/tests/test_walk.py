"""Entries are checked, judged blind by several, ranked, shown and named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from gonghui.apps.contests import queries
from gonghui.apps.contests.models import Award
from gonghui.kernel.factories import Tree, make_member
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import member_viewer, officer
from gonghui.kernel.procedures.models import Application, Notice, Step
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

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


@pytest.mark.parametrize("key", ENTRIES)
def test_every_selection_runs_to_its_award(stage: Stage, key: str) -> None:
    done = stage.enter(key)
    stage.judge(done, 85, 88, 90)
    stage.name(done)
    done.refresh_from_db()
    row = Award.objects.get(application=done)
    assert (done.state, row.rank, float(row.score), row.issuer_name) == ("approved", 1, 87.6667, "吉安市总工会")
    assert row.prize == (100_000 if key == "contests.five_small" else None)
    assert row.benefit == (12_800_050 if key == "contests.method" else None)


def test_a_wide_spread_calls_one_more_judge(stage: Stage) -> None:
    done = stage.enter("contests.method")
    stage.judge(done, 60, 88, 90)
    assert Step.objects.get(application=done, key="scored").state == "open"
    services.give_score(
        stage.judges[3],
        step_id=stage.step(done, "scored"),
        marks={"original": 25, "science": 25, "benefit": 20, "spread": 12},
    )
    done.refresh_from_db()
    assert float(done.score) == 80.0
    with pytest.raises(Refusal, match="GH-PRO-012"):
        services.give_score(
            stage.judges[0], step_id=Step.objects.get(application=done, key="scored").pk, marks={"original": 1}
        )


def test_ties_share_a_rank_and_places_are_kept(stage: Stage) -> None:
    from gonghui.kernel.rules.services import set_rule

    city = officer(stage.tree.city)
    set_rule(
        city,
        key="contests.method_places",
        organisation=stage.tree.city,
        value=2,
        valid_from=timezone.localdate(),
        source="吉工发〔2026〕2号",
    )
    entries = [stage.enter("contests.method", title=f"操作法{n}") for n in range(4)]
    for done, total in zip(entries[:3], (90, 80, 80), strict=True):
        stage.judge(done, total, total, total)
    services.approve(stage.publicity, step_id=stage.step(entries[0], "selected"))
    services.tick(Notice.objects.get(application=entries[0]).closes_on + timedelta(days=1))
    decide = stage.step(entries[0], "decide")
    with pytest.raises(Refusal, match="还有1项没有评完分"):
        services.approve(stage.publicity, step_id=decide)
    stage.judge(entries[3], 70, 70, 70)
    services.approve(stage.publicity, step_id=decide)
    standings = queries.standings(stage.publicity, "method", timezone.localdate().year)
    assert [(one.ranked.rank, one.inside) for one in standings.entries if one.ranked] == [
        (1, True), (2, True), (2, True), (4, False),
    ]  # fmt: skip
    stage.name(entries[2])
    with pytest.raises(Refusal, match="排第4名，名额2个"):
        stage.name(entries[3])
    assert list(queries.awards("method").values_list("title", "rank")) == [("操作法0", 1), ("操作法2", 2)]


@pytest.mark.parametrize(
    ("key", "changes", "words"),
    [
        ("contests.innovation", {"government_plan": "是"}, "政府计划内的项目不参评"),
        ("contests.five_small", {"ip_dispute": "是"}, "知识产权争议"),
        ("contests.method", {"author_head": "是"}, "第一完成人是单位负责人"),
        ("contests.method", {"months": "11"}, "应用满12个月"),
        ("contests.studio", {"size": "4"}, "成员至少5人"),
    ],
)
def test_what_is_excluded_is_refused_in_words(stage: Stage, key: str, changes: dict[str, str], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        stage.enter(key, **changes)


def test_former_winners_stay_out(stage: Stage) -> None:
    done = stage.enter("contests.innovation")
    stage.judge(done, 85, 88, 90)
    stage.name(done)
    with pytest.raises(Refusal, match="获评，不再参评"):
        stage.enter("contests.innovation")


def test_a_judge_sees_neither_marks_nor_decides(stage: Stage) -> None:
    done = stage.enter("contests.innovation")
    judge: Viewer = stage.judges[0]
    assert not judge.may("contest.manage") and not judge.may("application.view")
    stage.judge(done, 85, 88, 90)
    with pytest.raises(Refusal, match="GH-PRO-011"):
        services.approve(judge, step_id=stage.step(done, "selected"))
