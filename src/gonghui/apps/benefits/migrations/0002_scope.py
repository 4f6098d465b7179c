"""Pages are seen with their offers; a provider's clerk sees the provider, and members see their own words."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

WITH_OFFER = """
CREATE POLICY with_offer ON benefit_page FOR SELECT USING (EXISTS (SELECT 1 FROM offer o WHERE o.id = offer_id));
CREATE POLICY shown_read ON benefit_photo FOR SELECT
  USING (state = 'shown' AND EXISTS (SELECT 1 FROM offer o WHERE o.id = offer_id));
"""
CLERKS = """
CREATE POLICY own_line ON benefit_clerk FOR SELECT
  USING (account_id = nullif(current_setting('gonghui.account', true), '')::bigint);
CREATE POLICY by_clerk ON benefit_provider FOR SELECT
  USING (EXISTS (SELECT 1 FROM benefit_clerk k WHERE k.provider_id = benefit_provider.id
                    AND k.account_id = nullif(current_setting('gonghui.account', true), '')::bigint));
"""


class Migration(migrations.Migration):
    dependencies = [("benefits", "0001_tables")]

    operations = [
        PutUnderScope("benefit_page"),
        PutUnderScope("benefit_provider"),
        PutUnderScope("benefit_clerk"),
        *(PutUnderScope(f"benefit_{table}", person="person_id") for table in ("reminder", "rating", "photo")),
        migrations.RunSQL(WITH_OFFER + CLERKS, migrations.RunSQL.noop),
    ]
