"""What procedures plug in."""

from datetime import timedelta

from ..manifest import Entry, Manifest, MessageKind
from .choices import Act
from .effects import EFFECTS
from .queries.applications import still_returned
from .sources import SOURCES
from .views.applying.tasks import applied_tasks, member_tasks
from .views.handling import inbox

MANIFEST = Manifest(
    key="procedures",
    title="办事",
    sources=SOURCES,
    entries=(
        Entry(
            "待办件",
            "procedures:inbox",
            "tasks",
            "application.handle",
            order=2,
            prefix=("/desk/inbox/", "/desk/steps/", "/desk/objections/"),
            count=inbox.count,
        ),
        Entry("办件", "procedures:desk-applications", "report", "application.view", order=4),
        Entry("办理期限", "procedures:due", "clock", "application.view", order=6),
        Entry("办事流程", "procedures:definitions", "report", "procedure.view", group=2, order=55),
        Entry("委托和回避", "procedures:standing-in", "members", "application.handle", group=2, order=80),
        Entry(
            "提出申请",
            "procedures:desk-apply",
            "plus",
            "application.make",
            order=12,
            prefix=("/desk/apply/", "/desk/applied/"),
        ),
    ),
    tasks=lambda viewer: [*inbox.tasks(viewer), *applied_tasks(viewer)],
    member_tasks=member_tasks,
    effects=EFFECTS,
    messages=(
        MessageKind(
            "procedures.returned",
            "申请要补正",
            "“{title}”要补正，一次说全了，看看补什么",
            "procedures:member-application",
            lives=timedelta(days=5),
            still=still_returned,
        ),
        MessageKind(
            "procedures.decided",
            "申请有了结果",
            "“{title}”办结了，看看结果",
            "procedures:member-application",
            lives=timedelta(days=5),
        ),
    ),
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
