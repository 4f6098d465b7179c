"""What procedures plug in."""

from ..manifest import Entry, Manifest
from .choices import Act
from .effects import EFFECTS

MANIFEST = Manifest(
    key="procedures",
    title="办事",
    effects=EFFECTS,
    entries=(Entry("办事流程", "procedures:definitions", "report", "procedure.view", group=2, order=55),),
    verbs={f"application.{act.value}": act.label for act in Act.members()}
    | {
        "procedure.drafted": "编写流程草稿",
        "procedure.published": "发布流程",
        "procedure.retired": "停用流程",
        "procedure.discarded": "删除流程草稿",
        "delegation.made": "委托代办",
        "delegation.ended": "结束委托",
        "interest.declared": "申报回避事项",
        "interest.ended": "终止回避申报",
        "application.revealed": "查看加密内容",
        "application.file_opened": "打开申请附件",
    },
)
