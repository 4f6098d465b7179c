"""Definitions of figures, the values that are kept of them, closed periods and what changed afterwards, targets."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from ..org.models import Organisation
from ..scope import PathField, Scoped, ScopedQuerySet
from . import choices as c


class Figure(models.Model):
    """One version of a definition, valid at an organisation and below (everywhere when `path` is empty).

    Published versions never change: what an issued report counted stays readable. Everybody may read definitions.
    """

    key = models.CharField("标识", max_length=60)
    version = models.PositiveIntegerField("版本")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="制定单位")
    path = PathField(default="")
    title = models.CharField("名称", max_length=40)
    area = models.CharField("领域", max_length=12, choices=c.Area.choices)
    body = models.JSONField("定义")
    digest = models.CharField(max_length=64)
    state = models.CharField("状态", max_length=10, choices=c.FigureState.choices, default="draft")
    valid_from = models.DateField("启用日期", null=True)
    edited_by = models.BigIntegerField(null=True)
    edited_at = models.DateTimeField(db_default=Now())
    published_by = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    lock = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "figure"
        constraints = [
            models.UniqueConstraint(fields=["key", "path", "version"], name="figure_version_once"),
            models.UniqueConstraint(
                fields=["key", "path"], condition=models.Q(state="published"), name="figure_one_published"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class FigureMeasure(models.Model):
    """What is asked of the records (`rules.definition.Measure`); figures with equal questions share its values.

    Until it is filled its numbers are counted from the records.
    """

    digest = models.CharField(max_length=32, unique=True)
    source = models.CharField(max_length=40)
    body = models.JSONField()
    adds_up = models.BooleanField()
    filled_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "figure_measure"
        indexes = [models.Index(fields=["source"], name="figure_measure_source")]


class FigureValue(Scoped):
    """What a measure comes to at a place: `own` of its own records, `total` with all below it.

    `period` is empty for "as of now", else the key of a month, quarter, half or year. A function of the records
    alone: losing this table loses nothing.
    """

    follows_organisation = False

    measure = models.ForeignKey(FigureMeasure, models.CASCADE, related_name="+", db_index=False)
    period = models.CharField(max_length=10, default="", db_collation="C")
    own = models.DecimalField(max_digits=20, decimal_places=0, default=0)
    total = models.DecimalField(max_digits=20, decimal_places=0, default=0)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "figure_value"
        constraints = [models.UniqueConstraint(fields=["path", "measure", "period"], name="figure_value_once")]
        indexes = [models.Index(fields=["measure", "period"], name="figure_value_measure")]


class FigureMark(Scoped):
    """A place whose records of a source have changed since its values were counted; written by triggers."""

    follows_organisation = False

    source = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "figure_mark"


class FigureClosing(Scoped):
    """The number of a figure for a period that is over, as it was when the period was closed."""

    figure = models.ForeignKey(Figure, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    period = models.CharField(max_length=24, db_collation="C")
    top = models.DecimalField(max_digits=20, decimal_places=0)
    bottom = models.DecimalField(max_digits=20, decimal_places=0, null=True)
    closed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "figure_closing"
        constraints = [models.UniqueConstraint(fields=["organisation", "figure", "period"], name="figure_closing_once")]
        indexes = [models.Index(fields=["path", "period"], name="figure_closing_path")]


class FigureCorrection(Scoped):
    """A later count of a closed period that came out differently: shown beside the closed number, never instead."""

    closing = models.ForeignKey(FigureClosing, models.CASCADE, related_name="corrections")
    top = models.DecimalField(max_digits=20, decimal_places=0)
    bottom = models.DecimalField(max_digits=20, decimal_places=0, null=True)
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "figure_correction"
        indexes = [models.Index(fields=["closing", "-seen_at"], name="figure_correction_of")]


class Target(Scoped):
    """What an organisation is to reach of a figure in a period; a superior hands its own down to those below."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="承担单位")
    key = models.CharField("数字", max_length=60)
    period = models.CharField("期间", max_length=24)
    amount = models.DecimalField("目标值", max_digits=18, decimal_places=4)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name="上级目标")
    state = models.CharField("状态", max_length=10, choices=c.TargetState.choices, default="proposed")
    counter = models.DecimalField("建议值", max_digits=18, decimal_places=4, null=True)
    reason = models.CharField("说明", max_length=300, default="", blank=True)
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    behind = models.CharField("落后原因和措施", max_length=500, default="", blank=True)
    behind_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "target"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key", "period"], condition=~models.Q(state="withdrawn"), name="target_once"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="target_some"),
        ]
        indexes = [models.Index(fields=["path", "period"], name="target_path")]


class OpenFigure(models.Model):
    """A published figure as the views of the schema `bi` read it: worked out once, so that SQL need not know how.

    `shown` is false for what the views withhold: figures of sensitive sources, whose small numbers only the pages and
    the API know how to hide, and quotients of different times. Such a row still keeps the one above from showing.
    """

    figure = models.ForeignKey(Figure, models.CASCADE, related_name="+")
    path = PathField(default="")
    key = models.CharField(max_length=60)
    top = models.ForeignKey(FigureMeasure, models.CASCADE, null=True, related_name="+")
    bottom = models.ForeignKey(FigureMeasure, models.CASCADE, null=True, related_name="+")
    per = models.PositiveIntegerField(default=1)
    bottom_per = models.PositiveIntegerField(default=1)
    scale = models.PositiveIntegerField(default=1)
    decimals = models.PositiveSmallIntegerField(default=0)
    adds_up = models.BooleanField(default=False)
    shown = models.BooleanField(default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "open_figure"
        constraints = [models.UniqueConstraint(fields=["path", "key"], name="open_figure_once")]


class ViewReader(Scoped):
    """Which log-in of the database may read the views of the schema `bi`, and of which organisation and below.

    The views look here under the name of the session's log-in, which nobody but a superuser can change; only the
    owner of the tables writes here.
    """

    login = models.CharField("数据库账号", max_length=63, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="能看的组织")
    purpose = models.CharField("用途", max_length=200)
    until = models.DateField("有效期至")
    granted_by = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "view_reader"
        indexes = [models.Index(fields=["path"], name="view_reader_path")]
