"""What boards plug into the platform."""

from gonghui.kernel.manifest import Entry, Manifest

MANIFEST = Manifest(
    key="boards",
    title="看板",
    entries=(Entry("看板", "boards:home", "columns", "figure.view", order=79, prefix="/desk/boards/"),),
    verbs={
        "board.saved": "编排看板",
        "board.dropped": "恢复上级的看板",
        "board.exported": "导出图表数据",
    },
)
