"""What funds plug into the platform."""

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import queries
from .effects import EFFECTS
from .sources import SOURCES


def tasks(viewer: Viewer) -> list[Task]:
    """Orders that wait for this post, as one line."""
    count = queries.waiting(viewer)
    if not count:
        return []
    state, word = ("asked", "待审批") if viewer.may("fund.approve") else ("approved", "待支付")
    return [Task("以奖代补", f"{count}张补助单{word}", "", f"/desk/funds/?state={state}", word, "wait")]


MANIFEST = Manifest(
    key="funds",
    title="经费",
    sources=SOURCES,
    entries=(
        Entry("以奖代补", "funds:orders", "money", "fund.view", order=60, prefix="/desk/funds/", count=queries.waiting),
    ),
    verbs={
        "funds.ordered": "开补助单",
        "funds.approved": "审批补助单",
        "funds.paid": "支付补助",
        "funds.returned": "退回补助单",
    },
    effects=EFFECTS,
    tasks=tasks,
)
