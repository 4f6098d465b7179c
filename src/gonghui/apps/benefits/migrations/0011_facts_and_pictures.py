"""What a kind of offer has besides, and more pictures of it, both seen with the offer."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import gonghui.kernel.scope
from gonghui.kernel.scope import PutUnderScope

WITH_OFFER = """
CREATE POLICY with_offer ON benefit_picture FOR SELECT USING (EXISTS (SELECT 1 FROM offer o WHERE o.id = offer_id));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0010_calendar_feed"),
        ("kernel", "0040_venues_and_private_claims"),
    ]

    operations = [
        migrations.AddField(
            model_name="offerpage",
            name="facts",
            field=models.JSONField(db_default=[], default=list, verbose_name="更多说明"),
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                ("alt", models.CharField(max_length=120, verbose_name="图片说明")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.storedfile"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="kernel.offer",
                    ),
                ),
            ],
            options={
                "db_table": "benefit_picture",
                "indexes": [
                    models.Index(fields=["path"], name="picture_path"),
                    models.Index(fields=["offer", "id"], name="picture_offer"),
                ],
            },
        ),
        PutUnderScope("benefit_picture"),
        migrations.RunSQL(WITH_OFFER, migrations.RunSQL.noop),
    ]
