"""Definitions of procedures, applications that run by them, and all that happens on the way."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from ..files.models import StoredFile
from ..org.models import Organisation
from ..people.models import Person
from ..scope import PathField, Scoped, ScopedQuerySet
from . import choices as c


class Procedure(models.Model):
    """One version of a definition, valid at an organisation and below (everywhere when `path` is empty).

    Published versions never change: a running application stays on its own. Everybody may read definitions.
    """

    key = models.CharField("标识", max_length=80)
    version = models.PositiveIntegerField("版本")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="适用范围")
    path = PathField(default="")
    title = models.CharField("名称", max_length=40)
    category = models.CharField("类别", max_length=20, default="其他")
    body = models.JSONField("定义")
    digest = models.CharField(max_length=64)
    state = models.CharField("状态", max_length=10, choices=c.DefinitionState.choices, default="draft")
    valid_from = models.DateField("施行日期", null=True)
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies", verbose_name="来源")
    pack = models.CharField("来源包", max_length=80, default="", blank=True)
    note = models.CharField("修改说明", max_length=300, default="", blank=True)
    edited_by = models.BigIntegerField(null=True)
    edited_at = models.DateTimeField(db_default=Now())
    published_by = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    lock = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "procedure"
        constraints = [models.UniqueConstraint(fields=["key", "path", "version"], name="procedure_version_once")]
        indexes = [models.Index(fields=["key", "path", "-version"], name="procedure_find")]

    def __str__(self) -> str:
        return self.title


class Application(Scoped):
    """One run of a procedure by a person or an organisation; `path` is that of the organisation it is about.

    `seats` are the posts ("rights@12") and accounts ("#34") that take part. A confidential application exists for
    them alone: its policy hides it from everybody else in the range.
    """

    number = models.CharField("编号", max_length=24, default="", blank=True)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="applications")
    key = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="所在工会")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="申请人")
    applicant_name = models.CharField("申请人", max_length=120, default="", blank=True)  # personal: name
    account_id = models.BigIntegerField("提出人", null=True)
    post_id = models.BigIntegerField(null=True)
    token_digest = models.BinaryField(null=True)
    state = models.CharField("状态", max_length=10, choices=c.ApplicationState.choices, default="draft")
    confidential = models.BooleanField("保密", default=False)
    seats = ArrayField(models.TextField(), default=list, blank=True)
    document = models.JSONField("内容", default=dict)
    sealed = models.BinaryField("加密内容", null=True)  # personal: sealed
    version = models.PositiveIntegerField(default=1)
    corrections = models.PositiveSmallIntegerField("补正次数", default=0)
    verdict = models.CharField("认定", max_length=60, default="", blank=True)
    amount = models.BigIntegerField("金额（分）", null=True)
    score = models.DecimalField("得分", max_digits=9, decimal_places=4, null=True)
    grade = models.CharField("等级", max_length=40, default="", blank=True)
    started_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField("提交时间", null=True)
    ended_at = models.DateTimeField("办结时间", null=True)
    changed_at = models.DateTimeField(db_default=Now())
    appeals = models.ForeignKey("self", models.PROTECT, null=True, related_name="appealed", verbose_name="申诉的申请")

    class Meta:
        db_table = "application"
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~models.Q(number=""), name="application_number_once"),
            models.UniqueConstraint(
                fields=["token_digest"], condition=models.Q(token_digest__isnull=False), name="application_token_once"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "key", "state"], name="application_path"),
            models.Index(fields=["path", "-submitted_at"], name="application_newest"),
            models.Index(fields=["organisation", "key"], name="application_org"),
            models.Index(fields=["person"], name="application_person", condition=models.Q(person__isnull=False)),
            models.Index(fields=["account_id"], name="application_account"),
            GinIndex(fields=["seats"], name="application_seats"),
        ]


class Submission(Scoped):
    """What an application said each time it was handed in: facts that a decision used never change under it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField("第几次提交")
    document = models.JSONField()
    sealed = models.BinaryField(null=True)  # personal: sealed
    facts = models.JSONField("当时台账", default=dict)
    rules = models.JSONField("当时规则", default=list)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "application_submission"
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="submission_once")]


