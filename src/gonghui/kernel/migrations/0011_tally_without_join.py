"""Counting an update must not depend on how many rows the first update of the session had."""

from django.db import migrations

# PL/pgSQL keeps the plan of the first call. A join of the two transition tables planned for one row is a nested loop,
# and quadratic when the next statement of the session ends twenty thousand memberships. A set difference is hashed or
# sorted however many rows were expected; rows whose counted columns did not change drop out of it as before.
COLUMNS = "organisation_id, status, worker_kind, person_id"
UPDATE = f"""
CREATE OR REPLACE FUNCTION membership_tally_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
  WITH signed AS (
    SELECT 1 AS sign, {COLUMNS} FROM (SELECT {COLUMNS} FROM added EXCEPT ALL SELECT {COLUMNS} FROM removed) gained
    UNION ALL
    SELECT -1, {COLUMNS} FROM (SELECT {COLUMNS} FROM removed EXCEPT ALL SELECT {COLUMNS} FROM added) lost
  ), delta AS (
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
    AND (d.active, d.retained, d.ended, d.women, d.new_form, d.migrant) IS DISTINCT FROM (0, 0, 0, 0, 0, 0);
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0010_fewer_indexes")]

    operations = [migrations.RunSQL(UPDATE, migrations.RunSQL.noop)]
