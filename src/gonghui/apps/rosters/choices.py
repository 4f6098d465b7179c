"""Code lists of the roster import: what is imported, how far it is, what becomes of a row."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class Kind(Labelled):
    """What a roster lists."""

    MEMBERS = "members", "会员名册", ("会员", "职工名册")
    ORGANISATIONS = "organisations", "组织名册", ("组织", "工会名册")
    OFFICERS = "officers", "任职名册", ("任职", "工会干部", "干部名册")


class State(Labelled):
    """How far an import is. The words before 完成 tell what the next step waits for."""

    UPLOADED = "uploaded", "正在读取"
    MATCHING = "matching", "待核对列"
    CHECKING = "checking", "正在检查"
    READY = "ready", "待导入"
    COMMITTING = "committing", "正在导入"
    DONE = "done", "已导入"
    UNDOING = "undoing", "正在撤销"
    UNDONE = "undone", "已撤销"
    CANCELLED = "cancelled", "已停止"
    FAILED = "failed", "未导入"

    @property
    def is_running(self) -> bool:
        """The worker has it; the page shows progress."""
        return self in (State.UPLOADED, State.CHECKING, State.COMMITTING, State.UNDOING)

    @property
    def is_over(self) -> bool:
        return self in (State.DONE, State.UNDONE, State.CANCELLED, State.FAILED)

    @property
    def tag_kind(self) -> str:
        """Colour of its tag in lists."""
        if self.is_running:
            return "info"
        return {"matching": "wait", "ready": "wait", "done": "ok", "failed": "bad"}.get(self.value, "")


class Mode(Labelled):
    """What happens when some rows cannot be imported."""

    GOOD_ONLY = "good_only", "导入没有问题的行，其余下载改正"
    ALL_OR_NOTHING = "all_or_nothing", "有一行不合格就整份不导入"


class Action(Labelled):
    """What an import does with a row; rows that change nothing are counted and not kept."""

    NEW = "new", "新增"
    REJOIN = "rejoin", "重新入会"
    CHANGED = "changed", "更新"
    CONFLICT = "conflict", "有冲突"


class Choice(Labelled):
    """What was decided about a row whose record changed after the list was exported."""

    UNDECIDED = "", "未选"
    FILE = "file", "用名册里的"
    RECORD = "record", "保留现有的"


RUNNING = tuple(state for state in State if state.is_running)
WAITING = (State.MATCHING, State.READY)
