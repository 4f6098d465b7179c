"""Paused steps count among those that are assigned: the inbox asks whether somebody has any beside their post."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0015_procedure_indexes"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="step",
            name="step_assignee",
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "paused"])), fields=["assignee_id"], name="step_assignee"
            ),
        ),
    ]
