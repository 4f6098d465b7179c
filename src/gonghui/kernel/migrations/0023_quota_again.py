"""A kind that is given again only after months is kept apart by the door itself; a place handed on to somebody else."""

from django.db import migrations

from gonghui.kernel.scope import PutUnderScope

# The claim that keeps a person from an offer for a while: of the same kind, begun less than so many months ago.
AGAIN = """
CREATE OR REPLACE FUNCTION quota_again(p_person bigint, p_offer bigint, p_moment timestamptz) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT x.id
    FROM offer o JOIN offer_claim x ON x.person_id = p_person AND x.ended = 0 AND x.offer_id <> o.id
    JOIN offer f ON f.id = x.offer_id AND f.kind = o.kind JOIN offer_session s ON s.id = x.session_id
   WHERE o.id = p_offer AND o.again_after_months > 0 AND x.state <> 'no_show'
     AND coalesce(s.starts_at, x.made_at) > p_moment - make_interval(months => o.again_after_months)
   ORDER BY coalesce(s.starts_at, x.made_at) DESC LIMIT 1
$$;
-- Two offers of such a kind must not serve one person at the same moment: whoever asks holds the kind until COMMIT.
CREATE OR REPLACE FUNCTION quota_hold_kind(p_kind text) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, public AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('quotas.kind.' || p_kind, 0))
$$;
"""

