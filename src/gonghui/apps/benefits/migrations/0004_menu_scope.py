"""An open menu is read by everybody with a log-in, with its dishes; a wish not yet looked at by who wished; a vote by
who gave it."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

OPEN = """
CREATE POLICY published_read ON benefit_menu FOR SELECT USING (state <> 'draft');
CREATE POLICY with_menu ON benefit_dish FOR SELECT
  USING (state <> 'proposed' AND EXISTS (SELECT 1 FROM benefit_menu m WHERE m.id = menu_id));
"""


class Migration(migrations.Migration):
    dependencies = [("benefits", "0003_menu")]

    operations = [
        PutUnderScope("benefit_menu"),
        PutUnderScope("benefit_dish", person="proposed_by_id"),
        PutUnderScope("benefit_vote", person="person_id"),
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
    ]
