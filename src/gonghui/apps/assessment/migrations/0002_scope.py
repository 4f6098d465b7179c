"""Sheets and grades are seen where the union stands; standards are read by everybody, written where they hold."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

STANDARD = """
ALTER TABLE assessment_standard ENABLE ROW LEVEL SECURITY;
ALTER TABLE assessment_standard FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON assessment_standard TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY scope_read ON assessment_standard FOR SELECT USING (true);
CREATE POLICY scope_insert ON assessment_standard FOR INSERT WITH CHECK (path <> '' AND
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true));
CREATE POLICY scope_update ON assessment_standard FOR UPDATE USING (path <> '' AND
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true));
CREATE POLICY scope_delete ON assessment_standard FOR DELETE USING (path <> '' AND state = 'draft' AND
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true));
"""


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_tables")]

    operations = [
        PutUnderScope("assessment_sheet"),
        PutUnderScope("assessment_evidence"),
        PutUnderScope("assessment_grade"),
        migrations.RunSQL(STANDARD, migrations.RunSQL.noop),
    ]
