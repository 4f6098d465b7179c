"""Plans with their tasks, pilots with those who accompany them, brand projects, supervision and its findings, cases.

Whoever is responsible for a row owns it: its path is theirs, so that they and everybody above see it. What they have
to know of the plan or programme above (its name, its group) is written on the row, because that stands outside
their range.
"""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.access.models import Post
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.scope import Scoped

from . import choices as c


class Plan(Scoped):
    """An organisation's programme of a year. Publishing puts its tasks in force; every later change is a version."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="制定单位")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=80)
    intro = models.CharField("总体要求", max_length=1000, default="", blank=True)
    document_no = models.CharField("文号", max_length=80, default="", blank=True)
    agenda_on = models.DateField("列入党组议题的日期", null=True)
    state = models.CharField("状态", max_length=10, choices=c.PlanState.choices, default="draft")
    version = models.PositiveSmallIntegerField("版本", default=0)
    published_on = models.DateField("发布日期", null=True)
    closed_on = models.DateField("结束日期", null=True)
    summary = models.CharField("年终小结", max_length=1000, default="", blank=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "reform_plan"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "title"], name="reform_plan_once"),
        ]
        indexes = [models.Index(fields=["path", "-year"], name="reform_plan_path")]

    def __str__(self) -> str:
        return self.title


class PlanVersion(Scoped):
    """What a plan said from a day on: number, task, owner and day of every task; never changed afterwards."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    on = models.DateField("日期")
    reason = models.CharField("调整原因", max_length=300, default="", blank=True)
    items = models.JSONField("重点工作")
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "reform_plan_version"
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="reform_plan_version_once")]


class SyncCheck(Scoped):
    """One of the five stages of 五同步 of a plan: done on a day, with what proves it."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="syncs")
    stage = models.CharField("环节", max_length=10, choices=c.SyncStage.choices)
    done_on = models.DateField("完成日期", null=True)
    note = models.CharField("落实情况", max_length=300, default="", blank=True)

    class Meta:
        db_table = "reform_sync"
        constraints = [models.UniqueConstraint(fields=["plan", "stage"], name="reform_sync_once")]


class PlanItem(Scoped):
    """A task with an owner and a day: of a plan, or handed down by the organisation above.

    `organisation` answers for it, `post` is the office in it, `owner_name` who held that office when it was assigned.
    `ended_on`: from when it no longer counts, because it was withdrawn, or its plan's year is over and closed.
    `plan` is the own plan it stands in, `year` that of the plan it was first written in, which may be above; `origin`
    names that one. `task` is shared with what was handed down of it, however far: one piece of work. `changes` keeps
    days that were moved from above, [{"on", "what", "old", "new", "reason"}].
    """

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="tasks", verbose_name="计划")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name="上级任务")
    origin = models.CharField("来自", max_length=160, default="", blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="责任单位")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="责任岗位")
    owner_title = models.CharField("岗位", max_length=130, default="", blank=True)
    owner_name = models.CharField("责任人", max_length=60, default="", blank=True)  # personal: name
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("序号")
    task = models.UUIDField("同一项工作", default=uuid4, editable=False)
    title = models.CharField("工作", max_length=120)
    goal = models.CharField("目标要求", max_length=500, default="", blank=True)
    key = models.BooleanField("重点工作", default=True)
    figure = models.CharField("对应的数字", max_length=60, default="", blank=True)
    start_on = models.DateField("开始日期", null=True)
    due_on = models.DateField("完成期限")
    state = models.CharField("状态", max_length=10, choices=c.ItemState.choices, default="planned")
    in_force_on = models.DateField("下达日期", null=True)
    submitted_on = models.DateField("报送日期", null=True)
    done_on = models.DateField("完成日期", null=True)
    result = models.CharField("完成情况", max_length=500, default="", blank=True)
    withdrawn_on = models.DateField("撤销日期", null=True)
    ended_on = models.DateField("不再计数的日期", null=True)
    asked_due_on = models.DateField("建议期限", null=True)
    answer = models.CharField("答复", max_length=300, default="", blank=True)
    delay = models.CharField("延期说明", max_length=500, default="", blank=True)
    delay_on = models.DateField("说明日期", null=True)
    changes = models.JSONField("调整记录", default=list)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "reform_item"
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "organisation"],
                condition=models.Q(parent__isnull=False) & ~models.Q(state="withdrawn"),
                name="reform_item_handed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(start_on__isnull=True) | models.Q(due_on__gte=models.F("start_on")),
                name="reform_item_order",
            ),
            models.UniqueConstraint(fields=["plan", "number"], name="reform_item_numbered"),
        ]
        indexes = [
            models.Index(fields=["path", "state", "due_on"], name="reform_item_path"),
        ]

    def __str__(self) -> str:
        return self.title


class ItemStep(Scoped):
    """A milestone of a task: by when, and when done with what proof."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("节点", max_length=120)
    due_on = models.DateField("时间节点")
    done_on = models.DateField("完成日期", null=True)
    note = models.CharField("完成情况", max_length=300, default="", blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="佐证")
    done_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "reform_item_step"
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="reform_step_once")]
        indexes = [models.Index(fields=["path", "due_on"], name="reform_step_path")]


