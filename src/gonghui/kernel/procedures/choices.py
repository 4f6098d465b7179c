"""Code lists of procedures."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class DefinitionState(Labelled):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "施行中"
    RETIRED = "retired", "已停用"


class Who(Labelled):
    """Who may apply."""

    PERSON = "person", "会员本人"
    ANYONE = "anyone", "任何人（不用登录）"
    ORGANISATION = "organisation", "工会组织"
    STAFF = "staff", "工会干部代为提出"


class FieldKind(Labelled):
    TEXT = "text", "一行文字"
    LONG_TEXT = "long_text", "一段文字"
    NUMBER = "number", "整数"
    MONEY = "money", "金额"
    DATE = "date", "日期"
    CHOICE = "choice", "单选"
    CHOICES = "choices", "多选"
    YES_NO = "yes_no", "是或否"
    IDENTITY = "identity", "证件号码"
    PHONE = "phone", "手机号码"
    BANK = "bank", "银行账号"
    PERSON = "person", "人员"
    ORGANISATION = "organisation", "组织"
    PLACE = "place", "地点"
    TABLE = "table", "表格"
    FILES = "files", "附件"
    DECLARATION = "declaration", "承诺"
    COMPUTED = "computed", "自动计算"


class StepKind(Labelled):
    REVIEW = "review", "审核"
    SCORE = "score", "评分"
    VOTE = "vote", "表决"
    VISIT = "visit", "实地核查"
    NOTICE = "notice", "公示"
    DECIDE = "decide", "决定"


class Tier(Labelled):
    """Whose step it is, relative to the organisation that the application is about."""

    OWN = "own", "本级工会"
    UPPER = "upper", "上一级工会"
    TOWNSHIP = "township", "乡镇（街道）总工会"
    COUNTY = "county", "县级总工会"
    CITY = "city", "市总工会"
    PROVINCE = "province", "省总工会"


class Missing(Labelled):
    """What happens where a place has no such tier."""

    UP = "up", "由再上一级办理"
    SKIP = "skip", "跳过这个环节"


class Breach(Labelled):
    """What follows when a clock runs out."""

    RECORD = "record", "记录超期"
    ESCALATE = "escalate", "升级到上一级工会"
    CONSENT = "consent", "视为同意"
    LAPSE = "lapse", "视为撤回"


class DayUnit(Labelled):
    WORKING = "working", "个工作日"
    NATURAL = "natural", "天"


class ApplicationState(Labelled):
    DRAFT = "draft", "未提交"
    RUNNING = "running", "办理中"
    RETURNED = "returned", "待补正"
    NOTICED = "noticed", "公示中"
    APPROVED = "approved", "已通过"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "逾期未补正"


OPEN_STATES = (ApplicationState.RUNNING, ApplicationState.RETURNED, ApplicationState.NOTICED)
ENDED_STATES = (
    ApplicationState.APPROVED,
    ApplicationState.REJECTED,
    ApplicationState.WITHDRAWN,
    ApplicationState.LAPSED,
)


class StepState(Labelled):
    OPEN = "open", "待办理"
    PAUSED = "paused", "等待补正"
    DONE = "done", "已办理"
    SKIPPED = "skipped", "不需要"
    CLOSED = "closed", "已结束"


class Outcome(Labelled):
    """What a step, or a whole application, came to."""

    APPROVED = "approved", "通过"
    REJECTED = "rejected", "不通过"
    RETURNED = "returned", "退回补正"
    CONSENTED = "consented", "超期视为同意"
    SKIPPED = "skipped", "不需要"
    DONE = "done", "完成"


class Act(Labelled):
    """One line of an application's history; the state is what these add up to."""

    STARTED = "started", "填写"
    SUBMITTED = "submitted", "提交"
    OPENED = "opened", "进入环节"
    CLAIMED = "claimed", "领取"
    ASSIGNED = "assigned", "分派"
    HANDED_OVER = "handed_over", "移交"
    STEPPED_BACK = "stepped_back", "回避"
    APPROVED = "approved", "审核通过"
    REJECTED = "rejected", "审核不通过"
    RETURNED = "returned", "退回补正"
    CORRECTED = "corrected", "补正后提交"
    SCORED = "scored", "评分"
    VOTED = "voted", "表决"
    VISITED = "visited", "实地核查"
    NOTICED = "noticed", "开始公示"
    NOTICE_ENDED = "notice_ended", "公示期满"
    OBJECTED = "objected", "提出异议"
    ANSWERED = "answered", "答复异议"
    REMINDED = "reminded", "催办"
    WARNED = "warned", "临期提醒"
    BREACHED = "breached", "超期"
    ESCALATED = "escalated", "升级"
    CONSENTED = "consented", "超期视为同意"
    SKIPPED = "skipped", "跳过环节"
    DECIDED = "decided", "决定"
    EFFECT = "effect", "办结事项"
    WITHDRAWN = "withdrawn", "撤回申请"
    LAPSED = "lapsed", "逾期未补正"
    APPEALED = "appealed", "提出申诉"


class ClockKind(Labelled):
    STEP = "step", "办理时限"
    CORRECTION = "correction", "补正时限"
    NOTICE = "notice", "公示期"
    APPEAL = "appeal", "申诉期"
    FOLLOW_UP = "follow_up", "后续时限"


class ClockState(Labelled):
    RUNNING = "running", "计时中"
    PAUSED = "paused", "暂停"
    STOPPED = "stopped", "已办结"
    BREACHED = "breached", "已超期"


class NoticeState(Labelled):
    OPEN = "open", "公示中"
    ENDED = "ended", "已结束"
    WITHDRAWN = "withdrawn", "已撤下"


class ObjectionState(Labelled):
    OPEN = "open", "待答复"
    UPHELD = "upheld", "异议成立"
    DISMISSED = "dismissed", "异议不成立"


class NoticeShow(Labelled):
    """How a value appears on a public notice."""

    HIDE = "hide", "不公示"
    MASK = "mask", "隐去部分"
    SHOW = "show", "公示"
