"""What this part of the kernel plugs in. Its pages stand in access, which looks down on it and keeps the doors."""

from ..manifest import Entry, Manifest

MANIFEST = Manifest(
    key="trail",
    title="留痕",
    entries=(
        Entry("留痕", "trail:list", "history", "trail.view", group=9, order=30),
        Entry("登录与授权留痕", "trail:access", "history", "trail.view_access", group=9, order=31),
    ),
    verbs={
        "trail.exported": "导出留痕",
        "demo.loaded": "装入演示数据",
        "demo.year": "装入演示的一年业务",
        "scenario.played": "生成示例情景",
    },
)
