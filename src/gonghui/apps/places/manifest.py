"""What places plug into the platform."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import catalog
from .queries import desk as queries
from .queries.venues import Register
from .rules import clock
from .sources import SOURCES

MOST = 10


def tasks(viewer: Viewer) -> list[Task]:
    """What waits to be mended or answered, and places that nobody has looked at for long."""
    if not viewer.may("place.fix"):
        return []
    now = timezone.now()
    today = timezone.localdate(now)
    found = []
    for row in queries.waiting(viewer)[:MOST]:
        left = clock.left(row.due_at, now)
        late = row.late or left.late
        found.append(
            Task(
                "小修小补", f"{catalog.title(catalog.faults(), row.fault)}：{row.place.name}",
                row.place.organisation.name,
                reverse("places:ticket", args=[row.pk]), row.get_state_display(), "bad" if late else "wait", left.words,
                "bad" if late else left.tone,
            )
        )  # fmt: skip
    found += [
        Task(
            "指导站咨询", f"答复：{row.question[:40]}", row.place.name, reverse("places:question", args=[row.pk]),
            "待答复", "wait", f"{row.due_on:%Y-%m-%d}", "bad" if row.due_on < today else "",
        )
        for row in queries.asked(viewer)[:MOST]
    ]  # fmt: skip
    unseen = queries.unseen(viewer, today).count()
    if unseen:
        found.append(Task("阵地巡查", f"{unseen}处阵地很久没有巡查", "", reverse("places:rounds"), "待巡查", "wait"))
    return found


def waiting(viewer: Viewer) -> int:
    return queries.waiting(viewer).count() if viewer.may("place.fix") else 0


VERBS = {
    "registered": "登记阵地",
    "imported": "导入阵地",
    "changed": "修改阵地资料",
    "moved": "登记阵地建设和开放",
    "starred": "登记阵地星级",
    "suspended": "公布阵地暂停开放",
    "lifted": "恢复阵地开放",
    "photo_added": "添加阵地照片",
    "photo_dropped": "撤下阵地照片",
    "reported": "反映阵地问题",
    "ticket_opened": "登记阵地问题",
    "ticket_taken": "接手阵地问题",
    "ticket_answered": "答复阵地问题",
    "ticket_raised": "阵地问题超时上转",
    "unsolved": "反映阵地问题没有解决",
    "answer_seen": "看到答复",
    "thanked": "感谢修好阵地",
    "contact_revealed": "查看反映人电话",
    "asker_revealed": "查看咨询人电话",
    "contact_forgotten": "删除反映人、咨询人电话",
    "round_recorded": "登记阵地巡查",
    "policy_published": "发布指导站政策",
    "policy_withdrawn": "撤下指导站政策",
    "asked": "向指导站咨询",
    "consultation_answered": "答复指导站咨询",
}

MANIFEST = Manifest(
    key="places",
    title="阵地",
    sources=SOURCES,
    venues=Register(),
    entries=(Entry("阵地", "places:list", "place", "place.view", order=60, prefix="/desk/places/", count=waiting),),
    verbs={f"places.{verb}": words for verb, words in VERBS.items()},
    tasks=tasks,
)
