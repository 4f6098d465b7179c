"""Lists of steps and clocks at the size of a city: whether an application is seen is asked for rows beyond the range alone.

Policies that allow are tried in no order that one may rely on. Written as two of them, "in the range" and "with its
application" made the database read all applications for every inbox; as a CASE the second is asked only where the
first says no. Open scoring steps get an index, so that invited reviewers find theirs.
"""

from django.db import migrations, models

from gonghui.kernel.scope import RANGE

LISTED = ("application_step", "application_clock")
WITH = "EXISTS (SELECT 1 FROM application a WHERE a.id = application_id)"


def policies(condition: str) -> str:
    return "".join(
        f"DROP POLICY with_application ON {table};\n"
        f"CREATE POLICY with_application ON {table} FOR SELECT USING ({condition});\n"
        for table in LISTED
    )


class Migration(migrations.Migration):
    dependencies = [("kernel", "0014_tally_class")]

    operations = [
        migrations.RunSQL(policies(f"CASE WHEN {RANGE} THEN false ELSE {WITH} END"), policies(WITH)),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(fields=["id"], name="step_scoring", condition=models.Q(kind="score", state="open")),
        ),
    ]
