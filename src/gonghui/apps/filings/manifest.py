"""What filings plug into the platform."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import queries
from .choices import FilingState
from .rules import deadlines
from .sources import SOURCES

SOON = 3
"""Days before a deadline from which it is shown as near."""
MOST = 20


def _due(due_on: date) -> tuple[str, str]:
    """What is said of a deadline, and its colour."""
    today = timezone.localdate()
    return deadlines.said(due_on, today), deadlines.tone(due_on, today)


def tasks(viewer: Viewer) -> list[Task]:
    """Questions that wait for the viewer, filings to be signed or sent, forms that the bodies above demand."""
    found: list[Task] = []
    if viewer.may("form.fill"):
        found += [
            Task(
                "报表填报", f"答复：{row.title}（{read(row.period).said}）", row.asked_by_name,
                reverse("filings:question", args=[row.pk]), "待答复", "wait", *_due(row.due_on),
            )
            for row in queries.own_open(viewer)[:MOST]
        ]  # fmt: skip
        found += [
            Task(
                "报表填报", f"续填：{row.title}（{read(row.period).said}）", row.demanded_by,
                reverse("filings:one", args=[row.pk]), row.get_state_display(), "wait", *_due(row.due_on),
            )
            for row in queries.due(viewer, SOON)[:MOST]
        ]  # fmt: skip
        found += [
            Task(
                "报表填报", f"填报：{one.template.title}（{one.period.said}）", one.template.demanded_by,
                f"{reverse('filings:new')}?template={one.template.pk}&period={one.period.key}", "待填报", "wait",
                *_due(one.due_on),
            )
            for one in queries.expected(viewer)[:MOST]
        ]  # fmt: skip
    if viewer.may("form.sign"):
        rows = queries.filings(viewer).filter(
            organisation_id=viewer.organisation_id or 0, state__in=[FilingState.CHECKED, FilingState.SIGNED]
        )
        found += [
            Task(
                "报表填报", f"{row.title}（{read(row.period).said}）", row.demanded_by,
                reverse("filings:one", args=[row.pk]), row.get_state_display(), "wait", *_due(row.due_on),
            )
            for row in rows[:MOST]
            if row.state == FilingState.SIGNED or viewer.account_id not in (row.checked_by, row.made_by)
        ]  # fmt: skip
    return found


def waiting(viewer: Viewer) -> int:
    return queries.own_open(viewer).count() if viewer.may("form.fill") else 0


MANIFEST = Manifest(
    key="filings",
    title="报表填报",
    entries=(
        Entry("报表填报", "filings:list", "columns", "form.view", order=83, prefix="/desk/filings/", count=waiting),
    ),
    verbs={
        "form.received": "收入表样",
        "form.mapped": "对照表样",
        "form.put": "启用或停用表样",
        "form.begun": "开始填报",
        "form.recounted": "重新计算报表",
        "form.remarked": "说明报表里的变动",
        "form.asked": "发出填报询问",
        "form.answered": "答复填报事项",
        "form.handed_down": "把填报事项分给下级",
        "form.extended": "延长填报事项的期限",
        "form.closed": "不再问填报事项",
        "form.redirected": "转交填报事项",
        "form.checked": "核对报表送签",
        "form.returned": "退回报表",
        "form.signed": "签发报表",
        "form.sent": "报出报表",
        "form.reopened": "退回已签发的报表",
        "form.exported": "下载报表",
    },
    tasks=tasks,
    sources=SOURCES,
)
