"""What figures plug into the platform."""

from gonghui.kernel.manifest import Entry, Manifest

MANIFEST = Manifest(
    key="figures",
    title="数字",
    entries=(
        Entry("数字", "figures:list", "report", "figure.view", order=80, prefix="/desk/figures/"),
        Entry("目标", "figures:targets", "flag", "figure.view", order=81, prefix="/desk/targets/"),
    ),
    verbs={
        "figure.drafted": "编写数字",
        "figure.published": "发布数字",
        "figure.retired": "停用数字",
        "figure.discarded": "删除数字草稿",
        "figure.opened": "查看数字的记录",
        "figure.views_granted": "开放数据库视图",
        "figure.views_withdrawn": "收回数据库视图",
        "target.set": "设定目标",
        "target.handed_down": "分解目标",
        "target.accepted": "确认目标",
        "target.asked": "提出调整目标",
        "target.explained": "说明目标落后的原因",
        "target.withdrawn": "撤销目标",
    },
)
