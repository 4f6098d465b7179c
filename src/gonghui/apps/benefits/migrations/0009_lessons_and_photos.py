"""Courses that opened before sessions knew of their lessons; who came although marked absent has used it. Photos taken down."""

from django.db import migrations, models

LESSONS = """
UPDATE offer_session s SET lessons = d.lessons FROM benefit_dish d WHERE d.offer_id = s.offer_id AND d.lessons > 1;
UPDATE offer_session s SET settled_at = NULL
  FROM benefit_dish d WHERE d.offer_id = s.offer_id AND d.lessons > 1
   AND s.ends_at + (d.lessons - 1) * interval '7 days' > now();
UPDATE offer_claim c SET state = 'held' FROM offer_session s
 WHERE s.id = c.session_id AND s.lessons > 1 AND s.settled_at IS NULL AND c.state = 'no_show';
UPDATE offer_claim c SET state = 'used' FROM offer_session s
 WHERE s.id = c.session_id AND s.settled_at IS NOT NULL AND c.used > 0 AND c.state IN ('held', 'no_show');
"""


class Migration(migrations.Migration):
    dependencies = [("benefits", "0008_base_figures"), ("kernel", "0035_lessons_and_disputes")]

    operations = [
        migrations.RunSQL(LESSONS, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="photo",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="撤下的原因"),
        ),
        migrations.AlterField(
            model_name="photo",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "待审核"),
                    ("shown", "已展示"),
                    ("refused", "未采用"),
                    ("gone", "本人撤下"),
                    ("down", "工作人员撤下"),
                ],
                default="asked",
                max_length=8,
                verbose_name="状态",
            ),
        ),
    ]
