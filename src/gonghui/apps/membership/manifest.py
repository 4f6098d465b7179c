"""What this app plugs into the platform."""

from gonghui.kernel.manifest import Effect, Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import effects, queries
from .checks import FACTS, SUBMIT_CHECKS
from .panels import panels


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
    effects=(
        Effect("membership.admit", "登记入会", "member.manage", effects.admit),
        Effect("membership.transfer", "转会", "member.manage", effects.transfer, frozenset({"to", "reason"})),
        Effect("membership.leave", "登记退会", "member.manage", effects.leave),
        Effect("membership.retain", "保留会籍", "member.manage", effects.retain, frozenset({"why"})),
        Effect("membership.found", "建立工会", "org.restructure", effects.found),
        Effect("membership.elected", "登记新一届委员会", "officer.manage", effects.elected),
        Effect("membership.legal_person", "移交法人资格登记", "org.manage", effects.legal_person),
        Effect("membership.chair_changed", "更换主席", "officer.manage", effects.chair_changed),
        Effect("membership.merge", "并转工会", "org.restructure", effects.merge, frozenset({"into"})),
        Effect("membership.dissolve", "撤销工会", "org.restructure", effects.dissolve),
    ),
    facts=FACTS,
    panels=panels,
    submit_checks=SUBMIT_CHECKS,
)  # fmt: skip