class Step(Scoped):
    """One step of one application: whose it is, how long they have, what it came to."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps")
    key = models.CharField(max_length=40)
    title = models.CharField("环节", max_length=40)
    kind = models.CharField("类别", max_length=10, choices=c.StepKind.choices)
    order = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="办理单位")
    role = models.CharField("办理角色", max_length=20, default="", blank=True)
    assignee_id = models.BigIntegerField("承办人", null=True)
    assignee_name = models.CharField("承办人", max_length=60, default="", blank=True)  # personal: name
    state = models.CharField("状态", max_length=10, choices=c.StepState.choices, default="open")
    outcome = models.CharField("结果", max_length=12, choices=c.Outcome.choices, default="", blank=True)
    reviewers = models.PositiveSmallIntegerField(default=1)
    done_by = ArrayField(models.BigIntegerField(), default=list, blank=True)
    due_on = models.DateField("时限", null=True)
    due_tone = models.CharField(max_length=6, default="", blank=True)
    opened_at = models.DateTimeField("进入时间", db_default=Now())
    done_at = models.DateTimeField("办结时间", null=True)
    data = models.JSONField("环节内容", default=dict)
    confidential = models.BooleanField(default=False)

    class Meta:
        db_table = "application_step"
        constraints = [models.UniqueConstraint(fields=["application", "key", "round"], name="step_once")]
        indexes = [
            models.Index(
                fields=["organisation", "role", "due_on", "id"],
                name="step_inbox",
                condition=models.Q(state__in=["open", "paused"]),
            ),
            models.Index(
                fields=["assignee_id"], name="step_assignee", condition=models.Q(state__in=["open", "paused"])
            ),
            models.Index(fields=["id"], name="step_scoring", condition=models.Q(kind="score", state="open")),
            models.Index(fields=["path", "state", "due_on"], name="step_path"),
        ]


class Doing(Scoped):
    """What somebody did, in order, never changed: the history that a state adds up to."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="doings")
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="doings")
    act = models.CharField("行为", max_length=14, choices=c.Act.choices)
    at = models.DateTimeField(db_default=Now())
    account_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60, default="", blank=True)  # personal: name
    role = models.CharField(max_length=20, default="", blank=True)
    note = models.CharField("意见", max_length=1000, default="", blank=True)
    data = models.JSONField(default=dict)
    shown = models.BooleanField("申请人可见", default=True)

    class Meta:
        db_table = "application_doing"
        indexes = [
            models.Index(fields=["application", "id"], name="doing_of"),
            models.Index(fields=["path"], name="doing_path"),
        ]


class Evidence(Scoped):
    """A file handed in with an application, or made on the way (a photo of a visit, a letter)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="evidence")
    field = models.CharField(max_length=60)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+")
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    removed_at = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "application_evidence"
        indexes = [models.Index(fields=["application", "field"], name="evidence_of")]


class Clock(Scoped):
    """One running period. A paused one keeps what was left; a breach is recorded once and never taken back."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="clocks")
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="clocks")
    kind = models.CharField("时限", max_length=10, choices=c.ClockKind.choices)
    title = models.CharField(max_length=60, default="", blank=True)
    unit = models.CharField(max_length=8, choices=c.DayUnit.choices, default="working")
    days = models.PositiveSmallIntegerField(default=0)
    started_on = models.DateField()
    due_on = models.DateField("到期")
    warn_on = models.DateField("提醒")
    paused_on = models.DateField(null=True)
    warned = models.BooleanField(default=False)
    on_breach = models.CharField(max_length=10, choices=c.Breach.choices, default="record")
    state = models.CharField("状态", max_length=8, choices=c.ClockState.choices, default="running")
    ended_at = models.DateTimeField(null=True)
    confidential = models.BooleanField(default=False)

    class Meta:
        db_table = "application_clock"
        indexes = [
            models.Index(fields=["due_on", "id"], name="clock_due", condition=models.Q(state="running")),
            models.Index(
                fields=["warn_on", "id"], name="clock_warn", condition=models.Q(state="running", warned=False)
            ),
            models.Index(fields=["application"], name="clock_of"),
            models.Index(fields=["path", "state", "due_on"], name="clock_path"),
        ]


