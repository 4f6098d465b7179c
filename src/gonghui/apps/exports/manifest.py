"""What scheduled exports plug into the platform."""

from gonghui.kernel.manifest import Entry, Manifest

MANIFEST = Manifest(
    key="exports",
    title="开放数据",
    entries=(Entry("定时导出", "exports:list", "download", "figure.view", order=82, prefix="/desk/exports/"),),
    verbs={
        "export.ordered": "安排定时导出",
        "export.paused": "暂停定时导出",
        "export.resumed": "恢复定时导出",
        "export.dropped": "取消定时导出",
        "export.asked": "要求立即导出",
        "export.made": "做成导出文件",
        "export.downloaded": "下载导出文件",
    },
)
