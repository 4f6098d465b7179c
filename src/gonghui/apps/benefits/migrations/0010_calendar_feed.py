"""A member's calendar that a phone subscribes to, seen by the member alone."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import gonghui.kernel.scope
from gonghui.kernel.scope import PutUnderScope


class Migration(migrations.Migration):
    dependencies = [("benefits", "0009_lessons_and_photos"), ("kernel", "0036_hand_on_unused")]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", gonghui.kernel.scope.PathField()),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="kernel.person"
                    ),
                ),
            ],
            options={
                "db_table": "benefit_calendar_feed",
                "indexes": [models.Index(fields=["path"], name="calendar_feed_path")],
            },
        ),
        PutUnderScope("benefit_calendar_feed", person="person_id"),
    ]
