"""What the vitality review plugs into the platform."""

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import queries
from .choices import FindingKind


def open_count(viewer: Viewer) -> int:
    return sum(row["open"] for row in queries.summary(viewer).values())


def tasks(viewer: Viewer) -> list[Task]:
    """One line a kind, with how many wait."""
    if not viewer.may("vitality.review"):
        return []
    return [
        Task(
            category="活力体检",
            title=f"{FindingKind(kind).label}{row['open']}项待核查",
            organisation=f"分布在{row['organisations']}家工会",
            url=f"/desk/vitality/{kind}/",
            state="待核查" if row["open"] > row["warned"] else "已警示",
            tone="wait",
        )
        for kind, row in queries.summary(viewer).items()
        if row["open"]
    ]


MANIFEST = Manifest(
    key="vitality",
    title="活力体检",
    entries=(Entry("活力体检", "vitality:list", "pulse", "vitality.view", order=30, prefix="/desk/vitality/", count=open_count),),
    verbs={
        "vitality.reviewed": "开展活力体检",
        "vitality.kept": "核实保留",
        "vitality.warned": "警示告知",
        "vitality.appealed": "提出申诉",
        "vitality.answered": "答复申诉",
        "vitality.decided": "处置",
        "vitality.undone": "撤销处置",
    },
    tasks=tasks,
)
