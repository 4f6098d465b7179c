"""How many lessons a session has: nobody is absent before the last is over. Scans of offline lists that staff decide on."""

import django.db.models.deletion
from django.db import migrations, models

import gonghui.kernel.scope
from gonghui.kernel.scope import PutUnderScope


def _to(table: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=f"kernel.{table}", **more
    )


class Migration(migrations.Migration):
    dependencies = [("kernel", "0033_draw_promises")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="lessons",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="上课次数"),
        ),
        migrations.CreateModel(
            name="DisputedScan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("ended", "名额已经取消，回不来了"),
                            ("late", "上交太晚"),
                            ("unlisted", "不在名单的有效时间里"),
                        ],
                        max_length=8,
                        verbose_name="疑点",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="扫码时间")),
                ("handed_in_at", models.DateTimeField(verbose_name="上交时间")),
                ("part", models.PositiveIntegerField(default=1, verbose_name="本次使用")),
                ("account_id", models.BigIntegerField(null=True, verbose_name="核销人")),
                ("provider_id", models.BigIntegerField(null=True, verbose_name="商户")),
                ("key", models.UUIDField(unique=True, verbose_name="请求编号")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待核对"), ("counted", "已认可"), ("refused", "未认可")],
                        default="open",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("answered_by", models.BigIntegerField(null=True)),
                ("answered_at", models.DateTimeField(null=True, verbose_name="核对时间")),
                ("answer_why", models.CharField(blank=True, default="", max_length=200, verbose_name="核对意见")),
                ("claim", _to("claim")),
                ("offer", _to("offer", db_index=False)),
                ("person", _to("person")),
                ("session", _to("session", db_index=False)),
            ],
            options={
                "db_table": "offer_disputed_scan",
                "indexes": [models.Index(fields=["path", "state"], name="disputed_path")],
            },
        ),
        PutUnderScope("offer_disputed_scan", person="person_id"),
    ]
