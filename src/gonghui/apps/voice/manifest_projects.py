"""What selections and projects plug into the platform; manifest.py takes it in."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.manifest import Entry, Task
from gonghui.kernel.viewer import Viewer

from .choices import ProjectState, SelectionState
from .queries import projects as queries
from .queries import selections
from .rules.progress import Light, Standing, standing

MOST = 10
MANAGE = "project.manage"

ENTRIES = (Entry("实事项目", "voice:projects", "flag", "voice.view", order=46, prefix="/desk/deeds/"),)


def _due(one: Standing, text: str) -> dict[str, str]:
    if one.light == Light.LATE:
        return {"due": one.words, "due_tone": "bad"}
    near = one.light == Light.SOON
    return {"due": one.words if near else text, "due_tone": "wait" if near else ""}


def tasks(viewer: Viewer) -> list[Task]:
    """Own projects and milestones that are near, late or done and not judged; what a low score brought up; lists."""
    if not viewer.may(MANAGE) or viewer.organisation_id is None:
        return []
    today, soon = timezone.localdate(), queries.soon_days(viewer.lo)
    found = []
    for row in queries.waiting(viewer, today, soon)[:MOST]:
        done = row.state == ProjectState.DONE
        at = standing(row.due_on, row.done_on, today, soon)
        found.append(
            Task(
                "实事项目", f"{'请职工评价：' if done else ''}{row.title}", row.organisation.name,
                reverse("voice:project", args=[row.pk]), "待评价" if done else str(row.get_state_display()),
                "wait" if done else "info", **({} if done else _due(at, f"{row.due_on:%Y-%m-%d}")),
            )
        )  # fmt: skip
    for step in queries.waiting_steps(viewer, today, soon)[:MOST]:
        at = standing(step.due_on, None, today, soon)
        found.append(
            Task("项目节点", step.title, step.project.title, reverse("voice:project", args=[step.project_id]), "待完成",
                 **_due(at, f"{step.due_on:%Y-%m-%d}"))
        )  # fmt: skip
    return found + _supervised(viewer, soon) + _selections(viewer)


def _supervised(viewer: Viewer, soon: int) -> list[Task]:
    today = timezone.localdate()
    return [
        Task("项目督办", f"满意度{row.score}分，重新整改：{row.title}", row.organisation.name,
             reverse("voice:project", args=[row.pk]), "督办", "bad",
             **_due(standing(row.due_on, None, today, soon), f"{row.due_on:%Y-%m-%d}"))
        for row in queries.supervised(viewer)[:MOST]
    ]  # fmt: skip


def _selections(viewer: Viewer) -> list[Task]:
    return [
        Task("年度遴选", f"{'登记会议决定' if row.state == SelectionState.DECIDING else '开箱计票'}：{row.title}", "",
             reverse("voice:selection", args=[row.pk]), str(row.get_state_display()), "wait")
        for row in queries.selecting(viewer, timezone.localdate())[:MOST]
    ]  # fmt: skip


def member_tasks(viewer: Viewer) -> list[Task]:
    """Selections to take part in, and projects to judge."""
    today = timezone.localdate()
    found = [
        Task("评选实事", one["row"].title, selections.body_name(one["row"]),
             reverse("voice:m-weigh", args=[one["row"].pk]), "可以参加", "wait",
             due=f"{one['row'].closes_on:%Y-%m-%d}截止")
        for one in selections.for_member(viewer)
        if one["runs"] and not one["chosen"]
    ]  # fmt: skip
    return found + [
        Task("评价实事", row.evaluation.project.title, "", reverse("voice:m-judge", args=[row.evaluation_id]), "待评价",
             "wait", due=f"{row.evaluation.closes_on:%Y-%m-%d}截止")
        for row in queries.invitations(viewer)
        if not row.answered and row.evaluation.state == "open" and row.evaluation.closes_on >= today
    ]  # fmt: skip


VERBS = {
    f"voice.{verb}": words
    for verb, words in {
        "selection_opened": "开始遴选",
        "selection_changed": "修改遴选",
        "selection_discarded": "删除遴选",
        "candidate_added": "添加候选",
        "candidate_changed": "修改候选",
        "candidate_removed": "移除候选",
        "voices_gathered": "把意见列入候选",
        "voice_let_go": "把意见移出候选",
        "weighing_opened": "安排职工评选",
        "weighed": "参加评选",
        "weighing_closed": "评选计票",
        "selection_decided": "登记遴选决定",
        "selection_published": "公布实事清单",
        "project_listed": "实事立项",
        "project_added": "项目立项",
        "project_changed": "调整项目",
        "project_shown": "公开项目",
        "project_hidden": "撤下公开的项目",
        "project_started": "启动项目",
        "project_stopped": "终止项目",
        "project_handed_down": "下达项目",
        "project_done": "项目完成",
        "project_supervised": "督办项目",
        "milestones_set": "设定项目节点",
        "milestone_done": "完成项目节点",
        "milestone_reopened": "取消项目节点完成",
        "progress_reported": "登记项目进展",
        "money_used": "登记资金使用",
        "risk_raised": "登记项目风险",
        "risk_closed": "解除项目风险",
        "delay_explained": "说明项目延期",
        "outcome_defined": "定下项目指标",
        "outcome_dropped": "删去项目指标",
        "outcome_measured": "填写指标结果",
        "evaluation_opened": "邀请评价",
        "judged": "参加评价",
        "evaluation_published": "公布评价结果",
        "lessons_written": "写经验和教训",
    }.items()
}
