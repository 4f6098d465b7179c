"""What this app plugs into the platform."""

from django.urls import reverse

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import queries
from .choices import State
from .sources import SOURCES


def tasks(viewer: Viewer) -> list[Task]:
    """Imports of the viewer's own that wait for columns to be confirmed or for the word to start."""
    if not viewer.may("roster.import"):
        return []
    rows = []
    for roster in queries.waiting(viewer)[:5]:
        what = "核对列" if roster.step is State.MATCHING else "看过预览后导入"
        rows.append(
            Task(
                category="名册导入",
                title=f"{roster.source_name}：{what}",
                organisation=roster.organisation.name,
                url=reverse("rosters:import", args=[roster.pk]),
                state=roster.step.label,
                tone="wait",
            )
        )
    return rows


def count(viewer: Viewer) -> int:
    return queries.waiting(viewer).count()


MANIFEST = Manifest(
    key="rosters",
    title="名册导入",
    sources=SOURCES,
    entries=(Entry("名册导入", "rosters:imports", "upload", "roster.import", order=30, count=count),),
    verbs={
        "roster.uploaded": "上传名册",
        "roster.committed": "导入名册",
        "roster.undone": "撤销名册导入",
        "roster.stop_asked": "要求停止导入",
        "roster.stopped": "停止名册导入",
        "roster.failed": "名册没有导入",
        "roster.exported": "导出名册",
        "roster.report": "下载有问题的行",
        "appointment.correct": "更正任职",
    },
    tasks=tasks,
)
