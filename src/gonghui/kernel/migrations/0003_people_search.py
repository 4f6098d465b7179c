"""Finding people by card number and phone tail; which side asked for a transfer."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0002_scope"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="phone_tail",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Right("phone_mask", 4),
                output_field=models.CharField(db_collation="C", max_length=4),
            ),
        ),
        migrations.AddField(
            model_name="transferrequest",
            name="side",
            field=models.CharField(
                choices=[("sender", "转出工会"), ("member", "会员本人"), ("receiver", "接收工会")],
                default="sender",
                max_length=8,
                verbose_name="发起方",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("card_no", ""), _negated=True), fields=["card_no"], name="membership_card"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["phone_tail", "path"], name="person_phone_tail"),
        ),
    ]
