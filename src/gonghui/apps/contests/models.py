"""What selections of innovation came to."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.scope import Scoped

from . import choices as c


class Award(Scoped):
    """One entry that a selection named: title, people and unit as they were shown, its rank and what it yields."""

    selection = models.CharField("评选", max_length=16, choices=c.Selection.choices)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=80)
    people = models.CharField("完成人", max_length=120, default="", blank=True)  # personal: name
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="所在工会")
    unit_name = models.CharField("单位", max_length=120)
    issuer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="命名单位")
    issuer_name = models.CharField("命名单位", max_length=120)
    rank = models.PositiveSmallIntegerField("名次")
    score = models.DecimalField("得分", max_digits=9, decimal_places=4)
    benefit = models.BigIntegerField("年效益（分）", null=True)
    prize = models.BigIntegerField("奖励（分）", null=True)
    document_no = models.CharField("文号", max_length=80, default="", blank=True)
    awarded_on = models.DateField("命名日期")
    application = models.OneToOneField(Application, models.PROTECT, related_name="+")
    actor_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "contest_award"
        indexes = [
            models.Index(fields=["path", "selection", "-year"], name="award_path"),
            models.Index(fields=["selection", "-year", "rank"], name="award_list"),
        ]

    def __str__(self) -> str:
        return self.title
