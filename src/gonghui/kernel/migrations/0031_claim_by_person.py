"""Whether somebody has a place already is looked up by person, also on the first day of an installation."""

from importlib import import_module

from django.db import migrations

# Before the table was ever analysed, the planner took (offer, id) for as good as (person, offer, ended): each claim of
# the first rush read all claims before it, a thousand claims a second instead of twenty thousand. An expression keeps
# it off the index of offers; a person has few claims.
BEFORE = import_module("gonghui.kernel.migrations.0023_quota_again").CLAIM
CLAIM = BEFORE.replace(
    "x.offer_id = c.offer_id AND x.person_id", "x.offer_id + 0 = c.offer_id AND x.person_id"
).replace("y.offer_id = c.offer_id AND y.person_id", "y.offer_id + 0 = c.offer_id AND y.person_id")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0030_tally_planned_anew")]

    operations = [migrations.RunSQL(CLAIM, BEFORE)]
