"""What the member's phone and the public site plug into the platform."""

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import queries


def waiting(viewer: Viewer) -> int:
    return queries.corrections(viewer).filter(state="asked").count()


def tasks(viewer: Viewer) -> list[Task]:
    """Corrections that members wait for, at most eight lines."""
    if not viewer.may("member.manage"):
        return []
    return [
        Task(
            category="资料更正",
            title=f"会员申请更正{row.get_field_display()}",
            organisation=row.membership.organisation.name,
            url="/desk/corrections/",
            state="待答复",
        )
        for row in queries.corrections(viewer).filter(state="asked")[:8]
    ]


MANIFEST = Manifest(
    key="portal",
    title="职工端与门户",
    entries=(Entry("资料更正", "portal:desk-corrections", "edit", "member.manage", order=40, count=waiting),),
    verbs={"correction.asked": "申请更正资料", "correction.answered": "答复更正申请"},
    tasks=tasks,
)
