"""A plan's way from its draft to its last day, and a task's from the city to the county and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from gonghui.apps.reform import services
from gonghui.apps.reform.choices import SyncStage
from gonghui.apps.reform.models import Plan, PlanItem, PlanVersion, Reminder
from gonghui.apps.reform.services.plans import write_version
from gonghui.kernel.models import TrailRecord
from gonghui.kernel.refusal import Refusal

from .conftest import Stage

pytestmark = pytest.mark.django_db


def code(act: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def test_a_plan_is_published_only_when_somebody_answers_for_every_task(stage: Stage) -> None:
    plan = stage.plan()
    publish = lambda: services.publish_plan(stage.city, plan_id=plan.pk)  # noqa: E731
    assert code(publish) == "GH-REF-012"
    bare = services.add_item(stage.city, plan_id=plan.pk, wanted=stage.wanted(post=None))
    services.add_item(stage.city, plan_id=plan.pk, wanted=stage.wanted(title="新增试点企业一百家"))
    with pytest.raises(Refusal) as refused:
        publish()
    assert refused.value.code == "GH-REF-013" and "第1项" in refused.value.message
    services.change_item(stage.city, item_id=bare.pk, wanted=stage.wanted())
    done = publish()
    assert (done.state, done.version) == ("published", 1)
    assert set(PlanItem.objects.values_list("state", "in_force_on")) == {("running", stage.today)}
    version = PlanVersion.objects.get()
    assert [one["number"] for one in version.items] == [1, 2]
    assert code(publish) == "GH-REF-003"


def test_a_published_plan_changes_by_versions_with_reasons(stage: Stage) -> None:
    item = stage.task()
    plan_id = item.plan_id or 0
    later = stage.wanted(90)
    assert code(lambda: services.change_item(stage.city, item_id=item.pk, wanted=later)) == "GH-REF-004"
    bare = stage.wanted(90, post=None)
    assert (
        code(lambda: services.change_item(stage.city, item_id=item.pk, wanted=bare, reason="人事变动")) == "GH-REF-013"
    )
    services.change_item(stage.city, item_id=item.pk, wanted=later, reason="雨季停工一个月")
    assert code(lambda: services.add_item(stage.city, plan_id=plan_id, wanted=stage.wanted())) == "GH-REF-004"
    services.add_item(stage.city, plan_id=plan_id, wanted=stage.wanted(title="选树先进班组"), reason="省总新增要求")
    services.withdraw_item(stage.city, item_id=item.pk, reason="与第2项合并")
    reasons = list(PlanVersion.objects.order_by("number").values_list("number", "reason"))
    assert reasons == [
        (1, ""), (2, "调整第1项：雨季停工一个月"), (3, "增加第2项：省总新增要求"), (4, "撤销第1项：与第2项合并"),
    ]  # fmt: skip
    first, last = PlanVersion.objects.get(number=1), PlanVersion.objects.get(number=4)
    assert [one["title"] for one in first.items] == ["建成产改阵地十个"]
    assert [one["title"] for one in last.items] == ["选树先进班组"]
    assert code(lambda: services.withdraw_item(stage.city, item_id=item.pk, reason="再撤一次")) == "GH-REF-003"


def test_what_is_wrong_with_a_task_is_told(stage: Stage) -> None:
    plan = stage.plan()
    add = lambda **more: services.add_item(stage.city, plan_id=plan.pk, wanted=stage.wanted(**more))  # noqa: E731
    assert code(lambda: add(title="  ")) == "GH-REF-004"
    assert code(lambda: add(start_on=stage.day(61))) == "GH-REF-021"
    assert code(lambda: add(post=stage.county_post)) == "GH-REF-020"
    assert code(lambda: stage.plan()) == "GH-REF-010"
    assert code(lambda: services.add_item(stage.county, plan_id=plan.pk, wanted=stage.wanted())) == "GH-REF-002"
    assert code(lambda: services.add_item(stage.union, plan_id=plan.pk, wanted=stage.wanted())) == "GH-ACC-001"
    draft = lambda **more: services.draft_plan(stage.city, organisation=stage.tree.county, year=2026, title="计划计划")  # noqa: E731
    assert code(draft) == "GH-REF-001"
    year = lambda: services.draft_plan(stage.city, organisation=stage.tree.city, year=1, title="计划计划")  # noqa: E731
    assert code(year) == "GH-REF-011"


def test_milestones_carry_a_task_to_its_end(stage: Stage) -> None:
    item = stage.task(60)
    late = lambda: services.set_steps(stage.city, item_id=item.pk, steps=[("验收挂牌", stage.day(61))])  # noqa: E731
    assert code(late) == "GH-REF-023"
    services.set_steps(stage.city, item_id=item.pk, steps=[("验收挂牌", stage.day(50)), ("选定十处", stage.day(10))])
    first, second = item.steps.order_by("number")
    assert first.title == "选定十处"
    shorter = stage.wanted(40)
    assert (
        code(lambda: services.change_item(stage.city, item_id=item.pk, wanted=shorter, reason="提前")) == "GH-REF-004"
    )
    told = code(lambda: services.change_item(stage.city, item_id=item.pk, wanted=shorter, reason="要求提前"))
    assert told == "GH-REF-022"
    assert code(lambda: services.report(stage.city, item_id=item.pk, result="全部建成")) == "GH-REF-033"
    assert code(lambda: services.finish_step(stage.city, step_id=first.pk, words="选")) == "GH-REF-004"
    services.finish_step(
        stage.city, step_id=first.pk, words="十处已选定", upload=ContentFile(b"paper"), file_name="名单.txt"
    )
    first.refresh_from_db()
    assert first.file is not None and first.file.path == stage.tree.city.path
    assert code(lambda: services.finish_step(stage.city, step_id=first.pk, words="十处已选定")) == "GH-REF-003"
    services.reopen_step(stage.city, step_id=first.pk)
    assert code(lambda: services.reopen_step(stage.city, step_id=first.pk)) == "GH-REF-003"
    for step in (first, second):
        services.finish_step(stage.city, step_id=step.pk, words="按要求完成")
    ahead = lambda: services.report(stage.city, item_id=item.pk, result="全部建成", on=stage.day(1))  # noqa: E731
    assert code(ahead) == "GH-REF-005"
    done = services.report(stage.city, item_id=item.pk, result="十处阵地全部建成")
    assert (done.state, done.done_on) == ("done", stage.today)


def test_a_file_that_is_too_large_is_refused(stage: Stage) -> None:
    item = stage.task()
    (step,) = services.set_steps(stage.city, item_id=item.pk, steps=[("验收挂牌", stage.day(5))])
    heavy = ContentFile(b"")
    heavy.size = 21 * 1024 * 1024
    told = code(
        lambda: services.finish_step(stage.city, step_id=step.pk, words="已完成了", upload=heavy, file_name="a")
    )
    assert told == "GH-REF-024"


def test_a_task_goes_down_and_comes_back(stage: Stage) -> None:
    item = stage.task(70)
    down = lambda body, days: services.hand_down(  # noqa: E731
        stage.city, item_id=item.pk, bodies=[body], due_on=stage.day(days)
    )
    assert code(lambda: down(stage.tree.township, 60)) == "GH-REF-030"
    assert code(lambda: down(stage.tree.county, 71)) == "GH-REF-031"
    (row,) = down(stage.tree.county, 60)
    assert code(lambda: down(stage.tree.county, 60)) == "GH-REF-030"
    assert row.path == stage.tree.county.path and "吉安市总工会《" in row.origin

    accept = lambda post: services.accept(stage.county, item_id=row.pk, post=post)  # noqa: E731
    assert code(lambda: accept(None)) == "GH-REF-013"
    assert code(lambda: accept(stage.post)) == "GH-REF-020"
    assert code(lambda: services.accept(stage.city, item_id=row.pk, post=stage.post)) == "GH-REF-001"
    ask = lambda days: services.ask_for_another_day(  # noqa: E731
        stage.county, item_id=row.pk, due_on=stage.day(days), reason="县里换届在即"
    )
    assert code(lambda: ask(60)) == "GH-REF-032"
    assert ask(65).state == "asked"
    assert code(lambda: accept(stage.county_post)) == "GH-REF-003"
    assert code(lambda: services.settle(stage.county, item_id=row.pk, due_on=stage.day(65))) == "GH-REF-001"
    assert code(lambda: services.settle(stage.city, item_id=row.pk, due_on=stage.day(71))) == "GH-REF-031"
    assert services.settle(stage.city, item_id=row.pk, due_on=stage.day(65)).state == "proposed"
    assert accept(stage.county_post).state == "running"

    assert code(lambda: services.report(stage.city, item_id=item.pk, result="全部建成")) == "GH-REF-033"
    assert services.report(stage.county, item_id=row.pk, result="三处建成").state == "submitted"
    assert code(lambda: services.confirm(stage.county, item_id=row.pk)) == "GH-REF-001"
    assert services.send_back(stage.city, item_id=row.pk, reason="缺验收材料").state == "running"
    services.report(stage.county, item_id=row.pk, result="材料已补齐")
    done = services.confirm(stage.city, item_id=row.pk)
    assert (done.state, done.done_on) == ("done", stage.today)
    assert services.report(stage.city, item_id=item.pk, result="十处阵地全部建成").state == "done"
    verbs = set(TrailRecord.objects.filter(object_type="reform_item").values_list("verb", flat=True))
    assert verbs >= {
        f"reform.item_{one}" for one in ("handed_down", "asked", "settled", "accepted", "reported", "done")
    }


def test_an_accepted_task_joins_the_own_plan_of_the_year(stage: Stage) -> None:
    mine = services.draft_plan(stage.county, organisation=stage.tree.county, year=stage.today.year, title="本县计划")
    services.add_item(stage.county, plan_id=mine.pk, wanted=stage.wanted(5, post=stage.county_post))
    services.publish_plan(stage.county, plan_id=mine.pk)
    row = stage.handed(5)
    services.accept(stage.county, item_id=row.pk, post=stage.county_post)
    row.refresh_from_db()
    assert (row.plan_id, row.number) == (mine.pk, 2)
    moved = stage.wanted(4, post=stage.county_post)
    told = code(lambda: services.change_item(stage.county, item_id=row.pk, wanted=moved, reason="自行提前"))
    assert told == "GH-REF-001"


def accepted(stage: Stage, days: int = 60) -> PlanItem:
    row = stage.handed(days)
    services.accept(stage.county, item_id=row.pk, post=stage.county_post)
    row.refresh_from_db()
    return row


def test_accepting_without_a_plan_of_the_year_begins_one_and_every_task_is_a_version(stage: Stage) -> None:
    first, second = accepted(stage), accepted(stage)
    plan = Plan.objects.get(organisation=stage.tree.county)
    assert (plan.state, plan.version, plan.syncs.count()) == ("published", 2, 5)
    assert [(one.plan_id, one.number) for one in (first, second)] == [(plan.pk, 1), (plan.pk, 2)]
    last = plan.versions.get(number=2)
    assert "承接上级下达" in last.reason and [one["number"] for one in last.items] == [1, 2]
    services.settle(stage.city, item_id=first.pk, due_on=stage.day(50), reason="提前迎接检查")
    services.withdraw_item(stage.city, item_id=second.pk, reason="上级取消了")
    plan.refresh_from_db()
    assert plan.version == 4
    assert [one["due_on"] for one in plan.versions.get(number=4).items] == [stage.day(50).isoformat()]


def test_a_version_reads_the_plan_again_and_saves_only_its_number(stage: Stage) -> None:
    item = stage.task()
    stale = Plan.objects.get(pk=item.plan_id)
    services.change_plan(
        stage.city, plan_id=stale.pk, title=stale.title, intro="逐月对照销号", document_no="", agenda_on=None
    )
    services.change_item(stage.city, item_id=item.pk, wanted=stage.wanted(50), reason="提前十天")
    assert write_version(stage.city, stale, stage.today, "再调整").number == 3
    stale.refresh_from_db()
    assert (stale.version, stale.intro) == (3, "逐月对照销号")


def test_numbers_of_a_plan_are_given_once(stage: Stage) -> None:
    item = stage.task()
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.create(
            path=item.path, plan=item.plan, organisation=item.organisation, year=item.year, number=item.number,
            title="同一个序号", due_on=stage.day(9),
        )  # fmt: skip


def test_what_a_closed_plan_says_stays_but_what_becomes_of_its_tasks_is_recorded(stage: Stage) -> None:
    item = stage.task(-1)
    services.set_steps(stage.city, item_id=item.pk, steps=[("选定十处", stage.day(-2))])
    services.explain(stage.city, item_id=item.pk, text="场地未交付，明年三月前完成")
    services.close_plan(stage.city, plan_id=item.plan_id or 0, summary="全年完成十四项")
    city, pk = stage.city, item.pk
    wanted = stage.wanted(9)
    assert code(lambda: services.change_item(city, item_id=pk, wanted=wanted, reason="推到明年")) == "GH-REF-016"
    assert code(lambda: services.withdraw_item(city, item_id=pk, reason="不再做了")) == "GH-REF-016"
    assert code(lambda: services.set_steps(city, item_id=pk, steps=[])) == "GH-REF-016"
    bodies = [stage.tree.county]
    assert code(lambda: services.hand_down(city, item_id=pk, bodies=bodies, due_on=item.due_on)) == "GH-REF-016"
    stale = Plan.objects.get(pk=item.plan_id)
    assert code(lambda: write_version(city, stale, stage.today, "补一版")) == "GH-REF-003"
    services.finish_step(city, step_id=item.steps.get().pk, words="十处已选定")
    assert services.report(city, item_id=pk, result="十处阵地全部建成").state == "done"


def test_a_task_that_waits_above_holds_no_year_up_and_is_still_settled(stage: Stage) -> None:
    row = accepted(stage)
    services.report(stage.county, item_id=row.pk, result="三处全部建成")
    assert services.close_plan(stage.county, plan_id=row.plan_id or 0, summary="承接任务已报送").state == "closed"
    assert services.send_back(stage.city, item_id=row.pk, reason="缺验收材料").state == "running"
    services.report(stage.county, item_id=row.pk, result="材料已补齐")
    assert services.confirm(stage.city, item_id=row.pk).state == "done"


def test_after_the_year_is_closed_above_nothing_more_is_accepted(stage: Stage) -> None:
    row = stage.handed()
    parent = row.parent
    assert parent is not None
    services.explain(stage.city, item_id=parent.pk, text="场地未交付，明年三月前完成")
    services.close_plan(stage.city, plan_id=parent.plan_id or 0, summary="全年完成十四项")
    accept = lambda: services.accept(stage.county, item_id=row.pk, post=stage.county_post)  # noqa: E731
    assert code(accept) == "GH-REF-034"


def test_another_day_is_settled_with_its_reason(stage: Stage) -> None:
    row = stage.handed(60)
    services.ask_for_another_day(stage.county, item_id=row.pk, due_on=stage.day(65), reason="县里换届在即")
    settle = lambda **more: services.settle(stage.city, item_id=row.pk, due_on=stage.day(63), **more)  # noqa: E731
    assert code(settle) == "GH-REF-004"
    done = settle(reason="六月中旬要汇总")
    assert (done.state, done.due_on) == ("proposed", stage.day(63))
    (kept,) = done.changes
    assert (kept["old"], kept["new"]) == (stage.day(60).isoformat(), stage.day(63).isoformat())
    assert kept["reason"] == "六月中旬要汇总"


def test_withdrawing_takes_what_was_handed_down_along(stage: Stage) -> None:
    row = stage.handed()
    assert code(lambda: services.withdraw_item(stage.county, item_id=row.pk, reason="做不了这项")) == "GH-REF-001"
    services.withdraw_item(stage.city, item_id=row.parent_id or 0, reason="上级取消了")
    row.refresh_from_db()
    assert (row.state, row.withdrawn_on) == ("withdrawn", stage.today)


def test_a_year_ends_with_everything_done_or_explained(stage: Stage) -> None:
    item = stage.task(-1)
    close = lambda: services.close_plan(stage.city, plan_id=item.plan_id or 0, summary="全年完成十四项")  # noqa: E731
    assert code(close) == "GH-REF-014"
    assert code(lambda: services.explain(stage.city, item_id=item.pk, text="慢")) == "GH-REF-004"
    services.explain(stage.city, item_id=item.pk, text="场地未交付，明年三月前完成")
    assert close().state == "closed"
    item.refresh_from_db()
    assert item.ended_on is not None and item.ended_on >= date(stage.today.year + 1, 1, 1)
    assert services.remind(stage.day(30)) == 0
    again = lambda: services.add_item(stage.city, plan_id=item.plan_id or 0, wanted=stage.wanted())  # noqa: E731
    assert code(again) == "GH-REF-003"


def test_the_five_stages_are_done_in_their_order(stage: Stage) -> None:
    plan = stage.plan()
    tick = lambda one, **more: services.check_sync(  # noqa: E731
        stage.city, plan_id=plan.pk, stage=one, words="与党政工作一同研究", **more
    )
    assert code(lambda: tick(SyncStage.PLAN)) == "GH-REF-003"
    services.add_item(stage.city, plan_id=plan.pk, wanted=stage.wanted())
    services.publish_plan(stage.city, plan_id=plan.pk)
    assert plan.syncs.count() == 5
    assert code(lambda: tick(SyncStage.ADVANCE)) == "GH-REF-015"
    tick(SyncStage.PLAN)
    tick(SyncStage.ARRANGE)
    assert code(lambda: tick(SyncStage.PLAN, done=False)) == "GH-REF-015"
    assert tick(SyncStage.ARRANGE, done=False).done_on is None


def test_a_draft_is_changed_and_thrown_away_but_nothing_published(stage: Stage) -> None:
    plan = stage.plan()
    services.add_item(stage.city, plan_id=plan.pk, wanted=stage.wanted())
    changed = services.change_plan(
        stage.city, plan_id=plan.pk, title="重点工作计划（修订）", intro="", document_no="吉工发〔2026〕3号",
        agenda_on=stage.today,
    )  # fmt: skip
    assert changed.agenda_on == stage.today
    services.discard_plan(stage.city, plan_id=plan.pk)
    assert Plan.objects.count() == PlanItem.objects.count() == 0
    item = stage.task()
    assert code(lambda: services.discard_plan(stage.city, plan_id=item.plan_id or 0)) == "GH-REF-003"


def test_reminders_are_written_once_a_day_and_again_after_a_week(stage: Stage) -> None:
    item = stage.task(5)
    assert services.remind(stage.day(-3)) == 0
    assert services.remind(stage.today) == 1
    assert services.remind(stage.today) == 0
    assert services.remind(stage.day(6)) == 1
    assert services.remind(stage.day(7)) == 0
    assert services.remind(stage.day(13)) == 1
    services.urge(stage.city, item_id=item.pk, words="本周内报进展")
    kinds = list(Reminder.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["soon", "overdue", "overdue", "urged"]
    services.report(stage.city, item_id=item.pk, result="十处阵地全部建成")
    assert services.remind(stage.day(30)) == 0
    assert code(lambda: services.urge(stage.city, item_id=item.pk, words="本周内报进展")) == "GH-REF-003"
