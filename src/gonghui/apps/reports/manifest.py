"""What reports plug into the platform."""

from __future__ import annotations

from django.urls import reverse

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import queries
from .choices import ReportState


def tasks(viewer: Viewer) -> list[Task]:
    """Reports of the own body that wait for the viewer: to be signed, to be issued, returned with reasons."""
    wanted = [
        state
        for permission, state in (("report.sign", ReportState.REVIEW), ("report.issue", ReportState.SIGNED))
        if viewer.may(permission)
    ]
    if not wanted:
        return []
    rows = queries.reports(viewer).filter(organisation_id=viewer.organisation_id or 0, state__in=wanted)
    return [
        Task(
            "工作报告", row.title, row.organisation.name, reverse("reports:one", args=[row.pk]),
            row.get_state_display(), "wait" if row.state == ReportState.REVIEW else "info",
        )
        for row in rows[:20]
        if row.state != ReportState.REVIEW or row.handed_in_by != viewer.account_id
    ]  # fmt: skip


MANIFEST = Manifest(
    key="reports",
    title="工作报告",
    entries=(Entry("工作报告", "reports:list", "report", "report.view", order=82, prefix="/desk/reports/"),),
    verbs={
        "report.begun": "起草报告",
        "report.drafted": "保存报告草稿",
        "report.commented": "对报告提意见",
        "report.settled": "处理报告意见",
        "report.handed_in": "报告送审",
        "report.returned": "报告退回修改",
        "report.signed": "审定报告",
        "report.issued": "印发报告",
        "report.withdrawn": "撤回报告",
        "report.printed": "导出报告草稿",
        "report.bundled": "下载报告核验包",
        "report.corrected": "报告数字后来有变化",
        "report.template_written": "编写报告模板",
        "report.template_put": "启用或停用报告模板",
    },
    tasks=tasks,
)
