"""What voices and projects plug into the platform."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.manifest import Entry, Manifest, MessageKind, Task
from gonghui.kernel.viewer import Viewer

from . import manifest_projects as projects
from .choices import Act, State
from .queries import voices as queries
from .sources import SOURCES

HANDLE = "voice.handle"


def tasks(viewer: Viewer) -> list[Task]:
    """Voices that wait at the own body, promises that are over, matters to sign for; then projects."""
    found: list[Task] = []
    if viewer.may(HANDLE):
        today = timezone.localdate()
        for row in queries.due(viewer):
            late = row.late or (row.due_on is not None and row.due_on < today)
            found.append(
                Task(
                    "职工意见", f"{'受理' if row.state == State.RECEIVED else '答复'}：{row.number}",
                    row.organisation_name, reverse("voice:one", args=[row.pk]), str(row.get_state_display()),
                    "bad" if late else "wait", due=f"{row.due_on:%Y-%m-%d}" if row.due_on else "",
                    due_tone="bad" if late else "",
                )
            )  # fmt: skip
        for row in queries.broken_promises(viewer, today):
            found.append(
                Task("兑现承诺", f"承诺的期限已过：{row.number}", "",
                     reverse("voice:one", args=[row.pk]), "待兑现", "bad",
                     due=f"{row.promised_on:%Y-%m-%d}", due_tone="bad")
            )  # fmt: skip
        for receipt in queries.received(viewer).filter(read_on__isnull=True)[:10]:
            found.append(
                Task("上情下达", f"签收：{receipt.title}", receipt.issued_by,
                     reverse("voice:receipt", args=[receipt.pk]), "待签收", "wait", due=f"{receipt.due_on:%Y-%m-%d}",
                     due_tone="bad" if receipt.due_on < today else "")
            )  # fmt: skip
    return found + projects.tasks(viewer)


def member_tasks(viewer: Viewer) -> list[Task]:
    """Answers that the member has not read; then what they may choose and judge."""
    found = [
        Task(
            "我的意见", "工会答复了您的意见", row.handler_name, reverse("voice:m-one", args=[row.pk]), "待查看", "wait"
        )
        for row in queries.to_read(viewer)
    ]
    found += [
        Task(
            "我附议的",
            one.row.title if one.row else "您附议的意见有了答复",
            "",
            reverse("voice:m-home"),
            "待查看",
            "wait",
        )
        for one in queries.joined(viewer)
        if one.new
    ]
    found += [
        Task("工会通知", one.title, one.issued_by, reverse("voice:m-notice", args=[one.pk]), "待查看", "info")
        for one in queries.notices(viewer)[:3]
    ]
    return found + projects.member_tasks(viewer)


VERBS = {f"voice.{act.value}": f"职工意见：{act.label}" for act in Act.members()} | {
    "voice.joined": "附议意见",
    "voice.revealed": "查看提出人的姓名和电话",
    "voice.visited": "登记走访",
    "voice.template_saved": "保存答复用语",
    "voice.template_dropped": "删除答复用语",
    "voice.issued": "下达通知",
    "voice.signed": "签收通知",
}

MANIFEST = Manifest(
    key="voice",
    title="诉求实事",
    sources=SOURCES,
    entries=(
        Entry("诉求实事", "voice:list", "voice", "voice.view", order=45, prefix="/desk/voices/", count=queries.waiting),
        *projects.ENTRIES,
    ),
    verbs=VERBS | projects.VERBS,
    tasks=tasks,
    member_tasks=member_tasks,
    messages=(MessageKind("voice.answered", "意见有了答复", "{title}答复了您的意见", "voice:m-one"),),
)
