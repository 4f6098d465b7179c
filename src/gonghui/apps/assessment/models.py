"""Standards, the sheets on which unions are scored by them, and the grades that came of it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.scope import PathField, Scoped, ScopedQuerySet

from . import choices as c


class Standard(models.Model):
    """One version of a standard, valid at an organisation and below (everywhere when `path` is empty).

    Published versions never change: a running assessment stays on its own. Everybody may read standards.
    """

    key = models.CharField("标识", max_length=40)
    family = models.CharField("评价类别", max_length=40)
    version = models.PositiveIntegerField("版本")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="适用范围")
    path = PathField(default="")
    title = models.CharField("名称", max_length=40)
    body = models.JSONField("标准")
    digest = models.CharField(max_length=64)
    state = models.CharField("状态", max_length=10, choices=c.StandardState.choices, default="draft")
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
        db_table = "assessment_standard"
        constraints = [models.UniqueConstraint(fields=["key", "path", "version"], name="standard_version_once")]
        indexes = [models.Index(fields=["family", "path", "-version"], name="standard_find")]

    def __str__(self) -> str:
        return self.title


class ItemSheet(Scoped):
    """One union scored by one version of a standard: what it claims, what each tier gave, what the records said.

    `facts` and `digest` are those of the day it was handed in, so that scoring it again gives the same.
    """

    application = models.OneToOneField(Application, models.PROTECT, related_name="sheet")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="参评工会")
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="sheets", verbose_name="标准")
    on = models.DateField("台账日期")
    facts = models.JSONField("台账事实", default=dict)
    digest = models.CharField(max_length=64, default="")
    claims = models.JSONField("自评", default=dict)
    checks = models.JSONField("各级复核", default=dict)
    claimed = models.IntegerField("自评分", null=True)
    score = models.IntegerField("得分", null=True)
    grade = models.CharField("等级", max_length=20, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "assessment_sheet"
        indexes = [models.Index(fields=["path", "-id"], name="sheet_path")]


class SheetEvidence(Scoped):
    """A paper behind one item of a sheet."""

    sheet = models.ForeignKey(ItemSheet, models.PROTECT, related_name="evidence")
    item = models.CharField(max_length=40)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "assessment_evidence"
        indexes = [
            models.Index(fields=["sheet", "item"], name="sheet_evidence_of"),
            models.Index(fields=["path"], name="sheet_evidence_path"),
        ]


class GradeRecord(Scoped):
    """Which grade a union has from a day on; every change is a new row, the former one ends."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="grades", verbose_name="工会")
    family = models.CharField("评价类别", max_length=40)
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="grades", verbose_name="标准")
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")
    kind = models.CharField("事由", max_length=8, choices=c.GradeKind.choices)
    score = models.IntegerField("得分")
    grade = models.CharField("等级", max_length=20)
    rank = models.PositiveSmallIntegerField("等次")
    point = models.CharField("示范点", max_length=8, choices=c.Point.choices, default="", blank=True)
    graded_on = models.DateField("评定日期")
    valid_until = models.DateField("有效期至")
    ended_on = models.DateField(null=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="next")
    note = models.CharField("说明", max_length=300, default="", blank=True)
    actor_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "assessment_grade"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "family"], condition=models.Q(ended_on__isnull=True), name="grade_one_current"
            ),
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(application__isnull=False), name="grade_once"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "family", "ended_on"], name="grade_path"),
            models.Index(fields=["organisation", "-id"], name="grade_of"),
        ]
