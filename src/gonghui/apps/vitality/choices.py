"""Code lists of the vitality review: what is found, where a finding stands, what was decided."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class FindingKind(Labelled):
    PAPER_UNION = "paper_union", "疑似纸上工会"
    PAPER_MEMBER = "paper_member", "疑似纸上会员"
    MERGER = "merger", "需并转工会"


class FindingState(Labelled):
    """Where a finding stands; every one ends with a decision, none is deleted."""

    LISTED = "listed", "待核查"
    WARNED = "warned", "已警示"
    APPEALED = "appealed", "申诉待答"
    DECIDED = "decided", "已处置"
    KEPT = "kept", "核实保留"


class Decision(Labelled):
    DISSOLVE = "dissolve", "撤销"
    MERGE = "merge", "并转"
    END = "end", "终止会籍"
    TRANSFER = "transfer", "转出"
    KEEP = "keep", "保留"


class Act(Labelled):
    """One line of a finding's history."""

    LISTED = "listed", "列入核查"
    CONTACTED = "contacted", "联系核实"
    CONFIRMED = "confirmed", "本会确认"
    WARNED = "warned", "警示告知"
    APPEALED = "appealed", "提出申诉"
    ANSWERED = "answered", "答复申诉"
    DECIDED = "decided", "处置"
    KEPT = "kept", "核实保留"
    UNDONE = "undone", "撤销处置"


OPEN_STATES = (FindingState.LISTED, FindingState.WARNED, FindingState.APPEALED)
ALLOWED = {
    FindingKind.PAPER_UNION: (Decision.DISSOLVE, Decision.MERGE),
    FindingKind.MERGER: (Decision.MERGE, Decision.DISSOLVE),
    FindingKind.PAPER_MEMBER: (Decision.END, Decision.TRANSFER),
}
