"""Candidates for a typed name, before the scope is asked: a bounded number of ids and nothing else."""

from django.db import migrations

# The policy of person_gram asks the person's row for every piece. For a surname that a tenth of the province bears
# this would look at a hundred thousand rows to show twenty; here at most `most` are looked at, and the caller joins
# them with person, whose policy decides. Dynamic SQL, so that the planner knows how common each piece is.
PIECES = """
CREATE FUNCTION person_pieces(exact text[], prefixes text[], most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public ROWS 500 AS $$
DECLARE
  tables text := 'person_gram g1';
  conditions text := 'true';
  branches text := '';
  i integer;
BEGIN
  FOR i IN 1 .. coalesce(cardinality(exact), 0) LOOP
    IF i > 1 THEN
      tables := tables || format(' JOIN person_gram g%s ON g%s.person_id = g1.person_id', i, i);
    END IF;
    conditions := conditions || format(' AND g%s.gram = %L', i, exact[i]);
  END LOOP;
  IF coalesce(cardinality(prefixes), 0) = 0 THEN
    RETURN QUERY EXECUTE format('SELECT g1.person_id FROM %s WHERE %s LIMIT %s', tables, conditions, most);
    RETURN;
  END IF;
  IF coalesce(cardinality(exact), 0) > 0 THEN
    tables := tables || ' JOIN person_gram t ON t.person_id = g1.person_id';
  ELSE
    tables := 'person_gram t';
  END IF;
  FOR i IN 1 .. cardinality(prefixes) LOOP
    branches := branches || CASE WHEN i > 1 THEN ' UNION ' ELSE '' END || format(
      '(SELECT t.person_id FROM %s WHERE %s AND t.gram >= %L AND t.gram < %L LIMIT %s)',
      tables, conditions, prefixes[i], prefixes[i] || '~', most);
  END LOOP;
  RETURN QUERY EXECUTE branches || format(' LIMIT %s', most);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0007_wechat_binding")]

    operations = [migrations.RunSQL(PIECES, "DROP FUNCTION person_pieces(text[], text[], integer)")]
