"""What waits on the desk and what the clock reminds of: tasks, milestones, findings, projects and cases."""

from __future__ import annotations

import pytest

from gonghui.apps.reform import services
from gonghui.apps.reform.choices import BrandKind
from gonghui.apps.reform.manifest import tasks
from gonghui.apps.reform.models import Brand, Reminder, ShowcaseCase
from gonghui.kernel.factories import viewer_at
from gonghui.kernel.manifest import Task
from gonghui.kernel.viewer import Viewer

from .conftest import Stage

pytestmark = pytest.mark.django_db


def waits(viewer: Viewer, category: str) -> list[Task]:
    return [one for one in tasks(viewer) if one.category == category]


def test_a_milestone_is_reminded_of_before_and_after_its_day(stage: Stage) -> None:
    item = stage.task(60)
    services.set_steps(stage.city, item_id=item.pk, steps=[("选定十处", stage.day(3)), ("印发通知", stage.day(3))])
    (one, two) = waits(stage.city, "任务节点")
    assert {one.title, two.title} == {"选定十处", "印发通知"}
    assert (one.organisation, one.due, one.due_tone) == (item.title, "剩3天", "wait")
    assert (services.remind(stage.today), services.remind(stage.today)) == (2, 0)
    assert services.remind(stage.day(4)) == 2
    first = Reminder.objects.order_by("pk").first()
    assert first is not None and first.step is not None
    assert first.item_id == item.pk and first.step.title in first.note
    services.finish_step(stage.city, step_id=item.steps.get(title="选定十处").pk, words="十处已选定")
    assert [one.title for one in waits(stage.city, "任务节点")] == ["印发通知"]
    assert services.remind(stage.day(20)) == 1


def test_an_urged_task_stands_on_the_desk_until_it_is_answered(stage: Stage) -> None:
    row = stage.handed(60)
    services.accept(stage.county, item_id=row.pk, post=stage.county_post)
    assert waits(stage.county, "计划任务") == []
    services.urge(stage.city, item_id=row.pk, words="本周内报进展")
    (one,) = waits(stage.county, "计划任务")
    assert (one.title, one.state, one.tone) == (row.title, "催办", "bad")
    services.explain(stage.county, item_id=row.pk, text="场地已落实，下周开工")
    assert waits(stage.county, "计划任务") == []


def test_an_urged_finding_stands_on_the_desk(stage: Stage) -> None:
    made = services.open_round(
        stage.city,
        organisation=stage.tree.city,
        title="产改督查",
        scope="",
        starts_on=stage.today,
        ends_on=stage.day(3),
    )
    issue = services.raise_issue(
        stage.city, round_id=made.pk, organisation=stage.tree.county, text="没有建立三员台账", due_on=stage.day(30)
    )
    assert [one.state for one in waits(stage.county, "督查整改")] == ["待整改"]
    services.urge_issue(stage.city, issue_id=issue.pk, words="本周内补上")
    assert [one.state for one in waits(stage.county, "督查整改")] == ["催办"]


def test_projects_and_cases_wait_on_both_sides(stage: Stage) -> None:
    town = viewer_at(stage.tree.township, "organising", "plan-town")
    brand = services.propose_brand(
        town, organisation=stage.tree.township, kind=BrandKind.TOWN, title="枫田匠心", content="一月一课，一季一赛"
    )
    Brand.objects.filter(pk=brand.pk).update(proposed_on=stage.day(-12))
    assert [(one.title, one.due) for one in waits(stage.county, "品牌项目")] == [("审核：枫田匠心", "已等12天")]
    services.return_brand(stage.county, brand_id=brand.pk, opinion="写明参加的人数")
    assert waits(stage.county, "品牌项目") == []
    assert [one.title for one in waits(town, "品牌项目")] == ["修改后重新申报：枫田匠心"]
    case = services.write_case(town, organisation=stage.tree.township, title="技高者多得", text="等级与工资挂钩，" * 20)
    assert [one.title for one in waits(town, "典型案例")] == ["写完报送：技高者多得"]
    services.submit_case(town, case_id=case.pk)
    ShowcaseCase.objects.filter(pk=case.pk).update(submitted_on=stage.day(-5))
    assert [(one.title, one.due) for one in waits(stage.county, "典型案例")] == [("评选：技高者多得", "已等5天")]
    assert waits(town, "典型案例") == []
