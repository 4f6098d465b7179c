"""Drafts of procedures are read in their own range; what is published is read by everybody."""

from django.db import migrations

READ = """
DROP POLICY scope_read ON procedure;
CREATE POLICY scope_read ON procedure FOR SELECT USING (state <> 'draft' OR (
  path >= current_setting('gonghui.lo', true) AND path < current_setting('gonghui.hi', true)));
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0016_assigned_steps")]

    operations = [migrations.RunSQL(READ, migrations.RunSQL.noop)]
