"""Row-level security, maintained counts, the append-only trail and the few reads that cross the scope."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

# Statement-level triggers: one pass over the changed rows, whether one or a million. Rows whose counted columns
# did not change (a county that moves) are left out before anything is joined. Counters are locked in key order,
# so that two transactions touching the same organisations cannot deadlock.
SIGNED = {
    "insert": "SELECT 1 AS sign, organisation_id, status, worker_kind, person_id FROM added",
    "delete": "SELECT -1 AS sign, organisation_id, status, worker_kind, person_id FROM removed",
    "update": """SELECT sign, organisation_id, status, worker_kind, person_id FROM (
        SELECT n.id FROM added n JOIN removed o USING (id)
        WHERE (n.organisation_id, n.status, n.worker_kind, n.person_id)
          IS DISTINCT FROM (o.organisation_id, o.status, o.worker_kind, o.person_id)
      ) changed JOIN (
        SELECT 1 AS sign, id, organisation_id, status, worker_kind, person_id FROM added
        UNION ALL SELECT -1, id, organisation_id, status, worker_kind, person_id FROM removed
      ) both_sides USING (id)""",
}
TABLES = {
    "insert": "NEW TABLE AS added",
    "delete": "OLD TABLE AS removed",
    "update": "OLD TABLE AS removed NEW TABLE AS added",
}
TALLY = "".join(
    f"""
