"""Code lists of voices and of the projects that come of them. Topics are data of a place (rule `voice.topics`)."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class Channel(Labelled):
    """How a voice reached the union."""

    PHONE = "phone", "手机提交"
    POSTER = "poster", "扫码提交"
    VISIT = "visit", "走访收集"
    CALL = "call", "12351来电"
    WINDOW = "window", "窗口登记"
    PAPER = "paper", "纸质表格"
    PROPOSAL = "proposal", "职代会提案"


class Visibility(Labelled):
    """Who may read it, chosen by its author."""

    PUBLIC = "public", "公开"
    UNION = "union", "只给工会看"
    ANONYMOUS = "anonymous", "匿名"


class Kind(Labelled):
    """堵点、难点、痛点、亮点：what sort of matter it is, said by the desk."""

    BLOCK = "block", "堵点"
    HARD = "hard", "难点"
    PAIN = "pain", "痛点"
    BRIGHT = "bright", "亮点"


class Nature(Labelled):
    """What is asked for; each has a clock of its own."""

    CONSULT = "consult", "咨询"
    SUGGEST = "suggest", "建议"
    REQUEST = "request", "求决"


class Sensitive(Labelled):
    """Matters that go at once to the right desk and are seen by it alone."""

    WAGES = "wages", "拖欠工资"
    INJURY = "injury", "工伤"
    HARASSMENT = "harassment", "骚扰欺凌"
    SELFHARM = "selfharm", "生命安全"


class State(Labelled):
    """Where a voice stands. There is no end without an answer: merged ones end with the answer of their lead."""

    RECEIVED = "received", "待受理"
    HANDLING = "handling", "办理中"
    ANSWERED = "answered", "已答复"
    CLOSED = "closed", "已办结"


OPEN = (State.RECEIVED, State.HANDLING)


class Outcome(Labelled):
    """What an answer says."""

    SOLVED = "solved", "已解决"
    ADOPTED = "adopted", "列入实事项目"
    PROMISED = "promised", "已承诺办理期限"
    EXPLAINED = "explained", "解释说明"
    REFERRED = "referred", "已转有关部门"
    DECLINED = "declined", "不予采纳"


class Told(Labelled):
    """How its author got to know the answer."""

    SEEN = "seen", "本人已查看"
    IN_PERSON = "in_person", "当面或电话告知"
    NOTICE = "notice", "张贴公布"


class Act(Labelled):
    """What was done with a voice; one line each, never changed."""

    RECEIVED = "received", "提出"
    TAKEN = "taken", "受理"
    SORTED = "sorted", "确定类别"
    HANDED_UP = "handed_up", "上报"
    HANDED_DOWN = "handed_down", "交办"
    ACKNOWLEDGED = "acknowledged", "签收"
    SENT_BACK = "sent_back", "退回"
    NOTED = "noted", "办理进展"
    MERGED = "merged", "并入同类"
    PARTED = "parted", "移出同类"
    PUBLISHED = "published", "公开"
    WITHHELD = "withheld", "取消公开"
    WROTE = "wrote", "补充说明"
    ASKED = "asked", "请补充"
    ANSWERED = "answered", "答复"
    TOLD = "told", "告知"
    SEEN = "seen", "查看答复"
    RATED = "rated", "评价"
    REOPENED = "reopened", "反映未解决"
    ESCALATED = "escalated", "逾期升级"
    KEPT = "kept", "兑现承诺"
    LISTED = "listed", "列入项目"
    CLOSED = "closed", "办结"


PUBLIC_ACTS = (
    Act.RECEIVED, Act.TAKEN, Act.HANDED_UP, Act.HANDED_DOWN, Act.ACKNOWLEDGED, Act.SENT_BACK, Act.MERGED,
    Act.ASKED, Act.WROTE, Act.ANSWERED, Act.TOLD, Act.SEEN, Act.RATED, Act.REOPENED, Act.ESCALATED, Act.KEPT,
    Act.LISTED, Act.CLOSED,
)  # fmt: skip
"""What its author reads of them on the state page."""


class Direction(Labelled):
    UP = "up", "上报"
    DOWN = "down", "交办"


class VisitKind(Labelled):
    """走访企业一线、职工家中."""

    WORKSHOP = "workshop", "企业一线"
    HOME = "home", "职工家中"
    SITE = "site", "工地项目"
    STATION = "station", "驿站站点"
    OTHER = "other", "其他"


class FileKind(Labelled):
    PHOTO = "photo", "照片"
    AUDIO = "audio", "语音"
    PAPER = "paper", "纸质表格"


class Method(Labelled):
    """How members weigh the candidates; how each is counted is published with the selection (rules/weighing.py)."""

    SUPPORT = "support", "点赞支持"
    RANK = "rank", "排序选择"
    BUDGET = "budget", "预算分配"


class SelectionState(Labelled):
    DRAFT = "draft", "筹备中"
    GATHERING = "gathering", "征集候选"
    WEIGHING = "weighing", "职工评选"
    DECIDING = "deciding", "研究决定"
    PUBLISHED = "published", "已公布"


class CandidateState(Labelled):
    PROPOSED = "proposed", "候选"
    CHOSEN = "chosen", "列入清单"
    DROPPED = "dropped", "未列入"


class ProjectState(Labelled):
    PLANNED = "planned", "待启动"
    RUNNING = "running", "实施中"
    DONE = "done", "已完成"
    REOPENED = "reopened", "重新整改"
    CLOSED = "closed", "已办结"
    STOPPED = "stopped", "已终止"


class RiskLevel(Labelled):
    LOW = "low", "低"
    MIDDLE = "middle", "中"
    HIGH = "high", "高"


class EvaluationState(Labelled):
    OPEN = "open", "评价中"
    PUBLISHED = "published", "已公布"


class Invited(Labelled):
    """Why somebody is asked to judge a project: those who asked for it come first."""

    ASKER = "asker", "提出人"
    BACKER = "backer", "附议人"
    SAMPLE = "sample", "随机抽样"


class NoteKind(Labelled):
    PROGRESS = "progress", "进展"
    MONEY = "money", "资金使用"
    CHANGE = "change", "变更"
    DELAY = "delay", "延期说明"
    STATE = "state", "状态"


class Better(Labelled):
    MORE = "more", "越多越好"
    LESS = "less", "越少越好"
