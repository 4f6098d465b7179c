"""Templates, reports with their drafts, what was said about them, and the numbers that issued reports quote."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.figures.models import Figure
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.scope import Scoped

from . import choices as c


class Template(Scoped):
    """A text with marks that a body wrote for itself and those below. Those that ship lie in `catalogue/reports`.

    A report takes a copy, so a template may be changed at any time. What is published is read by everybody.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="制定单位")
    title = models.CharField("名称", max_length=60)
    occasion = models.CharField("用途", max_length=10, choices=c.Occasion.choices)
    text = models.TextField("正文")
    note = models.CharField("说明", max_length=300, default="", blank=True)
    state = models.CharField("状态", max_length=10, choices=c.TemplateState.choices, default="draft")
    edited_by = models.BigIntegerField(null=True)
    edited_at = models.DateTimeField(db_default=Now())
    lock = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "report_template"
        indexes = [models.Index(fields=["path", "state"], name="report_template_path")]

    def __str__(self) -> str:
        return self.title


class Report(Scoped):
    """One report of one body about one period. Its words and numbers lie in its drafts; `draft_no` is the last.

    Once handed in the numbers of that draft are counted no more; once issued nothing of it changes.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="单位")
    title = models.CharField("标题", max_length=80)
    occasion = models.CharField("用途", max_length=10, choices=c.Occasion.choices)
    period = models.CharField("期间", max_length=24)
    template_title = models.CharField("模板", max_length=60, default="", blank=True)
    state = models.CharField("状态", max_length=10, choices=c.ReportState.choices, default="draft")
    draft_no = models.PositiveIntegerField(default=0)
    document_no = models.CharField("文号", max_length=60, default="", blank=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    handed_in_by = models.BigIntegerField(null=True)
    signed_by = models.BigIntegerField(null=True)
    issued_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=32, unique=True)
    proof = models.TextField("签名内容", default="", blank=True)
    signature = models.CharField(max_length=128, default="", blank=True)
    public_key = models.CharField(max_length=64, default="", blank=True)
    content = models.UUIDField(null=True)
    word = models.UUIDField(null=True)
    pdf = models.UUIDField(null=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=300, default="", blank=True)
    lock = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "report"
        indexes = [models.Index(fields=["path", "-changed_at"], name="report_path")]

    def __str__(self) -> str:
        return self.title


class Draft(Scoped):
    """The report as it stood: the text with its marks, and the text with the numbers they came to at that moment.

    `keys` are those of the records of sealed numbers, by number, where they are few: they tell which came or went
    later, and are never handed out.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="drafts")
    no = models.PositiveIntegerField("稿次")
    text = models.TextField()
    content = models.JSONField()
    sealed = models.BooleanField(default=False)
    keys = models.JSONField(null=True)
    made_by = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=40, default="", blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "report_draft"
        constraints = [models.UniqueConstraint(fields=["report", "no"], name="report_draft_once")]


class Comment(Scoped):
    """A remark on a line of a draft, until somebody settles it."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="comments")
    draft_no = models.PositiveIntegerField()
    line = models.PositiveIntegerField("段落")
    quote = models.CharField("原文", max_length=120, default="", blank=True)
    words = models.CharField("意见", max_length=500)
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    settled_by_name = models.CharField(max_length=40, default="", blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "report_comment"
        indexes = [models.Index(fields=["report", "at"], name="report_comment_of")]


class Act(Scoped):
    """Who handed in, returned, signed, issued or withdrew which draft."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="acts")
    draft_no = models.PositiveIntegerField()
    act = models.CharField(max_length=10, choices=c.Act.choices)
    note = models.CharField("说明", max_length=300, default="", blank=True)
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "report_act"
        indexes = [models.Index(fields=["report", "at"], name="report_act_of")]


class Quoted(Scoped):
    """A number that an issued report quotes: the version of its figure, what was counted, of which records."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="quoted")
    number = models.PositiveIntegerField()
    figure = models.ForeignKey(Figure, models.PROTECT, related_name="+")
    place = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    period = models.CharField(max_length=24)
    said = models.CharField(max_length=60)
    top = models.BigIntegerField()
    bottom = models.BigIntegerField(null=True)
    lineage = models.CharField(max_length=64, default="", blank=True)
    lineage_below = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        db_table = "report_quoted"
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="report_quoted_once")]
        indexes = [models.Index(fields=["figure", "path"], name="report_quoted_figure")]


class Correction(Scoped):
    """A later count of a quoted number that came out differently; the report itself stays as it was issued."""

    quoted = models.ForeignKey(Quoted, models.PROTECT, related_name="corrections")
    top = models.BigIntegerField()
    bottom = models.BigIntegerField(null=True)
    said = models.CharField(max_length=60)
    came = models.PositiveIntegerField(null=True)
    went = models.PositiveIntegerField(null=True)
    lineage = models.CharField(max_length=64, default="", blank=True)
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "report_correction"
        indexes = [models.Index(fields=["quoted", "-seen_at"], name="report_correction_of")]
