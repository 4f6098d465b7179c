"""Campaigns are open to read; honours are seen where the unit stands, by the person, and by anybody on the wall."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope


class Migration(migrations.Migration):
    dependencies = [("honours", "0001_tables")]

    operations = [
        PutUnderScope("honour_campaign", read_all=True),
        PutUnderScope("honour_conferral", person="person_id"),
        migrations.RunSQL(
            "CREATE POLICY on_the_wall ON honour_conferral FOR SELECT USING (on_wall AND revoked_on IS NULL)",
            "DROP POLICY IF EXISTS on_the_wall ON honour_conferral",
        ),
    ]