CREATE FUNCTION membership_tally_{act}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  WITH signed AS ({SIGNED[act]}), delta AS (
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
CREATE TRIGGER membership_tally_{act} AFTER {act.upper()} ON membership REFERENCING {TABLES[act]}
  FOR EACH STATEMENT EXECUTE FUNCTION membership_tally_{act}();
"""
    for act in SIGNED
)
TALLY += """
CREATE FUNCTION person_sex_tally() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  UPDATE organisation_tally t SET women = t.women + (NEW.sex = '2')::int - (OLD.sex = '2')::int
  FROM membership m WHERE m.person_id = NEW.id AND m.status = 'active' AND t.organisation_id = m.organisation_id;
  RETURN NULL;
END $$;
CREATE TRIGGER person_sex_tally AFTER UPDATE OF sex ON person FOR EACH ROW
  WHEN (OLD.sex IS DISTINCT FROM NEW.sex) EXECUTE FUNCTION person_sex_tally();

CREATE FUNCTION organisation_tally_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO organisation_tally (organisation_id, path, kind, level, state, active, retained, ended, women, new_form, migrant)
    VALUES (NEW.id, NEW.path, NEW.kind, NEW.level, NEW.state, 0, 0, 0, 0, 0, 0);
  ELSE
    UPDATE organisation_tally SET path = NEW.path, kind = NEW.kind, level = NEW.level, state = NEW.state
    WHERE organisation_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER organisation_tally_insert AFTER INSERT ON organisation FOR EACH ROW
  EXECUTE FUNCTION organisation_tally_row();
CREATE TRIGGER organisation_tally_update AFTER UPDATE OF path, kind, level, state ON organisation FOR EACH ROW
  WHEN ((OLD.path, OLD.kind, OLD.level, OLD.state) IS DISTINCT FROM (NEW.path, NEW.kind, NEW.level, NEW.state))
  EXECUTE FUNCTION organisation_tally_row();
"""

TRAIL = """
ALTER TABLE trail_record ADD COLUMN xid bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX trail_record_xid ON trail_record (xid, id);
CREATE FUNCTION trail_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER trail_record_append_only BEFORE UPDATE OR DELETE ON trail_record
  FOR EACH ROW EXECUTE FUNCTION trail_refuse_change();
CREATE TRIGGER trail_record_no_truncate BEFORE TRUNCATE ON trail_record
  FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse_change();
CREATE TRIGGER trail_seal_append_only BEFORE DELETE ON trail_seal
  FOR EACH ROW EXECUTE FUNCTION trail_refuse_change();
CREATE TRIGGER trail_seal_no_truncate BEFORE TRUNCATE ON trail_seal
  FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse_change();
"""

# The reads that must look beyond a scope. Each gives the least that its purpose needs.
ACROSS = """
CREATE FUNCTION person_find(hashes bytea[]) RETURNS TABLE (
  id_hash bytea, person_id bigint, person_path text, membership_id bigint, organisation_id bigint, status text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT p.id_hash, p.id, p.path, m.id, m.organisation_id, m.status
  FROM person p LEFT JOIN membership m ON m.person_id = p.id AND m.valid_to IS NULL
  WHERE p.id_hash = ANY (hashes)
$$;
CREATE FUNCTION person_by_phone(hash bytea) RETURNS TABLE (person_id bigint, account_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT p.id, a.id FROM person p LEFT JOIN account a ON a.person_id = p.id
  WHERE p.phone_hash = hash AND p.merged_into_id IS NULL AND p.died_on IS NULL ORDER BY p.id
$$;
CREATE FUNCTION membership_card(wanted bigint) RETURNS TABLE (
  membership_id bigint, status text, name text, organisation_id bigint, organisation_name text, joined_on date
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT m.id, m.status, p.name, o.id, o.name, m.joined_on
  FROM membership m JOIN person p ON p.id = m.person_id JOIN organisation o ON o.id = m.organisation_id
  WHERE m.id = wanted
$$;
CREATE VIEW organisation_public AS
  SELECT o.id, o.parent_id, o.path, o.name, o.short_name, o.kind, o.level, o.state, o.region_code, o.address,
    o.office_phone, o.founded_on, o.intro, o.listed, t.active
  FROM organisation o JOIN organisation_tally t ON t.organisation_id = o.id
  WHERE o.kind <> 'party_body';
"""

GRAMS = """
ALTER TABLE person_gram ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_gram FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON person_gram TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY with_person ON person_gram FOR SELECT USING (EXISTS (SELECT 1 FROM person p WHERE p.id = person_id));
CREATE POLICY gram_insert ON person_gram FOR INSERT WITH CHECK (true);
CREATE POLICY gram_delete ON person_gram FOR DELETE USING (EXISTS (SELECT 1 FROM person p WHERE p.id = person_id));
ALTER TABLE organisation_gram ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation_gram FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON organisation_gram TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY with_organisation ON organisation_gram FOR SELECT
  USING (EXISTS (SELECT 1 FROM organisation o WHERE o.id = organisation_id));
CREATE POLICY gram_insert ON organisation_gram FOR INSERT WITH CHECK (true);
CREATE POLICY gram_delete ON organisation_gram FOR DELETE
  USING (EXISTS (SELECT 1 FROM organisation o WHERE o.id = organisation_id));
"""

# Both unions of a transfer see it; an account sees its own posts before it has a scope.
EXTRA = """
CREATE POLICY sender_read ON transfer_request FOR SELECT USING (
  from_path >= current_setting('gonghui.lo', true) AND from_path < current_setting('gonghui.hi', true));
CREATE POLICY sender_insert ON transfer_request FOR INSERT WITH CHECK (
  from_path >= current_setting('gonghui.lo', true) AND from_path < current_setting('gonghui.hi', true));
CREATE POLICY sender_update ON transfer_request FOR UPDATE USING (
  from_path >= current_setting('gonghui.lo', true) AND from_path < current_setting('gonghui.hi', true))
  WITH CHECK (true);
CREATE POLICY own_posts ON post FOR SELECT USING (
  account_id = nullif(current_setting('gonghui.account', true), '')::bigint);
"""

SCOPED = {
    "stored_file": {},
    "organisation": {},
    "organisation_change": {},
    "organisation_placement": {},
    "organisation_name": {},
    "employer": {},
    "organisation_group": {},
    "organisation_group_member": {},
    "organisation_twin": {},
    "organisation_tally": {"summed": True},
    "person": {"person": "id"},
    "membership": {"person": "person_id"},
    "appointment": {"person": "person_id"},
    "sign_of_life": {"person": "person_id"},
    "person_merge": {},
    "transfer_request": {"person": "person_id"},
    "post": {},
    "rule": {"read_all": True},
    "trail_record": {"person": "subject_id", "append_only": True},
}


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_tables")]

    operations = [
        *[PutUnderScope(table, **options) for table, options in SCOPED.items()],
        migrations.RunSQL(TALLY, migrations.RunSQL.noop),
        migrations.RunSQL(TRAIL, migrations.RunSQL.noop),
        migrations.RunSQL(ACROSS, migrations.RunSQL.noop),
        migrations.RunSQL(GRAMS, migrations.RunSQL.noop),
        migrations.RunSQL(EXTRA, migrations.RunSQL.noop),
    ]
