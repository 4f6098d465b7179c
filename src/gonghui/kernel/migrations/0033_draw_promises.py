"""A witness's own link, a public value that two persons read, and why somebody was passed over in a draw."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0032_claim_in_batches")]

    operations = [
        migrations.AddField("draw", "outside_by", models.BigIntegerField(null=True, verbose_name="登记人")),
        migrations.AddField(
            "draw", "outside_checked_at", models.DateTimeField(null=True, verbose_name="另一人核对时间")
        ),
        migrations.AddField(
            "drawparty", "by_link", models.BooleanField(db_default=False, verbose_name="本人用见证链接提交")
        ),
        migrations.AddField(
            "drawparty",
            "token_digest",
            models.CharField(blank=True, db_default="", max_length=64, verbose_name="见证链接的摘要"),
        ),
        migrations.AddField(
            "entry",
            "passed_why",
            models.CharField(blank=True, db_default="", max_length=300, verbose_name="轮到时没有给名额的原因"),
        ),
        migrations.AddConstraint(
            "drawparty",
            models.UniqueConstraint(
                condition=models.Q(("token_digest", ""), _negated=True), fields=("token_digest",), name="party_link"
            ),
        ),
    ]
