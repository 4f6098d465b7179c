"""What plans plug into the platform."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from .choices import BrandState, CaseState, IssueState, ItemState
from .queries import pilots, showing
from .queries import tasks as plans
from .rules import Light, Standing, standing
from .sources import SOURCES

MOST = 10
MANAGE, ANSWER = "reform.manage", "reform.answer"


def tasks(viewer: Viewer) -> list[Task]:
    """What waits: one's own organisation's tasks, findings, projects and cases; what came from below; visits."""
    found: list[Task] = []
    if viewer.may(ANSWER):
        found += _own_items(viewer) + _own_steps(viewer) + _own_issues(viewer) + _own_showing(viewer)
    if viewer.may(MANAGE):
        found += _from_below(viewer) + _showing_below(viewer)
    if viewer.may("visit.record"):
        found += _to_visit(viewer)
    return found


def _due(one: Standing, on: date) -> dict[str, str]:
    """When something is due, as a line of the desk says it: in red once it is late."""
    if one.light == Light.OVERDUE:
        return {"due": one.words, "due_tone": "bad"}
    near = one.light == Light.SOON
    return {"due": one.words if near else f"{on:%Y-%m-%d}", "due_tone": "wait" if near else ""}


def _own_items(viewer: Viewer) -> list[Task]:
    """Handed down and not accepted yet, near, late, or urged."""
    made = []
    for line in plans.lines(viewer, plans.waiting(viewer)[:MOST]):
        asked = line.item.state == ItemState.PROPOSED
        urged = line.item.urged_on is not None  # type: ignore[attr-defined]
        made.append(
            Task(
                category="计划任务",
                title=f"确认上级下达的任务：{line.item.title}" if asked else line.item.title,
                organisation=line.item.origin or (line.item.plan.title if line.item.plan else ""),
                url=reverse("reform:item", args=[line.item.pk]),
                state="催办" if urged else "待确认" if asked else "进行中",
                tone="bad" if urged else "wait" if asked else "info",
                **_due(line.standing, line.item.due_on),
            )
        )
    return made


def _own_steps(viewer: Viewer) -> list[Task]:
    """Milestones of own tasks that are near or late."""
    today = timezone.localdate()
    soon = plans.soon_days(viewer, today)
    return [
        Task(
            category="任务节点",
            title=row.title,
            organisation=row.item.title,
            url=reverse("reform:item", args=[row.item_id]),
            state="待完成",
            **_due(standing(row.due_on, None, today, soon), row.due_on),
        )
        for row in plans.waiting_steps(viewer, today, soon)[:MOST]
    ]


def _own_issues(viewer: Viewer) -> list[Task]:
    rows = showing.issues(viewer).filter(organisation_id=viewer.organisation_id, state=IssueState.OPEN)[:MOST]
    today = timezone.localdate()
    soon = plans.soon_days(viewer, today)
    urged = showing.urged(viewer, rows)
    return [
        Task(
            category="督查整改",
            title=row.text[:40],
            organisation=row.source,
            url=reverse("reform:issue", args=[row.pk]),
            state="催办" if row.pk in urged else "待整改",
            tone="bad" if row.pk in urged else "wait",
            **_due(standing(row.due_on, None, today, soon), row.due_on),
        )
        for row in rows
    ]


def _since(on: date | None) -> str:
    return f"已等{(timezone.localdate() - on).days}天" if on is not None and on < timezone.localdate() else ""


def _own_showing(viewer: Viewer) -> list[Task]:
    """Own projects that were sent back, and cases that were begun and not put forward."""
    mine = {"organisation_id": viewer.organisation_id}
    brands = showing.brands(viewer).filter(state=BrandState.RETURNED, **mine)[:MOST]
    cases = showing.cases(viewer).filter(state=CaseState.DRAFT, **mine)[:MOST]
    return [
        Task("品牌项目", f"修改后重新申报：{row.title}", row.opinion[:40], reverse("reform:brand", args=[row.pk]),
             "退回修改", "wait")
        for row in brands
    ] + [
        Task("典型案例", f"写完报送：{row.title}", "", reverse("reform:case", args=[row.pk]), "编写中", "info")
        for row in cases
    ]  # fmt: skip


def _from_below(viewer: Viewer) -> list[Task]:
    """Reports to confirm, days asked for, answers to check: of those directly below."""
    mine = {"parent__organisation_id": viewer.organisation_id}
    items = plans.items(viewer).filter(state__in=(ItemState.SUBMITTED, ItemState.ASKED), **mine)[:MOST]
    found = [
        Task(
            category="计划任务",
            title=f"{'验收' if row.state == ItemState.SUBMITTED else '答复调整'}：{row.title}",
            organisation=row.organisation.name,
            url=reverse("reform:item", args=[row.pk]),
            state=str(row.get_state_display()),
            tone="wait",
            due=_since(row.submitted_on),
        )
        for row in items
    ]
    answered = showing.issues(viewer).filter(raised_by_id=viewer.organisation_id, state=IssueState.ANSWERED)[:MOST]
    return found + [
        Task("督查整改", f"核验：{row.text[:40]}", row.organisation.name, reverse("reform:issue", args=[row.pk]),
             "待核验", "wait", _since(row.answered_on))
        for row in answered
    ]  # fmt: skip


def _showing_below(viewer: Viewer) -> list[Task]:
    """Projects to register and cases to judge, of those directly below, with how long they have waited."""
    mine = {"organisation__parent_id": viewer.organisation_id}
    brands = showing.brands(viewer).filter(state=BrandState.PROPOSED, **mine).order_by("proposed_on")[:MOST]
    cases = showing.cases(viewer).filter(state=CaseState.SUBMITTED, **mine).order_by("submitted_on")[:MOST]
    return [
        Task("品牌项目", f"审核：{row.title}", row.organisation.name, reverse("reform:brand", args=[row.pk]),
             "待审核", "wait", _since(row.proposed_on))
        for row in brands
    ] + [
        Task("典型案例", f"评选：{row.title}", row.organisation.name, reverse("reform:case", args=[row.pk]),
             "待评选", "wait", _since(row.submitted_on))
        for row in cases
    ]  # fmt: skip


def _to_visit(viewer: Viewer) -> list[Task]:
    count = pilots.unvisited(viewer).count()
    if not count:
        return []
    where = reverse("reform:pilots") + "?mine=1"
    return [Task("产改走访", f"{count}家试点很久没有走访", "", where, "待走访", "wait")]


VERBS = {
    "plan_drafted": "编制计划",
    "plan_begun": "建立承接计划",
    "plan_changed": "修改计划",
    "plan_published": "发布计划",
    "plan_closed": "结束计划",
    "plan_discarded": "删除计划草稿",
    "sync_checked": "完成五同步环节",
    "sync_unchecked": "取消五同步环节",
    "item_added": "添加重点工作",
    "item_changed": "调整重点工作",
    "item_withdrawn": "撤销重点工作",
    "steps_set": "设定节点",
    "step_done": "完成节点",
    "step_reopened": "取消节点完成",
    "item_handed_down": "分解下达任务",
    "item_accepted": "确认任务",
    "item_asked": "提出调整任务期限",
    "item_settled": "答复任务期限",
    "item_reported": "报送任务完成",
    "item_done": "任务完成",
    "item_sent_back": "退回任务",
    "item_explained": "说明延期",
    "item_urged": "催办",
    "reminded": "到期提醒",
    "programme_opened": "制定试点方案",
    "programme_changed": "调整试点方案",
    "pilot_enrolled": "列入试点",
    "pilot_regrouped": "调整试点分组",
    "pilot_left": "退出试点",
    "guide_appointed": "安排三员",
    "guide_relieved": "解除三员",
    "visit_recorded": "登记走访",
    "round_opened": "开展督查",
    "round_closed": "办结督查",
    "issue_raised": "提出问题",
    "issue_answered": "答复问题",
    "issue_closed": "问题销号",
    "issue_returned": "退回整改",
    "issue_moved": "调整整改期限",
    "issue_urged": "催办整改",
    "brand_proposed": "申报品牌项目",
    "brand_mended": "修改品牌项目",
    "brand_registered": "登记品牌项目",
    "brand_returned": "退回品牌项目",
    "brand_retired": "停止品牌项目",
    "case_written": "编写案例",
    "case_submitted": "报送案例",
    "case_decided": "评选案例",
}

MANIFEST = Manifest(
    key="reform",
    title="产改计划",
    sources=SOURCES,
    entries=(Entry("产改计划", "reform:board", "tasks", "reform.view", order=65, prefix="/desk/reform/"),),
    verbs={f"reform.{verb}": words for verb, words in VERBS.items()},
    tasks=tasks,
)
