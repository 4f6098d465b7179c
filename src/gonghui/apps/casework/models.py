"""Hardship files, aid, legal cases, letters and the tickets of the desk. Every row exists for its case team alone."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.scope import PathField, Scoped

from . import choices as c


class HardshipFile(Scoped):
    """The file of one household in hardship (困难职工档案); `facts` holds household, income, reason page, bank."""

    follows_organisation = False

    application = models.OneToOneField(Application, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="所在工会")
    hardship = models.CharField("类别", max_length=30)
    facts = models.BinaryField("档案内容")  # personal: sealed
    consented_on = models.DateField("单独同意日期")
    filed_on = models.DateField("建档日期")
    review_on = models.DateField("复核日期")
    state = models.CharField("状态", max_length=8, choices=c.FileState.choices, default="active")
    ended_on = models.DateField("退出日期", null=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "casework_file"
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=models.Q(state="active"), name="hardship_file_once")
        ]
        indexes = [models.Index(fields=["path", "state", "review_on"], name="hardship_file_path")]


class Aid(Scoped):
    """One grant to a household: what was counted, the amount by rule, the payment order and its state."""

    follows_organisation = False

    application = models.OneToOneField(Application, models.PROTECT, related_name="+")
    file = models.ForeignKey(HardshipFile, models.PROTECT, null=True, related_name="aids")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=16, choices=c.AidKind.choices)
    year = models.PositiveSmallIntegerField("年度")
    amount = models.BigIntegerField("金额（分）")
    facts = models.BinaryField("理由和收款账号")  # personal: sealed
    ordered_on = models.DateField("决定日期")
    ordered_by = models.BigIntegerField(null=True)
    state = models.CharField("支付状态", max_length=10, choices=c.AidState.choices, default="ordered")
    paid_on = models.DateField("支付日期", null=True)
    voucher = models.CharField("凭证号", max_length=60, default="", blank=True)

    class Meta:
        db_table = "casework_aid"
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="aid_amount_positive")]
        indexes = [
            models.Index(fields=["person", "year"], name="aid_person_year"),
            models.Index(fields=["path", "state"], name="aid_path"),
        ]


class Case(Scoped):
    """A matter of rights that goes on after its application was decided: legal aid, arrears, a dispute."""

    follows_organisation = False

    application = models.OneToOneField(Application, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=10, choices=c.CaseKind.choices)
    stage = models.CharField("进展", max_length=10, choices=c.Stage.choices, default="started")
    state = models.CharField("状态", max_length=8, choices=c.CaseState.choices, default="open")
    facts = models.BinaryField("用人单位、请求、承办人")  # personal: sealed
    opened_on = models.DateField("立案日期")
    closed_on = models.DateField("结案日期", null=True)
    result = models.CharField("结果", max_length=300, default="", blank=True)

    class Meta:
        db_table = "casework_case"
        indexes = [models.Index(fields=["path", "state"], name="case_path")]


class CaseEvent(Scoped):
    """One thing that happened in a case, never changed."""

    follows_organisation = False

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    stage = models.CharField(max_length=10, choices=c.Stage.choices)
    on = models.DateField("日期")
    note = models.BinaryField(null=True)  # personal: sealed
    actor_name = models.CharField(max_length=60, default="", blank=True)  # personal: name
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "casework_event"


class Claimant(Scoped):
    """One worker who is owed wages: what is claimed and what came back, in fen."""

    follows_organisation = False

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="claimants")
    who = models.BinaryField("姓名和电话")  # personal: sealed
    claimed = models.BigIntegerField("主张金额（分）")
    recovered = models.BigIntegerField("追回金额（分）", default=0)
    recovered_on = models.DateField("最近追回日期", null=True)

    class Meta:
        db_table = "casework_claimant"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(claimed__gt=0, recovered__gte=0, recovered__lte=models.F("claimed")),
                name="claimant_amounts",
            )
        ]


class Letter(Scoped):
    """One of 一函两书: written, sent with a period to answer, answered, or followed by the next one."""

    follows_organisation = False

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="发出单位")
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")
    seats = ArrayField(models.TextField(), default=list)
    kind = models.CharField("文种", max_length=10, choices=c.LetterKind.choices)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField("序号", null=True)
    number = models.CharField("文号", max_length=60, default="", blank=True)
    recipient = models.CharField("主送单位", max_length=120)
    copied_to = models.CharField("抄送", max_length=200, default="", blank=True)
    body = models.BinaryField("正文")  # personal: sealed
    state = models.CharField("状态", max_length=10, choices=c.LetterState.choices, default="draft")
    sent_on = models.DateField("发出日期", null=True)
    due_on = models.DateField("答复期限", null=True)
    answer = models.BinaryField("答复", null=True)  # personal: sealed
    answered_on = models.DateField("答复日期", null=True)
    refused_because = models.CharField("拒绝理由", max_length=300, default="", blank=True)
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="next")
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "casework_letter"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "year", "serial"],
                condition=models.Q(serial__isnull=False),
                name="letter_number_once",
            )
        ]
        indexes = [models.Index(fields=["path", "state", "due_on"], name="letter_path")]


class Ticket(Scoped):
    """A call or visit at the desk: `holder` has it now; `path` stays that of the desk that took it.

    Names and the holder's path stand in the row: a body below may not read the one above.
    """

    follows_organisation = False

    number = models.CharField("编号", max_length=24, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="登记单位")
    desk_name = models.CharField(max_length=120)
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="承办单位")
    holder_name = models.CharField("承办单位", max_length=120)
    holder_path = PathField()
    seats = ArrayField(models.TextField(), default=list)
    kind = models.CharField("类别", max_length=12, choices=c.TicketKind.choices)
    channel = models.CharField("渠道", max_length=8, choices=c.Channel.choices)
    category = models.CharField("分类", max_length=24, choices=c.Category.choices)
    difficulty = models.CharField("难度", max_length=8, choices=c.Difficulty.choices)
    caller = models.BinaryField("来电人和电话")  # personal: sealed
    caller_hash = models.BinaryField(null=True)  # personal: lookup
    said = models.BinaryField("诉求")  # personal: sealed
    reply = models.BinaryField("答复", null=True)  # personal: sealed
    state = models.CharField("状态", max_length=10, choices=c.TicketState.choices, default="dispatch")
    due_on = models.DateField("本步时限")
    late = models.BooleanField("超期", default=False)
    breaches = models.PositiveSmallIntegerField("超期次数", default=0)
    satisfaction = models.PositiveSmallIntegerField("满意度", null=True)
    quality = models.CharField("质检意见", max_length=300, default="", blank=True)
    received_at = models.DateTimeField("登记时间", db_default=Now())
    replied_on = models.DateField("答复日期", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    taken_by = models.BigIntegerField(null=True)
    replied_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "casework_ticket"
        indexes = [
            models.Index(fields=["path", "state", "due_on"], name="ticket_path"),
            models.Index(fields=["caller_hash"], name="ticket_caller"),
        ]


class TicketAct(Scoped):
    """What was done with a ticket, never changed."""

    follows_organisation = False

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="acts")
    act = models.CharField(max_length=12, choices=c.TicketActKind.choices)
    at = models.DateTimeField(db_default=Now())
    actor_name = models.CharField(max_length=60, default="", blank=True)  # personal: name
    account_id = models.BigIntegerField(null=True)
    note = models.BinaryField(null=True)  # personal: sealed
    to = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "casework_ticket_act"
        indexes = [models.Index(fields=["ticket", "id"], name="ticket_act_of")]
