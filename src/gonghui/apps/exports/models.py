"""Orders for files of figures, and the files that were made."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.figures.tables import TableFormat
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.scope import Scoped

from . import choices as c


class Export(Scoped):
    """Which figures of which places are written to a file, for which period, in which format and how often."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    title = models.CharField("名称", max_length=60)
    figures = ArrayField(models.CharField(max_length=60), verbose_name="数字")
    reach = models.CharField("哪些组织", max_length=8, choices=c.Reach.choices, default="below")
    span = models.CharField("哪个期间", max_length=8, choices=c.Span.choices, default="month")
    form = models.CharField("格式", max_length=8, choices=TableFormat.choices, default="xlsx")
    rhythm = models.CharField("多久一次", max_length=10, choices=c.Rhythm.choices, default="monthly")
    next_on = models.DateField("下一次")
    active = models.BooleanField("在用", default=True)
    trouble = models.CharField("上次没有做成的原因", max_length=200, default="", blank=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "export"
        indexes = [
            models.Index(fields=["path", "-id"], name="export_path"),
            models.Index(fields=["next_on"], name="export_due", condition=models.Q(active=True)),
        ]

    def __str__(self) -> str:
        return self.title


class ExportFile(Scoped):
    """A file that was made of an order; its bytes lie with kernel/files."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="files")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    period = models.CharField("期间", max_length=24)
    rows = models.PositiveIntegerField("行数")
    made_at = models.DateTimeField("做成时间", db_default=Now())

    class Meta:
        db_table = "export_file"
        indexes = [models.Index(fields=["path", "-id"], name="export_file_path")]
