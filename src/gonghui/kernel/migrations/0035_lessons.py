"""How many lessons a session has: nobody is absent before the last of them is over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0031_claim_by_person")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="lessons",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="上课次数"),
        ),
    ]
