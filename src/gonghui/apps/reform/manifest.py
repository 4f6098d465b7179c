"""What plans plug into the platform."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from .choices import BrandState, IssueState, ItemState
from .queries import pilots, showing
from .queries import tasks as plans
from .rules import Light
from .sources import SOURCES

MOST = 10


def tasks(viewer: Viewer) -> list[Task]:
    """What waits: one's own organisation's tasks and findings, answers from below, pilots that nobody has visited."""
    found: list[Task] = []
    if viewer.may("reform.answer"):
        found += _own_items(viewer) + _own_issues(viewer)
    if viewer.may("reform.manage"):
        found += _from_below(viewer)
    if viewer.may("visit.record"):
        found += _to_visit(viewer)
    return found


def _own_items(viewer: Viewer) -> list[Task]:
    """Handed down and not accepted yet, near or late."""
    rows = plans.items(viewer).filter(
        organisation_id=viewer.organisation_id, state__in=(ItemState.PROPOSED, ItemState.RUNNING), ended_on=None
    )  # fmt: skip
    made = []
    for line in plans.lines(viewer, rows[: MOST * 4]):
        asked = line.item.state == ItemState.PROPOSED
        if not asked and line.standing.light == Light.ON_TIME:
            continue
        late = line.standing.light == Light.OVERDUE
        made.append(
            Task(
                category="计划任务",
                title=f"确认上级下达的任务：{line.item.title}" if asked else line.item.title,
                organisation=line.item.origin or (line.item.plan.title if line.item.plan else ""),
                url=reverse("reform:item", args=[line.item.pk]),
                state="待确认" if asked else "进行中",
                tone="wait" if asked else "info",
                due=line.standing.words if late or not asked else f"{line.item.due_on:%Y-%m-%d}",
                due_tone="bad" if late else "wait" if line.standing.light == Light.SOON else "",
            )
        )
    return made[:MOST]


def _own_issues(viewer: Viewer) -> list[Task]:
    rows = showing.issues(viewer).filter(organisation_id=viewer.organisation_id, state=IssueState.OPEN)[:MOST]
    today = timezone.localdate()
    return [
        Task(
            category="督查整改",
            title=row.text[:40],
            organisation=row.source,
            url=reverse("reform:issue", args=[row.pk]),
            state="待整改",
            tone="wait",
            due=f"已逾期{(today - row.due_on).days}天" if row.due_on < today else f"{row.due_on:%Y-%m-%d}",
            due_tone="bad" if row.due_on < today else "",
        )
        for row in rows
    ]


def _from_below(viewer: Viewer) -> list[Task]:
    """Reports to confirm, days asked for, answers to check, projects to register: of those directly below."""
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
        )
        for row in items
    ]
    answered = showing.issues(viewer).filter(raised_by_id=viewer.organisation_id, state=IssueState.ANSWERED)[:MOST]
    found += [
        Task("督查整改", f"核验：{row.text[:40]}", row.organisation.name, reverse("reform:issue", args=[row.pk]),
             "待核验", "wait")
        for row in answered
    ]  # fmt: skip
    brands = showing.brands(viewer).filter(
        state=BrandState.PROPOSED, organisation__parent_id=viewer.organisation_id
    )[:MOST]  # fmt: skip
    return found + [
        Task("品牌项目", f"审核：{row.title}", row.organisation.name, reverse("reform:brand", args=[row.pk]),
             "待审核", "wait")
        for row in brands
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
