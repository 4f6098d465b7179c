"""What this app plugs into the platform."""

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import queries


def tasks(viewer: Viewer) -> list[Task]:
    """Transfers that wait for an answer, one line each up to five; terms that have ended or end soon."""
    rows: list[Task] = []
    if viewer.may("member.manage"):
        rows += queries.transfer_tasks(viewer)
    if viewer.may("org.manage"):
        rows += queries.term_tasks(viewer)
    return rows


ORGANISATIONS = ("/desk/organisations/", "/desk/changes/", "/desk/appointments/")
PEOPLE = ("/desk/members/", "/desk/people/", "/desk/memberships/", "/desk/duplicates/", "/desk/merges/")

MANIFEST = Manifest(
    key="membership",
    title="组织与会员",
    entries=(
        Entry("组织", "membership:organisations", "tree", "org.view", order=10, prefix=ORGANISATIONS),
        Entry("会员", "membership:members", "members", "member.view", order=20, prefix=PEOPLE),
        Entry(
            "转会", "membership:transfers", "move", "member.view", order=25, prefix="/desk/transfers/",
            count=queries.transfers_to_answer,
        ),
    ),
    verbs={"member.exported": "导出会员名单"},
    tasks=tasks,
)  # fmt: skip
