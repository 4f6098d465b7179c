"""Venues of sessions, why an offer was called off; an hour of counselling is no business of the member's union."""

from django.db import migrations, models

# The union of a member sees what its members got, wherever it was given, but for counselling: that was promised to stay
# between the member and who gives it. The index holds those few offers alone, so that the question costs next to nothing.
MEMBERS = "member_path >= current_setting('gonghui.lo', true) AND member_path < current_setting('gonghui.hi', true)"
OPEN_MATTERS = f"""{MEMBERS}
  AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.id = offer_id AND o.kind = 'counselling')"""
PRIVATE = "CREATE INDEX offer_private ON offer (id) WHERE kind = 'counselling';" + "".join(
    f"ALTER POLICY members_read ON {table} USING ({OPEN_MATTERS});" for table in ("offer_claim", "offer_entry")
)
FORMER = "DROP INDEX offer_private;" + "".join(
    f"ALTER POLICY members_read ON {table} USING ({MEMBERS});" for table in ("offer_claim", "offer_entry")
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0039_several_sessions")]

    operations = [
        migrations.AddField("session", "about", models.CharField("说明", max_length=300, db_default="", blank=True)),
        migrations.AddField("session", "venue", models.BigIntegerField("登记的场所", null=True)),
        migrations.AddField(
            "offer", "called_off_why", models.CharField("取消原因", max_length=200, db_default="", blank=True)
        ),
        migrations.AlterField(
            "entry",
            "state",
            models.CharField(
                "状态",
                max_length=10,
                choices=[
                    ("entered", "已报名"),
                    ("withdrawn", "已撤回"),
                    ("won", "已分到"),
                    ("waiting", "候补中"),
                    ("lost", "未分到"),
                    ("called_off", "项目取消"),
                ],
                default="entered",
            ),
        ),
        migrations.RunSQL(PRIVATE, FORMER),
    ]
