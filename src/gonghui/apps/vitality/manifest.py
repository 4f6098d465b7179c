"""What the vitality review plugs into the platform."""

from gonghui.kernel.manifest import Entry, Fact, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import queries
from .choices import OPEN_STATES, FindingKind
from .sources import SOURCES


def open_count(viewer: Viewer) -> int:
    return sum(row["open"] for row in queries.summary(viewer).values())


def _asked_of_the_union(viewer: Viewer) -> list[Task]:
    """A chair is asked to confirm or to object, one line for each finding about the union."""
    rows = queries.findings(viewer).filter(state__in=OPEN_STATES, membership__isnull=True)[:10]
    return [
        Task(
            category="活力体检",
            title="本会列入活力核查，确认情况或提出申诉",
            organisation=row.organisation.name,
            url=f"/desk/vitality/{row.pk}/",
            state=row.get_state_display(),
            tone="wait",
            due=f"{row.due_on:%Y-%m-%d}前" if row.due_on else "",
        )
        for row in rows
    ]


def tasks(viewer: Viewer) -> list[Task]:
    """One line a kind, with how many wait."""
    if viewer.may("vitality.confirm"):
        return _asked_of_the_union(viewer)
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


def member_tasks(viewer: Viewer) -> list[Task]:
    """A member whose membership is being checked is told so, and may answer."""
    return [
        Task(
            category="会籍核查",
            title="您的会籍列入核查" if row.state == "listed" else f"您的会籍核查：{row.get_state_display()}",
            organisation=row.reasons[0]["text"] if row.reasons else "",
            url=f"/m/vitality/{row.pk}/",
            state=row.get_state_display(),
            tone="wait",
            due=f"{row.due_on:%Y-%m-%d}前可以申诉" if row.due_on else "",
        )
        for row in queries.own_findings(viewer).filter(state__in=OPEN_STATES)
    ]


MANIFEST = Manifest(
    key="vitality",
    title="活力体检",
    sources=SOURCES,
    entries=(
        Entry(
            "活力体检", "vitality:list", "pulse", "vitality.view", order=30, prefix="/desk/vitality/", count=open_count
        ),
    ),
    verbs={
        "vitality.reviewed": "开展活力体检",
        "vitality.kept": "核实保留",
        "vitality.confirmed": "本会确认活力",
        "vitality.warned": "警示告知",
        "vitality.appealed": "提出申诉",
        "vitality.answered": "答复申诉",
        "vitality.decided": "处置",
        "vitality.undone": "撤销处置",
    },
    facts=(
        Fact(
            "union_vitality_open",
            "活力体检待核查的项数",
            "number",
            lambda organisation, person, on: queries.open_of([organisation.pk], on)[organisation.pk],
            queries.open_of,
        ),
    ),
    tasks=tasks,
    member_tasks=member_tasks,
)
