"""Orders for files of figures, and the files that were made."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import gonghui.kernel.scope
from gonghui.kernel.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kernel", "0027_open_data"),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "figures",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="数字"
                    ),
                ),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("own", "只有本组织"),
                            ("below", "本组织和直接下级"),
                            ("areas", "本组织和所有下级地方总工会"),
                        ],
                        default="below",
                        max_length=8,
                        verbose_name="哪些组织",
                    ),
                ),
                (
                    "span",
                    models.CharField(
                        choices=[
                            ("month", "上个月"),
                            ("quarter", "上个季度"),
                            ("year", "上一年"),
                            ("running", "今年到当天"),
                        ],
                        default="month",
                        max_length=8,
                        verbose_name="哪个期间",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[("csv", "CSV"), ("xlsx", "Excel"), ("parquet", "Parquet")],
                        default="xlsx",
                        max_length=8,
                        verbose_name="格式",
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("daily", "每天"),
                            ("weekly", "每周一"),
                            ("monthly", "每月6日"),
                            ("quarterly", "每季度第一个月6日"),
                        ],
                        default="monthly",
                        max_length=10,
                        verbose_name="多久一次",
                    ),
                ),
                ("next_on", models.DateField(verbose_name="下一次")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                (
                    "trouble",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="上次没有做成的原因"),
                ),
                ("made_by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.organisation",
                        verbose_name="组织",
                    ),
                ),
            ],
            options={
                "db_table": "export",
            },
        ),
        migrations.CreateModel(
            name="ExportFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                ("period", models.CharField(max_length=24, verbose_name="期间")),
                ("rows", models.PositiveIntegerField(verbose_name="行数")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="做成时间"),
                ),
                (
                    "export",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="exports.export"
                    ),
                ),
                (
                    "stored",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.storedfile"
                    ),
                ),
            ],
            options={
                "db_table": "export_file",
            },
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(fields=["path", "-id"], name="export_path"),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(condition=models.Q(("active", True)), fields=["next_on"], name="export_due"),
        ),
        migrations.AddIndex(
            model_name="exportfile",
            index=models.Index(fields=["path", "-id"], name="export_file_path"),
        ),
    ]
    operations = [CreateTables(operations)]
