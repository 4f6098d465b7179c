"""Who sees offers and claims, and the one door through which places are taken."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

CLAIM = """
-- The one door through which places are taken. A batch of people asks one counter, in the order of their arrival.
-- OFFSET 0 keeps the look-up of each person one look into the index: pulled up as an anti-join it reads the whole offer.
-- Two statements on purpose: the lock first, then everything that reads, so that what is read is newer than the lock.
CREATE OR REPLACE FUNCTION quota_claim(p_counter bigint, p_persons bigint[], p_keys uuid[], p_source text)
RETURNS TABLE (place integer, outcome text, claim_id bigint, made_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
DECLARE
  c record;
  room integer := 0;
  given integer;
  asked integer;
  persons bigint[] := '{}';
  claims bigint[] := '{}';
  keys uuid[] := '{}';
  new_persons bigint[];
  new_claims bigint[];
  new_keys uuid[];
  moment timestamptz;
  wrong text := '';
BEGIN
  PERFORM 1 FROM offer_counter WHERE id = p_counter FOR UPDATE;
  SELECT k.capacity - k.taken AS room, k.path, k.session_id, k.offer_id, o.state, o.allocation, o.opens_at,
         o.closes_at, o.limit_id, l.per, l.most, s.state AS session_state
    INTO c
    FROM offer_counter k JOIN offer o ON o.id = k.offer_id JOIN offer_session s ON s.id = k.session_id
    LEFT JOIN offer_limit l ON l.id = o.limit_id
   WHERE k.id = p_counter;
  moment := clock_timestamp();
  IF c.offer_id IS NULL OR c.state <> 'published' OR c.allocation <> 'first_come' OR c.session_state <> 'planned'
     OR moment >= c.closes_at THEN
    wrong := 'closed';
  ELSIF moment < c.opens_at THEN
    wrong := 'early';
  ELSE
    room := c.room;
  END IF;

  WHILE room > 0 LOOP
    IF c.limit_id IS NULL THEN
      WITH asked AS (
        SELECT DISTINCT ON (a.person) a.person, a.key, a.place
          FROM unnest(p_persons, p_keys) WITH ORDINALITY AS a (person, key, place) ORDER BY a.person, a.place
      ), served AS (
        SELECT a.person, a.key, p.path
          FROM asked a JOIN person p ON p.id = a.person AND p.merged_into_id IS NULL
         WHERE NOT EXISTS (SELECT 1 FROM offer_claim x WHERE x.offer_id = c.offer_id AND x.person_id = a.person
                              AND (x.ended = 0 OR x.key = a.key) OFFSET 0)
         ORDER BY a.place LIMIT room
      ), made AS (
      INSERT INTO offer_claim (path, offer_id, session_id, counter_id, person_id, member_path, state, source, key,
                               ended, ended_why, used, made_at)
      SELECT c.path, c.offer_id, c.session_id, p_counter, person, path, 'held', p_source, key, 0, '', 0, moment
        FROM served ORDER BY person
      ON CONFLICT DO NOTHING RETURNING person_id, id, key
      )
      SELECT (SELECT count(*) FROM served), array_agg(person_id), array_agg(id), array_agg(key)
        INTO asked, new_persons, new_claims, new_keys FROM made;
    ELSE
      WITH asked AS (
        SELECT DISTINCT ON (a.person) a.person, a.key, a.place
          FROM unnest(p_persons, p_keys) WITH ORDINALITY AS a (person, key, place) ORDER BY a.person, a.place
      ), known AS (
        SELECT a.*, p.path, CASE WHEN c.per = 'household' AND h.household_id IS NOT NULL THEN -h.household_id
                                 ELSE a.person END AS holder
          FROM asked a JOIN person p ON p.id = a.person AND p.merged_into_id IS NULL
          LEFT JOIN household_member h ON h.person_id = a.person
         WHERE NOT EXISTS (SELECT 1 FROM offer_claim x WHERE x.offer_id = c.offer_id AND x.person_id = a.person
                              AND (x.ended = 0 OR x.key = a.key) OFFSET 0)
      ), slotted AS (
        SELECT k.*, (SELECT min(n) FROM generate_series(1, c.most) AS n WHERE NOT EXISTS (
                       SELECT 1 FROM offer_claim x WHERE x.limit_id = c.limit_id AND x.holder = k.holder
                          AND x.slot = n AND x.ended = 0)) AS slot
          FROM known k
      ), served AS (
        SELECT * FROM slotted WHERE slot IS NOT NULL ORDER BY place LIMIT room
      ), made AS (
      INSERT INTO offer_claim (path, offer_id, session_id, counter_id, person_id, member_path, state, source, key,
                               limit_id, holder, slot, ended, ended_why, used, made_at)
      SELECT c.path, c.offer_id, c.session_id, p_counter, person, path, 'held', p_source, key,
             c.limit_id, holder, slot, 0, '', 0, moment
        FROM served ORDER BY holder, person
      ON CONFLICT DO NOTHING RETURNING person_id, id, key
      )
      SELECT (SELECT count(*) FROM served), array_agg(person_id), array_agg(id), array_agg(key)
        INTO asked, new_persons, new_claims, new_keys FROM made;
    END IF;
    given := coalesce(cardinality(new_persons), 0);
    EXIT WHEN given = 0;
    persons := persons || new_persons;
    claims := claims || new_claims;
    keys := keys || new_keys;
    room := room - given;
    UPDATE offer_counter SET taken = taken + given WHERE id = p_counter;
    EXIT WHEN given = asked;  -- else somebody collided with another counter or household: look again
  END LOOP;

  RETURN QUERY
  SELECT a.place::integer,
         CASE WHEN coalesce(g.key, x.key) = a.key AND coalesce(x.ended, 0) = 0 THEN 'granted'
              WHEN g.claim IS NOT NULL OR x.ended = 0 THEN 'yours'
              WHEN x.ended > 0 THEN 'withdrawn'
              WHEN wrong <> '' THEN wrong
              WHEN room <= 0 THEN 'sold_out'
              WHEN c.limit_id IS NOT NULL THEN 'limit'
              ELSE 'barred' END,
         coalesce(g.claim, x.id), CASE WHEN g.claim IS NULL THEN x.made_at ELSE moment END
    FROM unnest(p_persons, p_keys) WITH ORDINALITY AS a (person, key, place)
    LEFT JOIN unnest(persons, claims, keys) AS g (person, claim, key) ON g.person = a.person
    LEFT JOIN LATERAL (
      SELECT y.id, y.key, y.ended, y.made_at FROM offer_claim y
       WHERE g.claim IS NULL AND y.offer_id = c.offer_id AND y.person_id = a.person AND (y.ended = 0 OR y.key = a.key)
       ORDER BY (y.ended = 0) DESC LIMIT 1
    ) x ON true
   ORDER BY a.place;
END $$;
"""

COUNTERS = """
-- What the gate answers from memory, `free` is a hint; quota_claim decides.
CREATE OR REPLACE FUNCTION quota_counters()
RETURNS TABLE (counter bigint, offer bigint, opens_at double precision, closes_at double precision, free integer,
               freed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT k.id, k.offer_id, extract(epoch FROM o.opens_at)::double precision,
         extract(epoch FROM o.closes_at)::double precision, (k.capacity - k.taken)::integer, k.freed
    FROM offer_counter k JOIN offer o ON o.id = k.offer_id JOIN offer_session s ON s.id = k.session_id
   WHERE o.state = 'published' AND o.allocation = 'first_come' AND s.state = 'planned'
     AND o.closes_at > now() - interval '1 hour'
$$;
"""

# Who holds the places of a full counter's offer: what the gate keeps while it refuses the others from memory.
HOLDERS = """
CREATE OR REPLACE FUNCTION quota_holders(p_counter bigint)
RETURNS TABLE (person bigint, key uuid, claim bigint, made_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT x.person_id, x.key, x.id, x.made_at
    FROM offer_claim x JOIN offer_counter k ON k.offer_id = x.offer_id
   WHERE k.id = p_counter AND x.ended = 0
$$;
"""

GRANTS = """
REVOKE ALL ON FUNCTION quota_claim(bigint, bigint[], uuid[], text), quota_counters(), quota_holders(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quota_claim(bigint, bigint[], uuid[], text), quota_counters(), quota_holders(bigint) TO gonghui_app;
"""

# What is published is read by everybody; a draft by who may reach it. What belongs to an offer is seen with it.
OPEN = """
CREATE POLICY published_read ON offer FOR SELECT USING (state <> 'draft');
""" + "".join(
    f"CREATE POLICY with_offer ON {table} FOR SELECT USING (EXISTS (SELECT 1 FROM offer o WHERE o.id = offer_id));\n"
    for table in ("offer_session", "offer_counter", "offer_draw")
)  # fmt: skip
PARTY = """
CREATE POLICY with_draw ON offer_draw_party FOR SELECT USING (EXISTS (SELECT 1 FROM offer_draw d WHERE d.id = draw_id));
"""

# The union of a member sees what its members got, wherever it was given.
MEMBERS = "".join(
    f"CREATE POLICY members_read ON {table} FOR SELECT USING (member_path >= current_setting('gonghui.lo', true)"
    f" AND member_path < current_setting('gonghui.hi', true));\n"
    for table in ("offer_claim", "offer_entry")
)  # fmt: skip

# A counter is rewritten by every batch: room on its page keeps the new row beside the old one.
ROOM = "ALTER TABLE offer_counter SET (fillfactor = 50);"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0018_quotas")]

    operations = [
        *(
            PutUnderScope(table)
            for table in ("offer", "offer_session", "offer_counter", "offer_draw", "offer_draw_party")
        ),
        PutUnderScope("offer_limit", read_all=True),
        PutUnderScope("household_member", person="person_id"),
        *(PutUnderScope(table, person="person_id") for table in ("offer_claim", "offer_entry", "offer_check_in")),
        migrations.RunSQL(OPEN + PARTY + MEMBERS + ROOM + CLAIM + COUNTERS + HOLDERS + GRANTS, migrations.RunSQL.noop),
    ]
