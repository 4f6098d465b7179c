"""Campaigns of selection, and the register of what was conferred."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.scope import Scoped

from . import choices as c


class Campaign(Scoped):
    """A selection of one honour in one year by one federation: places in total and for each county.

    Nominations are the applications for the honour that were handed in below the federation on its days. Everybody
    may read campaigns: units below nominate for them.
    """

    kind = models.CharField("荣誉", max_length=40)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="主办单位")
    places = models.PositiveIntegerField("名额")
    county_places = models.JSONField("分配名额", default=dict)
    opens_on = models.DateField("推荐起")
    closes_on = models.DateField("推荐止")
    note = models.CharField("说明", max_length=500, default="", blank=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "honour_campaign"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "year"], name="honour_campaign_once"),
            models.CheckConstraint(
                condition=models.Q(closes_on__gte=models.F("opens_on")), name="honour_campaign_order"
            ),
        ]
        indexes = [models.Index(fields=["path", "kind"], name="honour_campaign_path")]

    def __str__(self) -> str:
        return self.title


class Conferral(Scoped):
    """One honour conferred on a person, a team or an organisation. What is public hangs on the wall of honour.

    Name and unit are kept as the document says them. `certificate` is what was signed; it never changes, and a
    revoked honour keeps its row.
    """

    kind = models.CharField("荣誉", max_length=40)
    level = models.CharField("级别", max_length=10, choices=c.Level.choices)
    year = models.PositiveSmallIntegerField("年度")
    to = models.CharField("对象", max_length=12, choices=c.To.choices)
    name = models.CharField("授予", max_length=120)  # personal: name
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="人员")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="所在工会")
    unit_name = models.CharField("单位", max_length=120, default="", blank=True)
    issuer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="登记单位")
    issuer_name = models.CharField("命名单位", max_length=120)
    document_no = models.CharField("文号", max_length=80, default="", blank=True)
    conferred_on = models.DateField("命名日期")
    origin = models.CharField("来源", max_length=10, choices=c.Origin.choices, default="decision")
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="conferrals")
    number = models.CharField("证书编号", max_length=24, default="", blank=True)
    token = models.CharField(max_length=32, unique=True)
    certificate = models.TextField("签名内容", default="", blank=True)  # personal: name
    on_wall = models.BooleanField("在荣誉墙公开", default=True)
    revoked_on = models.DateField("撤销日期", null=True)
    revoke_reason = models.CharField("撤销理由", max_length=300, default="", blank=True)
    actor_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "honour_conferral"
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(application__isnull=False), name="honour_of_application_once"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "-year"], name="honour_path"),
            models.Index(fields=["person"], name="honour_person", condition=models.Q(person__isnull=False)),
            models.Index(fields=["-year", "kind"], name="honour_wall", condition=models.Q(on_wall=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name}·{self.kind}"
