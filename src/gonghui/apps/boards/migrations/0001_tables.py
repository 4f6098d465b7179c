"""Boards: everybody may read which figures they name; writing stays within the range."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import gonghui.kernel.scope
from gonghui.kernel.scope import PutUnderScope


class Migration(migrations.Migration):
    initial = True

    dependencies = [("kernel", "0026_figures_of_procedures")]

    operations = [
        migrations.CreateModel(
            name="Board",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                ("slot", models.CharField(max_length=20, verbose_name="给谁看")),
                ("title", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("year", "今年"),
                            ("half", "今年上半年或下半年"),
                            ("quarter", "本季度"),
                            ("month", "本月"),
                        ],
                        default="year",
                        max_length=8,
                        verbose_name="期间",
                    ),
                ),
                ("tiles", models.JSONField(verbose_name="内容")),
                ("version", models.PositiveIntegerField(default=1)),
                ("edited_by", models.BigIntegerField(null=True)),
                ("edited_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.organisation",
                        verbose_name="制定单位",
                    ),
                ),
            ],
            options={
                "db_table": "board",
                "indexes": [models.Index(fields=["path"], name="board_path")],
                "constraints": [models.UniqueConstraint(fields=("organisation", "slot"), name="board_once")],
            },
        ),
        PutUnderScope("board", read_all=True),
    ]
