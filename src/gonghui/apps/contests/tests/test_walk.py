"""Entries are checked, judged blind by several, ranked, shown and named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gonghui.apps.contests import queries
from gonghui.apps.contests.models import Award
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import officer
from gonghui.kernel.procedures.models import Notice, Step
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.services import set_rule
from gonghui.kernel.viewer import Viewer

from .conftest import ENTRIES, Stage


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
