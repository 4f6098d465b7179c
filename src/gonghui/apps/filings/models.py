"""Forms as they were received with what their cells mean, filings, the cells filled, and what somebody was asked."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.figures.models import Figure
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.scope import Scoped

from . import choices as c


class FormTemplate(Scoped):
    """A form as it was received, and what its cells mean. What is published is used by the own body, and by those below
    where `fillers` says so.

    A filing takes a copy of the mapping, so it may be changed at any time.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="制定单位")
    title = models.CharField("名称", max_length=80)
    demanded_by = models.CharField("要求报送的单位", max_length=80)
    rhythm = models.CharField("频次", max_length=10, choices=c.Rhythm.choices)
    fillers = models.CharField("谁填报", max_length=10, choices=c.Fillers.choices, default="own")
    due_days = models.PositiveSmallIntegerField("期末后几天内报", default=10)
    tolerance = models.PositiveSmallIntegerField("变动超过百分之几要说明", default=30)
    note = models.CharField("说明", max_length=300, default="", blank=True)
    file = models.UUIDField()
    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=list)
    state = models.CharField("状态", max_length=10, choices=c.TemplateState.choices, default="draft")
    published_on = models.DateField("启用日期", null=True)
    """It is filed from the period on that was over last then."""
    edited_by = models.BigIntegerField(null=True)
    edited_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "filing_template"
        indexes = [models.Index(fields=["path", "state"], name="filing_template_path")]

    def __str__(self) -> str:
        return self.title


class Filing(Scoped):
    """One form of one body about one period. Once checked its cells are counted no more, once signed they stay.

    What is given back after it was signed stays as it is; a new `version` that `replaces` it is filled instead.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="填报单位")
    template = models.ForeignKey(FormTemplate, models.PROTECT, related_name="+", verbose_name="表样")
    title = models.CharField("名称", max_length=80)
    demanded_by = models.CharField("报送给", max_length=80)
    rhythm = models.CharField("频次", max_length=10, choices=c.Rhythm.choices)
    period = models.CharField("报告期", max_length=24)
    version = models.PositiveSmallIntegerField("版次", default=1)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    tolerance = models.PositiveSmallIntegerField(default=30)
    file = models.UUIDField()
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField()
    remarks = models.JSONField("说明", default=dict)
    state = models.CharField("状态", max_length=10, choices=c.FilingState.choices, default="draft")
    due_on = models.DateField("截止日期")
    counted_at = models.DateTimeField(null=True)
    made_by = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=40, default="", blank=True)
    made_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    checked_by = models.BigIntegerField(null=True)
    signed_by = models.BigIntegerField(null=True)
    signed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_file = models.UUIDField(null=True)

    class Meta:
        db_table = "filing"
        indexes = [models.Index(fields=["path", "-changed_at"], name="filing_path")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "template", "period", "version"], name="filing_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Question(Scoped):
    """A fact that no record knows, asked of one body for one period: once, however many forms want it.

    `rolls_up` when it was handed to the bodies below: then its answer is the sum of theirs. What is closed is asked no
    more and counts in no sum.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="答复单位")
    title = models.CharField("事项", max_length=80)
    unit = models.CharField("单位", max_length=12, default="", blank=True)
    numeric = models.BooleanField(default=True)
    period = models.CharField("报告期", max_length=24)
    role = models.CharField("岗位", max_length=40, default="", blank=True)
    rolls_up = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    form_title = models.CharField("用于", max_length=80)
    filing = models.ForeignKey(Filing, models.PROTECT, null=True, related_name="+")
    """For which it was asked first; other filings use its answer."""
    asked_by = models.BigIntegerField(null=True)
    asked_by_name = models.CharField("询问单位", max_length=120)
    asked_at = models.DateTimeField("询问时间", db_default=Now())
    due_on = models.DateField("截止日期")
    number = models.DecimalField("答复", max_digits=18, decimal_places=4, null=True)
    text = models.CharField("答复", max_length=500, default="", blank=True)
    answered_by = models.BigIntegerField(null=True)
    answered_by_name = models.CharField("答复人", max_length=40, default="", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    closed_at = models.DateTimeField("不再问", null=True)
    closed_why = models.CharField("不再问的理由", max_length=300, default="", blank=True)

    class Meta:
        db_table = "filing_question"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "period", "title", "unit"], name="filing_question_once"),
        ]
        indexes = [
            models.Index(fields=["path", "due_on"], name="filing_question_path"),
            models.Index(fields=["parent"], name="filing_question_parent"),
        ]

    def __str__(self) -> str:
        return self.title


class FilledCell(Scoped):
    """What stands in a mapped cell: of which version of which figure, place and period, or which answer."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="cells")
    sheet = models.CharField("表", max_length=60)
    cell = models.CharField("单元格", max_length=12)
    kind = models.CharField("来源", max_length=10, choices=c.Kind.choices)
    title = models.CharField("内容", max_length=120, default="", blank=True)
    figure = models.ForeignKey(Figure, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(null=True)
    place = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    period = models.CharField(max_length=24, default="", blank=True)
    number = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    text = models.CharField(max_length=500, default="", blank=True)
    unit = models.CharField(max_length=12, default="", blank=True)
    top = models.BigIntegerField(null=True)
    bottom = models.BigIntegerField(null=True)
    few = models.BooleanField(default=False)
    why = models.CharField(max_length=120, default="", blank=True)
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="cells")
    frozen_at = models.DateTimeField("签发时间", null=True)
    reused = models.BooleanField("用已有的答复", default=False)
    first = models.BooleanField("第一版", default=True)
    """Not filled again in a later version: work that was saved is counted once."""

    class Meta:
        db_table = "filing_cell"
        constraints = [models.UniqueConstraint(fields=["filing", "sheet", "cell"], name="filing_cell_once")]
        indexes = [models.Index(fields=["path", "frozen_at"], name="filing_cell_path")]


class FilingAct(Scoped):
    """Who did what with a filing, and why."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="acts")
    act = models.CharField(max_length=10, choices=c.Act.choices)
    note = models.CharField("说明", max_length=300, default="", blank=True)
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "filing_act"
        indexes = [models.Index(fields=["filing", "at"], name="filing_act_of")]
