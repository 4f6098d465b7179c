"""Vitality reviews, what each found, and everything that was done about it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.org.models import Organisation, OrganisationChange
from gonghui.kernel.people.models import Membership
from gonghui.kernel.scope import Scoped

from . import choices as c


class VitalityReview(Scoped):
    """One look over a subtree on one day, by the thresholds valid there then."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="体检范围")
    as_of = models.DateField("体检日期")
    thresholds = models.JSONField("判定规则")
    unions_checked = models.PositiveIntegerField(default=0)
    members_checked = models.PositiveIntegerField(default=0)
    actor_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "vitality_review"
        indexes = [models.Index(fields=["path", "-made_at"], name="vitality_review_path")]


class Finding(Scoped):
    """One union or member to be checked; it ends with a decision or is kept, and can be taken back."""

    review = models.ForeignKey(VitalityReview, models.PROTECT, related_name="findings")
    kind = models.CharField("类别", max_length=12, choices=c.FindingKind.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="findings")
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="findings")
    person_id = models.BigIntegerField(null=True)
    reasons = models.JSONField("列入原因")
    last_sign_on = models.DateField("最近活动", null=True)
    state = models.CharField("状态", max_length=10, choices=c.FindingState.choices, default="listed")
    warned_on = models.DateField("警示日期", null=True)
    due_on = models.DateField("可处置日期", null=True)
    appeal = models.TextField("申诉", default="", blank=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_answer = models.TextField("申诉答复", default="", blank=True)
    decision = models.CharField("处置", max_length=10, choices=c.Decision.choices, default="", blank=True)
    decided_on = models.DateField(null=True)
    decided_by = models.BigIntegerField(null=True)
    change = models.ForeignKey(OrganisationChange, models.PROTECT, null=True, related_name="+")
    note = models.CharField("核查意见", max_length=300, default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "vitality_finding"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                condition=models.Q(state__in=["listed", "warned", "appealed"], membership__isnull=True),
                name="finding_union_once",
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=models.Q(state__in=["listed", "warned", "appealed"], membership__isnull=False),
                name="finding_member_once",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "kind", "state"], name="finding_path"),
            models.Index(fields=["organisation"], name="finding_org"),
        ]


class FindingAct(Scoped):
    """What somebody did about a finding, in order."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="acts")
    act = models.CharField("行为", max_length=10, choices=c.Act.choices)
    at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60, default="")  # personal: name
    note = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        db_table = "vitality_act"
        indexes = [models.Index(fields=["finding", "at"], name="finding_act")]
