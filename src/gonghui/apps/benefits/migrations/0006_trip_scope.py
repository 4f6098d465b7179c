"""The list of bases is read by everybody; a trip with its offer; a group's leader by who travels along; people by themselves."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

TRIPS = """
CREATE POLICY with_offer ON benefit_trip FOR SELECT USING (EXISTS (SELECT 1 FROM offer o WHERE o.id = offer_id));
CREATE POLICY travellers_read ON benefit_departure FOR SELECT
  USING (EXISTS (SELECT 1 FROM offer_claim x WHERE x.session_id = benefit_departure.session_id AND x.ended = 0
                    AND x.person_id = nullif(current_setting('gonghui.person', true), '')::bigint));
"""


class Migration(migrations.Migration):
    dependencies = [("benefits", "0005_trips")]

    operations = [
        PutUnderScope("benefit_base", read_all=True),
        PutUnderScope("benefit_trip"),
        PutUnderScope("benefit_departure"),
        PutUnderScope("benefit_traveller", person="person_id"),
        migrations.RunSQL(TRIPS, migrations.RunSQL.noop),
    ]
