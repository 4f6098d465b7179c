"""Forms in use that those below file are read by everybody; filings, their cells and what is asked within the range."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

FORMS = "CREATE POLICY in_use ON filing_template FOR SELECT USING (state = 'published' AND fillers <> 'own')"


class Migration(migrations.Migration):
    dependencies = [("filings", "0001_tables")]

    operations = [
        PutUnderScope("filing_template"),
        migrations.RunSQL(FORMS, "DROP POLICY IF EXISTS in_use ON filing_template"),
        PutUnderScope("filing"),
        PutUnderScope("filing_question"),
        PutUnderScope("filing_cell"),
        PutUnderScope("filing_act"),
    ]
