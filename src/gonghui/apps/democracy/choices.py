"""Code lists of the workers' congress, its ballots and proposals, and of collective bargaining."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class CongressKind(Labelled):
    ENTERPRISE = "enterprise", "企业职代会"
    REGIONAL = "regional", "区域性职代会"
    INDUSTRY = "industry", "行业性职代会"


class CongressState(Labelled):
    PREPARING = "preparing", "选举代表"
    SITTING = "sitting", "任期内"
    ENDED = "ended", "已换届"


class DelegateKind(Labelled):
    WORKER = "worker", "一线职工"
    TECHNICIAN = "technician", "专业技术人员"
    STAFF = "staff", "一般管理人员"
    MANAGER = "manager", "中层以上管理人员"


class SessionKind(Labelled):
    ORDINARY = "ordinary", "例行会议"
    EMERGENCY = "emergency", "临时会议"


class Caller(Labelled):
    """Who asks for a session in between."""

    DELEGATES = "delegates", "职工代表"
    UNION = "union", "工会"
    FIRM = "firm", "企业"


class SessionState(Labelled):
    PLANNED = "planned", "筹备"
    NOTIFIED = "notified", "已通知"
    OPEN = "open", "会议中"
    CLOSED = "closed", "已闭会"
    CANCELLED = "cancelled", "已取消"


LIVE_SESSIONS = (SessionState.PLANNED, SessionState.NOTIFIED, SessionState.OPEN)


class ItemKind(Labelled):
    HEAR = "hear", "听取报告"
    DELIBERATE = "deliberate", "审议方案"
    PASS = "pass", "表决通过"
    ELECT = "elect", "选举"


BY_BALLOT = (ItemKind.PASS, ItemKind.ELECT)
"""Decided by secret ballot only."""


class ItemState(Labelled):
    WAITING = "waiting", "待进行"
    VOTING = "voting", "投票中"
    HEARD = "heard", "已听取"
    DELIBERATED = "deliberated", "已审议"
    PASSED = "passed", "已通过"
    REJECTED = "rejected", "未通过"
    ELECTED = "elected", "已选出"
    UNFILLED = "unfilled", "未选足"
    DEFERRED = "deferred", "改期再议"


TO_VOTE = (ItemState.WAITING, ItemState.REJECTED, ItemState.UNFILLED)
"""A vote may begin: the first, or another round."""


class CheckInWay(Labelled):
    CODE = "code", "本人签到"
    DESK = "desk", "会务登记"


class BallotState(Labelled):
    OPEN = "open", "投票中"
    COUNTED = "counted", "已计票"
    VOID = "void", "已作废"


class VoteWay(Labelled):
    ELECTRONIC = "electronic", "手机投票"
    PAPER = "paper", "纸质票"


class MotionKind(Labelled):
    PROPOSAL = "proposal", "职代会提案"
    QUESTION = "question", "厂务公开询问"


class MotionState(Labelled):
    """A proposal is closed only by an answer its author has rated, or with the reason why it was not taken up."""

    SECONDING = "seconding", "征集附议"
    EXAMINING = "examining", "待审查"
    EXPLAINED = "explained", "不予立案"
    HANDLING = "handling", "办理中"
    ANSWERED = "answered", "待评价"
    CLOSED = "closed", "已办结"


class MotionTopic(Labelled):
    PRODUCTION = "production", "生产经营"
    WAGES = "wages", "工资福利"
    SAFETY = "safety", "安全健康"
    SKILLS = "skills", "技能培训"
    LIVING = "living", "后勤生活"
    MANAGEMENT = "management", "企业管理"
    OTHER = "other", "其他"


class MotionAct(Labelled):
    WRITTEN = "written", "提出"
    SECONDED = "seconded", "附议"
    FILED = "filed", "立案交办"
    EXPLAINED = "explained", "不予立案"
    ANSWERED = "answered", "答复"
    EXTENDED = "extended", "延期"
    CONTENT = "content", "满意"
    AGAIN = "again", "不满意，再次办理"
    CLOSED = "closed", "办结"


class ContractKind(Labelled):
    GENERAL = "general", "综合集体合同"
    WAGE = "wage", "工资专项集体合同"
    WOMEN = "women", "女职工权益保护专项集体合同"
    SAFETY = "safety", "劳动安全卫生专项集体合同"
    SKILL = "skill", "能级工资集体协议"


class ContractScope(Labelled):
    ENTERPRISE = "enterprise", "企业"
    REGIONAL = "regional", "区域性"
    INDUSTRY = "industry", "行业性"


class Side(Labelled):
    WORKERS = "workers", "职工方"
    FIRM = "firm", "企业方"


class BargainState(Labelled):
    INVITED = "invited", "等待答复"
    REFUSED = "refused", "对方拒绝"
    NAMING = "naming", "确定代表"
    TALKING = "talking", "协商中"
    BROKEN = "broken", "协商中止"
    DRAFTED = "drafted", "草案待审议"
    PASSED = "passed", "草案已通过"
    CONCLUDED = "concluded", "已签订"
    FAILED = "failed", "已终止"


OPEN_BARGAINS = (
    BargainState.INVITED, BargainState.NAMING, BargainState.TALKING, BargainState.BROKEN, BargainState.DRAFTED,
    BargainState.PASSED,
)  # fmt: skip


class ContractState(Labelled):
    SIGNED = "signed", "待报送"
    FILED = "filed", "审查中"
    OBJECTED = "objected", "有异议"
    VALID = "valid", "有效"
    ENDED = "ended", "已终止"
