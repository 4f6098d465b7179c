"""Templates in use are read by everybody; reports and what belongs to them within their range.

That a report was issued is public to whoever holds its token (`queries.by_token`).
"""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

TEMPLATES = "CREATE POLICY in_use ON report_template FOR SELECT USING (state = 'published')"


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_tables")]

    operations = [
        PutUnderScope("report_template"),
        migrations.RunSQL(TEMPLATES, "DROP POLICY IF EXISTS in_use ON report_template"),
        PutUnderScope("report"),
        PutUnderScope("report_draft"),
        PutUnderScope("report_comment"),
        PutUnderScope("report_act"),
        PutUnderScope("report_quoted"),
        PutUnderScope("report_correction"),
    ]