class Programme(Scoped):
    """A programme of pilots: its groups are data, [{"key", "title", "places"}]; places 0 means as many as there are."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织单位")
    title = models.CharField("名称", max_length=80)
    groups = models.JSONField("分组", default=list)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True)
    note = models.CharField("说明", max_length=500, default="", blank=True)
    made_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "reform_programme"
        constraints = [models.UniqueConstraint(fields=["organisation", "title"], name="reform_programme_once")]
        indexes = [models.Index(fields=["path"], name="reform_programme_path")]

    def __str__(self) -> str:
        return self.title


class Pilot(Scoped):
    """An organisation enrolled in a programme, on one tier and in one of its groups, from a day to a day."""

    programme = models.ForeignKey(Programme, models.PROTECT, null=True, related_name="pilots", verbose_name="试点方案")
    programme_title = models.CharField("试点方案", max_length=80)
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织单位")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="试点单位")
    tier = models.CharField("层级", max_length=12, choices=c.Tier.choices)
    group = models.CharField("分组", max_length=12)
    group_title = models.CharField("分组名称", max_length=40)
    focus = models.CharField("试点内容", max_length=300, default="", blank=True)
    enrolled_on = models.DateField("列入日期")
    left_on = models.DateField("退出日期", null=True)
    left_reason = models.CharField("退出原因", max_length=300, default="", blank=True)
    changes = models.JSONField("调整记录", default=list)

    class Meta:
        db_table = "reform_pilot"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organisation"],
                condition=models.Q(left_on__isnull=True),
                name="reform_pilot_once",
            ),
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True) | models.Q(left_on__gte=models.F("enrolled_on")),
                name="reform_pilot_order",
            ),
        ]
        indexes = [models.Index(fields=["path", "tier", "group"], name="reform_pilot_path")]


class Guide(Scoped):
    """One of the 三员 at a pilot, from a day to a day: a post with that role, and who held it then."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="guides")
    role = models.CharField("身份", max_length=10, choices=c.GuideRole.choices)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="岗位")
    account_id = models.BigIntegerField()
    person_name = models.CharField("姓名", max_length=60)  # personal: name
    unit = models.CharField("所在单位", max_length=120)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True)

    class Meta:
        db_table = "reform_guide"
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "role", "account_id"],
                condition=models.Q(valid_to__isnull=True),
                name="reform_guide_once",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "role"], name="reform_guide_path"),
            models.Index(fields=["account_id"], name="reform_guide_account"),
        ]


class Visit(Scoped):
    """A visit of one of the 三员 to a pilot: what was seen, what was advised."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="visits")
    guide = models.ForeignKey(Guide, models.PROTECT, related_name="visits")
    role = models.CharField("身份", max_length=10, choices=c.GuideRole.choices)
    on = models.DateField("走访日期")
    way = models.CharField("方式", max_length=10, choices=c.VisitWay.choices)
    found = models.CharField("了解到的情况", max_length=1000)
    advice = models.CharField("指导意见", max_length=500, default="", blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "reform_visit"
        indexes = [
            models.Index(fields=["path", "-on"], name="reform_visit_path"),
            models.Index(fields=["pilot", "-on"], name="reform_visit_pilot"),
        ]


class Brand(Scoped):
    """A brand project of a town, industry, park or enterprise: proposed by it, registered by the federation above."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="申报单位")
    kind = models.CharField("类别", max_length=12, choices=c.BrandKind.choices)
    title = models.CharField("品牌名称", max_length=60)
    content = models.CharField("主要做法", max_length=1000)
    state = models.CharField("状态", max_length=12, choices=c.BrandState.choices, default="proposed")
    proposed_on = models.DateField("申报日期")
    registered_on = models.DateField("登记日期", null=True)
    retired_on = models.DateField("停止日期", null=True)
    opinion = models.CharField("审核意见", max_length=300, default="", blank=True)

    class Meta:
        db_table = "reform_brand"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "title"], condition=~models.Q(state="retired"), name="reform_brand_once"
            )
        ]
        indexes = [
            models.Index(fields=["path", "kind", "state"], name="reform_brand_path"),
            models.Index(fields=["organisation"], name="reform_brand_of"),
        ]


