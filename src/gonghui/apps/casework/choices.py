"""Code lists of casework."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class Cause(Labelled):
    """The ten main causes of hardship in the unions' file."""

    NO_ABILITY = "no_ability", "无劳动能力"
    UNEMPLOYED = "unemployed", "有劳动能力未就业"
    LAID_OFF = "laid_off", "下岗失业"
    UNINSURED = "uninsured", "未参加社会保险"
    BENEFITS_SHORT = "benefits_short", "社会保险待遇不到位"
    ILLNESS = "illness", "重特大疾病"
    DISASTER = "disaster", "自然灾害"
    ACCIDENT = "accident", "意外事故"
    SCHOOLING = "schooling", "子女上学"
    OTHER = "other", "其他"


class HardshipClass(Labelled):
    """The classes that the default local rule may answer; a local rule may have words of its own."""

    DEEP = "深度困难", "深度困难"
    RELATIVE = "相对困难", "相对困难"
    ACCIDENTAL = "意外致困", "意外致困"
    NONE = "不符合", "不符合"


class FileState(Labelled):
    ACTIVE = "active", "在册"
    RENEWED = "renewed", "已复核更新"
    EXITED = "exited", "已脱困退出"


class AidKind(Labelled):
    LIVING = "living", "生活救助"
    MEDICAL = "medical", "医疗救助"
    SCHOOLING = "schooling", "助学救助"
    TEMPORARY = "temporary", "临时救助"
    SERIOUS_ILLNESS = "serious_illness", "大病救助"
    MUTUAL = "mutual", "医疗互助"


HOUSEHOLD_KINDS = (AidKind.LIVING, AidKind.MEDICAL, AidKind.SCHOOLING, AidKind.TEMPORARY)
"""Kinds that count towards the yearly ceiling of a household."""


class AidState(Labelled):
    ORDERED = "ordered", "待支付"
    PAID = "paid", "已支付"
    CANCELLED = "cancelled", "已取消"


class CaseKind(Labelled):
    LEGAL_AID = "legal_aid", "法律援助"
    ARREARS = "arrears", "欠薪线索"
    DISPUTE = "dispute", "争议调解"


class CaseState(Labelled):
    OPEN = "open", "办理中"
    CLOSED = "closed", "已办结"


class Stage(Labelled):
    """What happened on the way of a labour dispute, in the order of the law."""

    STARTED = "started", "进入程序"
    FILED = "filed", "已申请仲裁"
    ACCEPTED = "accepted", "仲裁已受理"
    SERVED = "served", "申请书副本已送达"
    ANSWERED = "answered", "已收到答辩书"
    EXTENDED = "extended", "裁决已延期"
    AWARDED = "awarded", "已裁决（非终局）"
    FINAL = "final", "已裁决（终局）"
    DONE = "done", "程序已结束"


class LetterKind(Labelled):
    """一函两书."""

    HINT = "hint", "工会劳动法律监督提示函"
    OPINION = "opinion", "工会劳动法律监督意见书"
    PROPOSAL = "proposal", "工会劳动法律监督建议书"


NEXT_LETTER = {LetterKind.HINT: LetterKind.OPINION, LetterKind.OPINION: LetterKind.PROPOSAL}


class LetterState(Labelled):
    DRAFT = "draft", "待发出"
    SENT = "sent", "待答复"
    ANSWERED = "answered", "已答复整改"
    REFUSED = "refused", "拒绝整改"
    OVERDUE = "overdue", "逾期未答复"
    CLOSED = "closed", "已办结"


class TicketKind(Labelled):
    ADVICE = "advice", "咨询"
    HELP = "help", "求决"
    SUGGESTION = "suggestion", "建议"


class Channel(Labelled):
    CALL = "call", "来电"
    VISIT = "visit", "来访"
    ONLINE = "online", "网上"
    LETTER = "letter", "来信"


class Difficulty(Labelled):
    SIMPLE = "simple", "简单"
    GENERAL = "general", "一般"
    HARD = "hard", "疑难"


class TicketState(Labelled):
    DISPATCH = "dispatch", "待分派"
    TAKE = "take", "待接收"
    HANDLE = "handle", "办理中"
    CALL_BACK = "call_back", "待回访"
    CHECK = "check", "待质检"
    CLOSED = "closed", "已办结"


OPEN_TICKETS = tuple(state for state in TicketState if state != TicketState.CLOSED)


class TicketActKind(Labelled):
    RECEIVED = "received", "登记"
    DISPATCHED = "dispatched", "分派"
    TAKEN = "taken", "接收"
    RETURNED = "returned", "退回分派"
    NOTED = "noted", "记录进展"
    REPLIED = "replied", "答复"
    REOPENED = "reopened", "重新办理"
    CALLED_BACK = "called_back", "回访"
    CHECKED = "checked", "质检"
    ESCALATED = "escalated", "超期升级"


class Category(Labelled):
    """What a call is about: the four points of rights protection and their parts, and the services of the union."""

    JOB = "job", "就业"
    JOB_CONTRACT = "job.contract", "就业·劳动合同"
    JOB_DISMISSAL = "job.dismissal", "就业·解除和终止"
    JOB_TRAINING = "job.training", "就业·招聘和培训"
    PAY = "pay", "薪酬收入"
    PAY_ARREARS = "pay.arrears", "薪酬收入·拖欠工资"
    PAY_OVERTIME = "pay.overtime", "薪酬收入·加班工资"
    PAY_MINIMUM = "pay.minimum", "薪酬收入·最低工资"
    INSURANCE = "insurance", "社会保障"
    INSURANCE_INJURY = "insurance.injury", "社会保障·工伤"
    INSURANCE_PENSION = "insurance.pension", "社会保障·养老和医疗"
    INSURANCE_HOUSING = "insurance.housing", "社会保障·住房公积金"
    SAFETY = "safety", "安全生产"
    SAFETY_HEALTH = "safety.health", "安全生产·劳动保护和职业病"
    SAFETY_HOURS = "safety.hours", "安全生产·工时和休假"
    UNION = "union", "工会服务"
    UNION_JOIN = "union.join", "工会服务·入会和会籍"
    UNION_AID = "union.aid", "工会服务·帮扶和互助"
