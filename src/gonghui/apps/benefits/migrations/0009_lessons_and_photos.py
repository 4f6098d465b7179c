"""Courses of menus that opened before sessions knew of their lessons; who came although marked absent has used it."""

from django.db import migrations

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

    operations = [migrations.RunSQL(LESSONS, migrations.RunSQL.noop)]
