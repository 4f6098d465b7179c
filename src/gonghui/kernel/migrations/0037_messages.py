"""Messages to members: the outbox, and what does not go to their phones."""

import django.db.models.deletion
from django.db import migrations, models

import gonghui.kernel.scope
from gonghui.kernel.scope import PutUnderScope
from gonghui.kernel.tables import CreateTables

# A message tells that its person has a matter, a confidential one too: it exists for that person and for the platform
# itself (seat "*"), whatever the range.
OWN = "".join(
    f"CREATE POLICY own_only ON {table} AS RESTRICTIVE TO gonghui_app USING (current_setting('gonghui.seat', true) = '*'"
    " OR person_id = nullif(current_setting('gonghui.person', true), '')::bigint) WITH CHECK (true);\n"
    for table in ("message", "message_mute")
)


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0036_hand_on_unused"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                ("kind", models.CharField(max_length=40, verbose_name="类别")),
                ("about", models.BigIntegerField()),
                ("turn", models.CharField(blank=True, default="", max_length=20)),
                ("title", models.CharField(blank=True, default="", max_length=60, verbose_name="事项")),
                ("urgent", models.BooleanField(default=False, verbose_name="马上发")),
                ("made_at", models.DateTimeField(verbose_name="时间")),
                ("due_at", models.DateTimeField(verbose_name="最早发送")),
                ("until", models.DateTimeField(verbose_name="过了就不用发")),
                ("next_at", models.DateTimeField(verbose_name="下次发送")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待发送"),
                            ("sent", "已发送"),
                            ("failed", "没有发成"),
                            ("dropped", "只在站内"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="发送",
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=60, verbose_name="原因")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="发送次数")),
                ("channel", models.CharField(blank=True, default="", max_length=10, verbose_name="通道")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="发送时间")),
                ("read_at", models.DateTimeField(null=True, verbose_name="看过")),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.person",
                    ),
                ),
            ],
            options={
                "db_table": "message",
                "indexes": [
                    models.Index(fields=["person", "-id"], name="message_person"),
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["-urgent", "next_at"], name="message_waiting"
                    ),
                    models.Index(fields=["path", "made_at"], name="message_path"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "kind", "about", "turn"), name="message_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="message_sent_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                ("kind", models.CharField(max_length=40, verbose_name="类别")),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.person",
                    ),
                ),
            ],
            options={
                "db_table": "message_mute",
                "indexes": [
                    models.Index(fields=["person"], name="mute_person"),
                    models.Index(fields=["path"], name="mute_path"),
                ],
            },
        ),
    ]

    operations = [
        CreateTables(operations),
        PutUnderScope("message", person="person_id"),
        PutUnderScope("message_mute", person="person_id"),
        migrations.RunSQL(OWN, "DROP POLICY own_only ON message; DROP POLICY own_only ON message_mute;"),
    ]
