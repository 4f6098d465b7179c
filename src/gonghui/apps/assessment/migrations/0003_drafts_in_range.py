"""Drafts of standards are read in their own range; what is published is read by everybody."""

from django.db import migrations

READ = """
DROP POLICY scope_read ON assessment_standard;
CREATE POLICY scope_read ON assessment_standard FOR SELECT USING (state <> 'draft' OR (
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true)));
"""


class Migration(migrations.Migration):
    dependencies = [("assessment", "0002_scope")]

    operations = [migrations.RunSQL(READ, migrations.RunSQL.noop)]
