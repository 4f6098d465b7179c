"""A batch of a thousand claims costs each of them no more than a batch of a hundred; marks of figures are planned once."""

from importlib import import_module

from django.db import migrations

from gonghui.kernel.figures.triggers import FUNCTION

BEFORE = import_module("gonghui.kernel.migrations.0031_claim_by_person").CLAIM
# The claims just made are joined to those who asked by hash or merge, never person by person: a full join cannot be
# done otherwise, and nobody was served who did not ask.
CLAIM = BEFORE.replace("LEFT JOIN unnest(persons, claims, keys)", "FULL JOIN unnest(persons, claims, keys)")

# Most tables mark the paths of their rows: that statement is kept planned, instead of being written and parsed anew for
# each change (a millisecond of every statement that writes).
MARK = FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    "BEGIN\n",
    """BEGIN
  IF TG_ARGV[1] = 'SELECT path FROM changed' AND (TG_OP <> 'UPDATE' OR TG_ARGV[2] = '*') THEN
    IF TG_OP = 'INSERT' THEN
      INSERT INTO figure_mark (source, path) SELECT DISTINCT TG_ARGV[0], path FROM added;
    ELSIF TG_OP = 'DELETE' THEN
      INSERT INTO figure_mark (source, path) SELECT DISTINCT TG_ARGV[0], path FROM gone;
    ELSE
      INSERT INTO figure_mark (source, path) SELECT TG_ARGV[0], path FROM added UNION SELECT TG_ARGV[0], path FROM gone;
    END IF;
    RETURN NULL;
  END IF;
""",
    1,
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0031_claim_by_person")]

    operations = [
        migrations.RunSQL(CLAIM, BEFORE),
        migrations.RunSQL(MARK, FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
    ]
