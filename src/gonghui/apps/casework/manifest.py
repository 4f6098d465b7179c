"""What casework plugs into the platform."""

from gonghui.kernel.manifest import Effect, Entry, Manifest, SubmitCheck, Task
from gonghui.kernel.viewer import Viewer

from . import effects, queries
from .choices import TicketActKind
from .sources import SOURCES


def tasks(viewer: Viewer) -> list[Task]:
    """What waits at the desk and among the letters, for the case team alone."""
    if not viewer.may("case.handle"):
        return []
    found = []
    waiting, letters = queries.waiting(viewer), queries.letters_waiting(viewer)
    if waiting:
        late = queries.ticket_counts(viewer)["late"]
        found.append(
            Task(
                "职工诉求",
                f"{waiting}件诉求待办理",
                "",
                "/desk/cases/",
                "已逾期" if late else "待办理",
                "bad" if late else "wait",
                due=f"{late}件超期" if late else "",
            )
        )
    if letters:
        found.append(Task("一函两书", f"{letters}份文书待发出或已逾期", "", "/desk/cases/letters/", "待处理", "wait"))
    return found


MANIFEST = Manifest(
    key="casework",
    title="帮扶维权",
    sources=SOURCES,
    entries=(
        Entry(
            "职工诉求",
            "casework:tickets",
            "phone",
            "case.handle",
            group=2,
            order=10,
            prefix="/desk/cases/tickets/",
            count=queries.waiting,
        ),
        Entry("一函两书", "casework:letters", "edit", "case.handle", group=2, order=20, prefix="/desk/cases/letters/"),
        Entry("困难职工", "casework:files", "heart", "case.handle", group=2, order=30, prefix="/desk/cases/files/"),
        Entry("帮扶支付", "casework:aids", "money", "case.handle", group=2, order=40, prefix="/desk/cases/aids/"),
        Entry("维权个案", "casework:cases", "scales", "case.handle", group=2, order=50, prefix="/desk/cases/rights/"),
    ),
    verbs={
        "casework.filed": "建立困难职工档案",
        "casework.exited": "办理脱困退出",
        "casework.ordered": "决定帮扶金额",
        "casework.paid": "登记帮扶支付",
        "casework.cancelled": "取消帮扶支付",
        "casework.opened": "立案",
        "casework.advanced": "登记仲裁进展",
        "casework.recovered": "登记追回金额",
        "casework.closed": "结案",
        "casework.revealed": "查看个案内容",
        "casework.letter_drafted": "拟写文书",
        "casework.letter_sent": "发出文书",
        "casework.letter_answered": "登记文书答复",
        "casework.letter_refused": "登记拒绝整改",
        "casework.letter_overdue": "文书逾期未答复",
        "casework.letter_closed": "文书办结",
    }
    | {f"casework.ticket_{act.value}": f"职工诉求{act.label}" for act in TicketActKind.members()},
    tasks=tasks,
    weighers={"hardship": queries.people_with_open_files},
    effects=(
        Effect("casework.file", "建立困难职工档案", "case.handle", effects.file),
        Effect("casework.exit", "困难职工脱困退出", "case.handle", effects.exit_file),
        Effect("casework.grant", "决定帮扶金额并列入支付", "case.handle", effects.grant, needs=frozenset({"kind"})),
        Effect(
            "casework.legal_aid", "法律援助立案", "case.handle", effects.legal_aid, needs=frozenset({"counsel", "firm"})
        ),
        Effect("casework.arrears", "欠薪线索立案", "case.handle", effects.arrears),
        Effect(
            "casework.dispute", "调解结案并跟进法定期限", "case.handle", effects.dispute, needs=frozenset({"outcome"})
        ),
    ),
    panels=effects.panels,
    submit_checks=(SubmitCheck(("casework.aid", "casework.serious_illness", "casework.mutual"), effects.check_aid),),
)
