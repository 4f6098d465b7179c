"""Imports of rosters: one row an import, its staged rows, its problems, and what it changed, for taking it back."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.scope import Scoped

from . import choices as c


class RosterImport(Scoped):
    """One file on its way into the records. Its staged rows, problems and changes are visible where it is."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="导入到")
    kind = models.CharField("名册类别", max_length=16, choices=c.Kind.choices)
    state = models.CharField("状态", max_length=12, choices=c.State.choices, default=c.State.UPLOADED)
    mode = models.CharField("有问题的行", max_length=16, choices=c.Mode.choices, default=c.Mode.GOOD_ONLY)
    source = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+", verbose_name="文件")
    source_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField(max_length=64, default="")
    sheet = models.CharField("工作表", max_length=80, default="", blank=True)
    header_rows = ArrayField(models.IntegerField(), verbose_name="表头所在行", default=list)
    header_signature = models.CharField(max_length=64, default="")
    outline = models.JSONField("表格概况", default=dict)
    mapping = models.JSONField("列的对应", default=dict)
    round_trip = models.BooleanField("由导出的名单改回", default=False)
    total_rows = models.IntegerField("行数", default=0)
    new_rows = models.IntegerField("新增", default=0)
    changed_rows = models.IntegerField("更新", default=0)
    unchanged_rows = models.IntegerField("没有变化", default=0)
    conflict_rows = models.IntegerField("有冲突", default=0)
    rejected_rows = models.IntegerField("有问题", default=0)
    ended_rows = models.IntegerField("终止", default=0)
    skipped_rows = models.IntegerField("不是名册的行", default=0)
    staged_rows = models.IntegerField(default=0)
    summary = models.JSONField("问题汇总", default=list)
    notices = models.JSONField("提示", default=list)
    failure = models.JSONField("未导入的原因", default=dict)
    actor_id = models.BigIntegerField("经办账号", null=True)
    post_id = models.BigIntegerField("经办岗位", null=True)
    actor_name = models.CharField("经办人", max_length=60, default="")  # personal: name
    created_at = models.DateTimeField("上传时间", db_default=Now())
    checked_at = models.DateTimeField("检查完成", null=True)
    committed_at = models.DateTimeField("导入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.CharField("撤销人", max_length=60, default="")  # personal: name
    undo_reason = models.CharField("撤销原因", max_length=300, default="", blank=True)

    class Meta:
        db_table = "roster_import"
        indexes = [models.Index(fields=["path", "-created_at"], name="roster_import_path")]

    @property
    def step(self) -> c.State:
        return c.State(self.state)

    @property
    def applied_rows(self) -> int:
        """Rows that change something when imported."""
        return self.new_rows + self.changed_rows


class RosterProgress(models.Model):
    """How far the worker is. Apart from the import, so that reporting never waits for the commit's row lock."""

    roster = models.OneToOneField(RosterImport, models.CASCADE, primary_key=True, related_name="progress")
    phase = models.CharField(max_length=40, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    phase_began_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    cancel_requested = models.BooleanField(default=False)

    class Meta:
        db_table = "roster_progress"


class RosterRow(models.Model):
    """A row that is about to change something: normalised values, identity numbers only hashed and sealed.

    Unlogged: after a crash of the database it is empty, and the file is checked again. NULL means that the roster
    says nothing about the field. `person_id` and `membership_id` of a new member are drawn when it is staged.
    """

    pk = models.CompositePrimaryKey("roster_id", "row_no")
    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="rows", db_index=False, db_constraint=False)
    row_no = models.IntegerField()
    action = models.CharField(max_length=8, choices=c.Action.choices)
    choice = models.CharField(max_length=8, choices=c.Choice.choices, default="")
    organisation_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    membership_id = models.BigIntegerField(null=True)
    record_id = models.BigIntegerField(null=True)
    record_version = models.IntegerField(null=True)
    person_version = models.IntegerField(null=True)
    name = models.TextField(null=True)  # personal: name
    name_key = models.TextField(null=True)  # personal: name
    grams = ArrayField(models.TextField(), null=True)  # personal: name
    id_kind = models.TextField(null=True)
    id_hash = models.BinaryField(null=True)  # personal: lookup
    id_sealed = models.BinaryField(null=True)  # personal: sealed
    id_mask = models.TextField(null=True)  # personal: masked
    phone_hash = models.BinaryField(null=True)  # personal: lookup
    phone_sealed = models.BinaryField(null=True)  # personal: sealed
    phone_mask = models.TextField(null=True)  # personal: masked
    sex = models.TextField(null=True)  # personal: trait
    birth = models.DateField(null=True)  # personal: birth
    ethnicity = models.TextField(null=True)  # personal: trait
    education = models.TextField(null=True)  # personal: trait
    politics = models.TextField(null=True)  # personal: trait
    skill_level = models.TextField(null=True)
    status = models.TextField(null=True)
    retention_reason = models.TextField(null=True)
    card_no = models.TextField(null=True)  # personal: number
    joined_on = models.DateField(null=True)
    worker_kind = models.TextField(null=True)
    occupation = models.TextField(null=True)
    new_form = models.TextField(null=True)
    platforms = ArrayField(models.TextField(), null=True)
    employer_name = models.TextField(null=True)
    department = models.TextField(null=True)
    staff_no = models.TextField(null=True)  # personal: number
    facts = models.JSONField(null=True)

    class Meta:
        db_table = "roster_row"


class RosterProblem(models.Model):
    """Why a row cannot be imported, or what is odd about it: column, reason, how to mend it."""

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="problems", db_index=False)
    row_no = models.IntegerField("行")
    letter = models.CharField("列", max_length=4, default="")
    field = models.CharField("字段", max_length=40, default="")
    shown = models.CharField("内容", max_length=80, default="")  # personal: masked
    code = models.CharField("代码", max_length=20)
    message = models.TextField("原因")
    hint = models.TextField("改法", default="")
    serious = models.BooleanField("不能导入", default=True)

    class Meta:
        db_table = "roster_problem"
        indexes = [
            models.Index(fields=["roster", "serious", "row_no"], name="roster_problem_row"),
            models.Index(fields=["roster", "code", "row_no"], name="roster_problem_code"),
        ]


class ColumnMapping(Scoped):
    """Which column meant what, the last time an organisation confirmed a header like this one."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=c.Kind.choices)
    header_signature = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "roster_mapping"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "header_signature"], name="roster_mapping_once")
        ]


class ImportedChange(models.Model):
    """What one row of an import made or changed, with the values before; `versions` are those the import left."""

    roster = models.ForeignKey(
        RosterImport, models.CASCADE, related_name="changes", db_index=False, db_constraint=False
    )
    row_no = models.IntegerField()
    action = models.CharField(max_length=8, choices=c.Action.choices)
    organisation_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    record_id = models.BigIntegerField(null=True)
    person_version = models.IntegerField(null=True)
    record_version = models.IntegerField(null=True)
    before = models.JSONField(null=True)

    class Meta:
        db_table = "roster_change"
        indexes = [models.Index(fields=["roster", "row_no"], name="roster_change_row")]