CLAIM = """
-- The one door through which places are taken. A batch of people asks one counter, in the order of their arrival.
-- OFFSET 0 keeps the look-up of each person one look into the index: pulled up as an anti-join it reads the whole offer.
-- Two statements on purpose: the lock first, then everything that reads, so that what is read is newer than the lock.
-- Offers of a kind that is given again only after months meet at one more lock, always taken after the counter's.
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
         o.closes_at, o.limit_id, o.kind, o.again_after_months AS again, l.per, l.most, s.state AS session_state
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
    IF c.again > 0 THEN
      PERFORM quota_hold_kind(c.kind);
    END IF;
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
           AND (c.again = 0 OR quota_again(a.person, c.offer_id, moment) IS NULL)
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
           AND (c.again = 0 OR quota_again(a.person, c.offer_id, moment) IS NULL)
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
              WHEN c.again > 0 AND quota_again(a.person, c.offer_id, moment) IS NOT NULL THEN 'again'
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

# The holder of a claim lets somebody else have the place. The counter is locked once, as in quota_claim; what it counts
# stays as it is. Whoever comes second, a second receiver or the holder who gives the place back, finds the claim ended.
HAND_ON = """
CREATE OR REPLACE FUNCTION quota_hand_on(p_handover bigint, p_receiver bigint, p_moment timestamptz)
RETURNS TABLE (outcome text, claim_id bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
DECLARE
  h record;
  c record;
  r record;
  k integer;
  new_claim bigint;
BEGIN
  PERFORM 1 FROM offer_counter WHERE id = (SELECT x.counter_id FROM offer_handover t JOIN offer_claim x ON x.id = t.claim_id
                                            WHERE t.id = p_handover) FOR UPDATE;
  SELECT t.state, t.claim_id, t.receiver_id, t.new_claim_id INTO h FROM offer_handover t WHERE t.id = p_handover FOR UPDATE;
  SELECT x.id, x.path, x.offer_id, x.session_id, x.counter_id, x.person_id, x.state, x.used, x.limit_id, o.kind,
         o.state AS offer_state, o.transferable, o.cancel_until_hours, o.again_after_months, l.per, l.most, s.starts_at,
         s.state AS session_state
    INTO c
    FROM offer_claim x JOIN offer o ON o.id = x.offer_id JOIN offer_session s ON s.id = x.session_id
    LEFT JOIN offer_limit l ON l.id = o.limit_id
   WHERE x.id = h.claim_id;
  SELECT p.id, p.path, CASE WHEN c.per = 'household' AND m.household_id IS NOT NULL THEN -m.household_id ELSE p.id END AS holder
    INTO r FROM person p LEFT JOIN household_member m ON m.person_id = p.id
   WHERE p.id = p_receiver AND p.merged_into_id IS NULL;
  IF c.id IS NULL OR r.id IS NULL OR h.receiver_id IS DISTINCT FROM p_receiver THEN
    RETURN QUERY SELECT 'nobody', NULL::bigint; RETURN;
  ELSIF h.state = 'accepted' THEN
    RETURN QUERY SELECT 'accepted', h.new_claim_id; RETURN;
  ELSIF h.state <> 'asked' OR c.state <> 'held' OR c.used > 0 THEN
    RETURN QUERY SELECT 'gone', NULL::bigint; RETURN;
  ELSIF NOT c.transferable OR c.offer_state NOT IN ('published', 'allocated') OR c.session_state <> 'planned' THEN
    RETURN QUERY SELECT 'forbidden', NULL::bigint; RETURN;
  ELSIF c.starts_at IS NOT NULL AND p_moment > c.starts_at - make_interval(hours => c.cancel_until_hours) THEN
    RETURN QUERY SELECT 'late', NULL::bigint; RETURN;
  ELSIF EXISTS (SELECT 1 FROM offer_claim x WHERE x.person_id = r.id AND x.offer_id = c.offer_id AND x.ended = 0) THEN
    RETURN QUERY SELECT 'yours', NULL::bigint; RETURN;
  END IF;
  IF c.again_after_months > 0 THEN
    PERFORM quota_hold_kind(c.kind);
    IF quota_again(r.id, c.offer_id, p_moment) IS NOT NULL THEN
      RETURN QUERY SELECT 'again', NULL::bigint; RETURN;
    END IF;
  END IF;
  BEGIN  -- what collides below takes the end of the old claim back with it
    UPDATE offer_claim SET state = 'cancelled', ended = id, ended_at = p_moment, ended_why = '转给他人' WHERE id = c.id;
    IF c.limit_id IS NOT NULL THEN
      SELECT min(n) INTO k FROM generate_series(1, c.most) AS n WHERE NOT EXISTS (
        SELECT 1 FROM offer_claim x WHERE x.limit_id = c.limit_id AND x.holder = r.holder AND x.slot = n AND x.ended = 0);
      IF k IS NULL THEN
        RAISE unique_violation;
      END IF;
    END IF;
    INSERT INTO offer_claim (path, offer_id, session_id, counter_id, person_id, member_path, state, source, key, limit_id,
                             holder, slot, ended, ended_why, used, made_at)
    VALUES (c.path, c.offer_id, c.session_id, c.counter_id, r.id, r.path, 'held', 'handover', gen_random_uuid(), c.limit_id,
            CASE WHEN c.limit_id IS NULL THEN NULL ELSE r.holder END, k, 0, '', 0, p_moment)
    RETURNING id INTO new_claim;
  EXCEPTION WHEN unique_violation THEN
    RETURN QUERY SELECT 'limit', NULL::bigint; RETURN;
  END;
  UPDATE offer_handover SET state = 'accepted', answered_at = p_moment, new_claim_id = new_claim WHERE id = p_handover;
  UPDATE offer_handover SET state = 'over', answered_at = p_moment WHERE claim_id = c.id AND state = 'asked';
  RETURN QUERY SELECT 'granted', new_claim;
END $$;
"""

GRANTS = """
REVOKE ALL ON FUNCTION quota_again(bigint, bigint, timestamptz), quota_hold_kind(text),
  quota_hand_on(bigint, bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quota_again(bigint, bigint, timestamptz), quota_hold_kind(text),
  quota_hand_on(bigint, bigint, timestamptz) TO gonghui_app;
"""

# Both sides read it; who the receiver is stands behind a number that no page of the giver shows.
RECEIVER = """
CREATE POLICY receiver_read ON offer_handover FOR SELECT
  USING (receiver_id = nullif(current_setting('gonghui.person', true), '')::bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0022_handover")]

    operations = [
        PutUnderScope("offer_handover", person="giver_id"),
        migrations.RunSQL(RECEIVER + AGAIN + CLAIM + HAND_ON + GRANTS, migrations.RunSQL.noop),
    ]