class Round(Scoped):
    """A round of supervision (督查): who looks at what during which days."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="督查单位")
    title = models.CharField("名称", max_length=80)
    scope = models.CharField("督查内容", max_length=500, default="", blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    state = models.CharField("状态", max_length=10, choices=c.RoundState.choices, default="open")
    closed_on = models.DateField("办结日期", null=True)
    summary = models.CharField("督查小结", max_length=1000, default="", blank=True)

    class Meta:
        db_table = "reform_round"
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="reform_round_order")
        ]
        indexes = [models.Index(fields=["path", "-starts_on"], name="reform_round_path")]

    def __str__(self) -> str:
        return self.title


class Issue(Scoped):
    """A finding of a round or of a visit: who has to mend it by when, the answer, and whether it was accepted."""

    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="issues", verbose_name="督查")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="issues", verbose_name="走访")
    raised_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="提出单位")
    source = models.CharField("来自", max_length=160)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="整改单位")
    text = models.CharField("问题", max_length=500)
    raised_on = models.DateField("提出日期")
    due_on = models.DateField("整改期限")
    state = models.CharField("状态", max_length=10, choices=c.IssueState.choices, default="open")
    owner_name = models.CharField("整改责任人", max_length=60, default="", blank=True)  # personal: name
    answer = models.CharField("整改情况", max_length=500, default="", blank=True)
    answered_on = models.DateField("答复日期", null=True)
    opinion = models.CharField("核验意见", max_length=300, default="", blank=True)
    closed_on = models.DateField("销号日期", null=True)
    returns = models.PositiveSmallIntegerField("退回次数", default=0)
    changes = models.JSONField("调整记录", default=list)

    class Meta:
        db_table = "reform_issue"
        constraints = [
            models.CheckConstraint(condition=models.Q(due_on__gte=models.F("raised_on")), name="reform_issue_order")
        ]
        indexes = [models.Index(fields=["path", "state", "due_on"], name="reform_issue_path")]


class ShowcaseCase(Scoped):
    """A case that shows how the reform works at a unit, put forward for selection."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="申报单位")
    pilot = models.ForeignKey(Pilot, models.PROTECT, null=True, related_name="cases", verbose_name="试点")
    title = models.CharField("标题", max_length=80)
    text = models.TextField("正文", max_length=8000)
    state = models.CharField("状态", max_length=10, choices=c.CaseState.choices, default="draft")
    submitted_on = models.DateField("报送日期", null=True)
    decided_on = models.DateField("评选日期", null=True)
    selection = models.CharField("入选名单", max_length=80, default="", blank=True)
    opinion = models.CharField("评选意见", max_length=300, default="", blank=True)

    class Meta:
        db_table = "reform_case"
        indexes = [models.Index(fields=["path", "state"], name="reform_case_path")]

    def __str__(self) -> str:
        return self.title


class Reminder(Scoped):
    """That somebody was reminded of a task, one of its milestones or a finding: by the clock, or by whoever urges."""

    item = models.ForeignKey(PlanItem, models.CASCADE, null=True, related_name="reminders")
    step = models.ForeignKey(ItemStep, models.CASCADE, null=True, related_name="reminders")
    issue = models.ForeignKey(Issue, models.CASCADE, null=True, related_name="reminders")
    kind = models.CharField("提醒", max_length=10, choices=c.ReminderKind.choices)
    on = models.DateField("日期")
    note = models.CharField("内容", max_length=300, default="", blank=True)
    by_name = models.CharField("发出", max_length=120, default="", blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "reform_reminder"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "kind", "on"],
                condition=models.Q(item__isnull=False, step__isnull=True) & ~models.Q(kind="urged"),
                name="reform_reminder_item_once",
            ),
            models.UniqueConstraint(
                fields=["step", "kind", "on"],
                condition=models.Q(step__isnull=False),
                name="reform_reminder_step_once",
            ),
            models.UniqueConstraint(
                fields=["issue", "kind", "on"],
                condition=models.Q(issue__isnull=False) & ~models.Q(kind="urged"),
                name="reform_reminder_issue_once",
            ),
            models.CheckConstraint(
                condition=models.Q(item__isnull=False, issue__isnull=True)
                | models.Q(item__isnull=True, issue__isnull=False),
                name="reform_reminder_of_one",
            ),
        ]
        indexes = [models.Index(fields=["path", "-on"], name="reform_reminder_path")]
