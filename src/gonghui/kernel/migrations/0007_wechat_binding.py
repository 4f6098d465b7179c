"""Who a member is at the union's public account, so that log-in codes can be sent there."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0006_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="WechatBinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone_hash", models.BinaryField(db_index=True)),
                ("openid_sealed", models.BinaryField()),
                ("bound_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wechat", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "wechat_binding",
            },
        ),
    ]
