"""Orders for money that decisions bring about, until they are paid or returned."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.models import Application, Decision
from gonghui.kernel.scope import Scoped

from . import choices as c


class GrantOrder(Scoped):
    """One sum for one thing in one period, ordered by the decision on an accepted application.

    The database lets a thing be ordered once in a period, and never lets the one who approved it pay it.
    """

    number = models.CharField("单号", max_length=24)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="受补单位")
    kind = models.CharField("类别", max_length=10, choices=c.OrderKind.choices)
    thing = models.CharField("补助对象", max_length=120)
    thing_key = models.CharField(max_length=160)
    period = models.CharField("补助年度", max_length=10)
    amount = models.BigIntegerField("金额（分）")
    application = models.OneToOneField(Application, models.PROTECT, related_name="+", verbose_name="依据的申请")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    evidence = models.JSONField("佐证", default=list)
    rules = models.JSONField("适用规则", default=list)
    state = models.CharField("状态", max_length=10, choices=c.OrderState.choices, default="asked")
    ordered_on = models.DateField("开单日期")
    approved_by = models.BigIntegerField(null=True)
    approved_name = models.CharField("审批人", max_length=60, default="", blank=True)  # personal: name
    approved_on = models.DateField("审批日期", null=True)
    paid_by = models.BigIntegerField(null=True)
    paid_name = models.CharField("支付经办", max_length=60, default="", blank=True)  # personal: name
    paid_on = models.DateField("支付日期", null=True)
    payment_ref = models.CharField("支付凭证号", max_length=60, default="", blank=True)
    note = models.CharField("意见", max_length=300, default="", blank=True)
    returned_reason = models.CharField("退回原因", max_length=300, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "grant_order"
        constraints = [
            models.UniqueConstraint(
                fields=["thing_key", "period"], condition=~models.Q(state="returned"), name="grant_once_a_period"
            ),
            models.UniqueConstraint(fields=["number"], name="grant_number_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="grant_some_money"),
            models.CheckConstraint(
                condition=models.Q(paid_by__isnull=True) | ~models.Q(paid_by=models.F("approved_by")),
                name="grant_two_persons",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="paid")
                | models.Q(paid_by__isnull=False, paid_on__isnull=False, approved_by__isnull=False),
                name="grant_paid_after_approval",
            ),
        ]
        indexes = [models.Index(fields=["path", "state", "-id"], name="grant_path")]
