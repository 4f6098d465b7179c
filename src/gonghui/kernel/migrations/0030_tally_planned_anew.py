"""Counting memberships is planned for the rows at hand, not for those of the session's first act."""

from django.db import migrations

# PL/pgSQL keeps a statement's plan for the session. Made while few persons stood in the table, it reads the table for
# every changed row: ending 8,000 memberships took half a minute in a session that had begun with a handful. Dynamic
# statements are planned each time (about a millisecond), with the true number of rows in the transition tables.
COLUMNS = "organisation_id, status, worker_kind, person_id"
SIGNED = {
    "insert": f"SELECT 1 AS sign, {COLUMNS} FROM added",
    "delete": f"SELECT -1 AS sign, {COLUMNS} FROM removed",
    "update": f"""SELECT 1 AS sign, {COLUMNS} FROM (SELECT {COLUMNS} FROM added EXCEPT ALL SELECT {COLUMNS} FROM removed) gained
    UNION ALL
    SELECT -1, {COLUMNS} FROM (SELECT {COLUMNS} FROM removed EXCEPT ALL SELECT {COLUMNS} FROM added) lost""",
}
COUNT = """WITH signed AS ({signed}), delta AS (
    SELECT s.organisation_id, sum(sign * (s.status = 'active')::int) AS active,
      sum(sign * (s.status = 'retained')::int) AS retained, sum(sign * (s.status = 'ended')::int) AS ended,
      sum(sign * (s.status = 'active' AND p.sex = '2')::int) AS women,
      sum(sign * (s.status = 'active' AND s.worker_kind = 'new_form')::int) AS new_form,
      sum(sign * (s.status = 'active' AND s.worker_kind = 'migrant')::int) AS migrant
    FROM signed s JOIN person p ON p.id = s.person_id GROUP BY 1
  ), held AS (
    SELECT t.organisation_id FROM organisation_tally t
    WHERE t.organisation_id IN (SELECT organisation_id FROM delta) ORDER BY t.organisation_id FOR UPDATE
  )
  UPDATE organisation_tally t SET active = t.active + d.active, retained = t.retained + d.retained,
    ended = t.ended + d.ended, women = t.women + d.women, new_form = t.new_form + d.new_form,
    migrant = t.migrant + d.migrant
  FROM delta d JOIN held USING (organisation_id) WHERE t.organisation_id = d.organisation_id
    AND (d.active, d.retained, d.ended, d.women, d.new_form, d.migrant) IS DISTINCT FROM (0, 0, 0, 0, 0, 0)"""
FUNCTION = """
CREATE OR REPLACE FUNCTION membership_tally_{act}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
  EXECUTE $count${count}$count$;
  RETURN NULL;
END $$;
"""


def function(act: str) -> str:
    return FUNCTION.format(act=act, count=COUNT.format(signed=SIGNED[act]))


class Migration(migrations.Migration):
    dependencies = [("kernel", "0029_sealed_box")]

    operations = [migrations.RunSQL("".join(map(function, SIGNED)), migrations.RunSQL.noop)]