class Notice(Scoped):
    """A public notice (公示): what is shown, for which days; anybody concerned may object."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="notices")
    step = models.ForeignKey(Step, models.PROTECT, related_name="notices")
    token = models.CharField(max_length=32, unique=True)
    title = models.CharField("标题", max_length=120)
    issuer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="公示单位")
    shown = models.JSONField("公示内容")  # personal: masked
    opens_on = models.DateField("公示起")
    closes_on = models.DateField("公示止")
    state = models.CharField("状态", max_length=10, choices=c.NoticeState.choices, default="open")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "public_notice"
        indexes = [models.Index(fields=["path", "state", "closes_on"], name="notice_path")]


class Objection(Scoped):
    """Somebody says no to what a notice shows; while it is open nothing takes effect."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections")
    application = models.ForeignKey(Application, models.PROTECT, related_name="objections")
    number = models.CharField("查询码", max_length=16, unique=True)
    in_confidence = models.BooleanField("要求保密", default=False)
    said = models.BinaryField("异议")  # personal: sealed
    who = models.BinaryField("异议人和联系方式", null=True)  # personal: sealed
    state = models.CharField("状态", max_length=10, choices=c.ObjectionState.choices, default="open")
    due_on = models.DateField("答复时限")
    answer = models.CharField("答复", max_length=1000, default="", blank=True)
    answered_by = models.BigIntegerField(null=True)
    answered_name = models.CharField(max_length=60, default="", blank=True)  # personal: name
    answered_at = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "notice_objection"
        indexes = [models.Index(fields=["application", "state"], name="objection_of")]


class Decision(Scoped):
    """What an application came to, by which versions of which rules, on which facts; one for each round."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField("决定", max_length=12, choices=c.Outcome.choices)
    reason = models.CharField("理由", max_length=1000, default="", blank=True)
    document_no = models.CharField("文号", max_length=80, default="", blank=True)
    on = models.DateField("决定日期")
    account_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60, default="", blank=True)  # personal: name
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    rules = models.JSONField("适用规则", default=list)
    facts = models.JSONField("认定的事实", default=dict)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "application_decision"
        constraints = [models.UniqueConstraint(fields=["application", "round"], name="decision_once")]


class EffectRun(Scoped):
    """That one effect of one decision happened: in the transaction of the decision, and never twice."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="effects")
    application = models.ForeignKey(Application, models.PROTECT, related_name="effects")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=80)
    title = models.CharField(max_length=80)
    result = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "application_effect"
        constraints = [models.UniqueConstraint(fields=["decision", "number"], name="effect_once")]


class Delegation(Scoped):
    """An officer on leave: from a day to a day a colleague sees and does what waits for them."""

    account_id = models.BigIntegerField("委托人")
    account_name = models.CharField(max_length=60)  # personal: name
    post_id = models.BigIntegerField("岗位")
    role = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    to_account_id = models.BigIntegerField("受托人")
    to_name = models.CharField(max_length=60)  # personal: name
    valid_from = models.DateField("起")
    valid_to = models.DateField("止")
    reason = models.CharField("原因", max_length=200)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delegation"
        indexes = [
            models.Index(fields=["to_account_id", "valid_to"], name="delegation_to"),
            models.Index(fields=["path"], name="delegation_path"),
        ]


class Interest(Scoped):
    """What an officer declares: relatives and units whose matters they step back from (回避)."""

    account_id = models.BigIntegerField("申报人")
    kind = models.CharField("关系", max_length=12)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    note = models.CharField("说明", max_length=200, default="", blank=True)
    declared_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "declared_interest"
        indexes = [
            models.Index(fields=["account_id"], name="interest_of"),
            models.Index(fields=["path"], name="interest_path"),
        ]
