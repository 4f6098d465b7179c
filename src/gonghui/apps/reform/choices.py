"""Code lists of plans, pilots and supervision. Groups of pilots (2+8+N) are data of a programme, not listed here."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class PlanState(Labelled):
    DRAFT = "draft", "编制中"
    PUBLISHED = "published", "执行中"
    CLOSED = "closed", "已结束"


class ItemState(Labelled):
    """Where a task stands. One that was handed down is first accepted below, and confirmed above when it is done."""

    PLANNED = "planned", "待发布"
    PROPOSED = "proposed", "待确认"
    ASKED = "asked", "提出调整"
    RUNNING = "running", "进行中"
    SUBMITTED = "submitted", "待验收"
    DONE = "done", "已完成"
    WITHDRAWN = "withdrawn", "已撤销"


LIVE_ITEMS = (ItemState.PROPOSED, ItemState.ASKED, ItemState.RUNNING, ItemState.SUBMITTED)
"""Tasks in force that are not finished: these may be late."""


class SyncStage(Labelled):
    """五同步：the reform is planned, arranged, moved on, supervised and assessed together with the main work."""

    PLAN = "plan", "同步谋划"
    ARRANGE = "arrange", "同步安排"
    ADVANCE = "advance", "同步推进"
    SUPERVISE = "supervise", "同步监督"
    ASSESS = "assess", "同步考核"


class Tier(Labelled):
    """市—镇—企三级."""

    CITY = "city", "市（县）级"
    TOWN = "town", "镇街园区级"
    ENTERPRISE = "enterprise", "企业级"


class GuideRole(Labelled):
    """产改三员；the values are the roles of the posts that they act in."""

    GUIDE = "guide", "指导员"
    LIAISON = "liaison", "联络员"
    OBSERVER = "observer", "观察员"


class VisitWay(Labelled):
    ON_SITE = "on_site", "实地走访"
    MEETING = "meeting", "座谈"
    PHONE = "phone", "电话联系"


class BrandKind(Labelled):
    """一镇一品、一行一品、一园一品、一企一品."""

    TOWN = "town", "一镇一品"
    INDUSTRY = "industry", "一行一品"
    PARK = "park", "一园一品"
    ENTERPRISE = "enterprise", "一企一品"


class BrandState(Labelled):
    PROPOSED = "proposed", "待审核"
    RETURNED = "returned", "退回修改"
    REGISTERED = "registered", "已登记"
    RETIRED = "retired", "已停止"


class RoundState(Labelled):
    OPEN = "open", "督查中"
    CLOSED = "closed", "已办结"


class IssueState(Labelled):
    """A finding ends when whoever raised it is content with the answer."""

    OPEN = "open", "待整改"
    ANSWERED = "answered", "待核验"
    CLOSED = "closed", "已销号"


class CaseState(Labelled):
    DRAFT = "draft", "编写中"
    SUBMITTED = "submitted", "待评选"
    SELECTED = "selected", "已入选"
    DECLINED = "declined", "未入选"


class ReminderKind(Labelled):
    SOON = "soon", "临近到期"
    OVERDUE = "overdue", "已逾期"
    URGED = "urged", "催办"
