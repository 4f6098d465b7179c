"""A member may have several sessions of one offer (gym, canteen, counselling, shifts), so many at most."""

from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("gonghui.kernel.migrations.0032_claim_in_batches").CLAIM
HOLDERS_BEFORE = import_module("gonghui.kernel.migrations.0019_quota_claim").HOLDERS

CLAIM = """
-- The one door through which places are taken. A batch of people asks one counter, in the order of their arrival.
-- OFFSET 0 keeps the look-up of each person one look into the index; + 0 keeps it from the index of offers, which the
-- planner takes for as good while it knows nothing of the table: each claim would read all claims before it.
-- Two statements on purpose: the lock first, then everything that reads, so that what is read is newer than the lock.
-- Offers of a kind that is given again only after months meet at one more lock, always taken after the counter's.
-- A slot of a limit and a turn of an offer with several sessions are the lowest free ones: two who ask for one person
-- at once take the same, and the key lets one of them in; the other looks again.
-- A session whose last lesson is over gives no place.
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
         o.closes_at, o.limit_id, o.kind, o.again_after_months AS again, o.each, l.per, l.most, s.state AS session_state,
         coalesce(s.ends_at, s.starts_at) + (s.lessons - 1) * interval '7 days' AS over_at
    INTO c
    FROM offer_counter k JOIN offer o ON o.id = k.offer_id JOIN offer_session s ON s.id = k.session_id
    LEFT JOIN offer_limit l ON l.id = o.limit_id
   WHERE k.id = p_counter;
  moment := clock_timestamp();
  IF c.offer_id IS NULL OR c.state <> 'published' OR c.allocation <> 'first_come' OR c.session_state <> 'planned'
     OR moment >= c.closes_at OR moment > c.over_at THEN
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
    IF c.limit_id IS NULL AND c.each = 1 THEN
      WITH asked AS (
        SELECT DISTINCT ON (a.person) a.person, a.key, a.place
          FROM unnest(p_persons, p_keys) WITH ORDINALITY AS a (person, key, place) ORDER BY a.person, a.place
      ), served AS (
        SELECT a.person, a.key, p.path
          FROM asked a JOIN person p ON p.id = a.person AND p.merged_into_id IS NULL
         WHERE NOT EXISTS (SELECT 1 FROM offer_claim x WHERE x.offer_id + 0 = c.offer_id AND x.person_id = a.person
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
                                 WHEN c.limit_id IS NOT NULL THEN a.person END AS holder
          FROM asked a JOIN person p ON p.id = a.person AND p.merged_into_id IS NULL
          LEFT JOIN household_member h ON h.person_id = a.person
         WHERE NOT EXISTS (SELECT 1 FROM offer_claim x WHERE x.offer_id + 0 = c.offer_id AND x.person_id = a.person
                              AND (x.ended = 0 OR x.key = a.key) AND (c.each = 1 OR x.session_id = c.session_id) OFFSET 0)
           AND (c.again = 0 OR quota_again(a.person, c.offer_id, moment) IS NULL)
      ), slotted AS (
        SELECT k.*,
               CASE WHEN c.limit_id IS NOT NULL THEN (
                 SELECT min(n) FROM generate_series(1, c.most) AS n WHERE NOT EXISTS (
                   SELECT 1 FROM offer_claim x WHERE x.limit_id = c.limit_id AND x.holder = k.holder
                      AND x.slot = n AND x.ended = 0)) END AS slot,
               CASE WHEN c.each > 1 THEN (
                 SELECT min(n) FROM generate_series(1, c.each) AS n WHERE NOT EXISTS (
                   SELECT 1 FROM offer_claim x WHERE x.person_id = k.person AND x.offer_id + 0 = c.offer_id
                      AND x.turn = n AND x.ended = 0)) ELSE 0 END AS turn
          FROM known k
      ), served AS (
        SELECT * FROM slotted
         WHERE (c.limit_id IS NULL OR slot IS NOT NULL) AND turn IS NOT NULL ORDER BY place LIMIT room
      ), made AS (
      INSERT INTO offer_claim (path, offer_id, session_id, counter_id, person_id, member_path, state, source, key,
                               limit_id, holder, slot, turn, ended, ended_why, used, made_at)
      SELECT c.path, c.offer_id, c.session_id, p_counter, person, path, 'held', p_source, key,
             c.limit_id, holder, slot, turn, 0, '', 0, moment
        FROM served ORDER BY holder, person
      ON CONFLICT DO NOTHING RETURNING person_id, id, key
      )
      SELECT (SELECT count(*) FROM served), array_agg(person_id), array_agg(id), array_agg(key)
        INTO asked, new_persons, new_claims, new_keys FROM made;
    END IF;
    given := coalesce(cardinality(new_persons), 0);
    IF given > 0 THEN
      persons := persons || new_persons;
      claims := claims || new_claims;
      keys := keys || new_keys;
      room := room - given;
      UPDATE offer_counter SET taken = taken + given WHERE id = p_counter;
    END IF;
    -- Else somebody collided with another counter or household. What they collided with is committed by now, or of this
    -- batch, so looking again sees it: they have it, or the next slot or turn is theirs.
    EXIT WHEN given = asked;
  END LOOP;

  -- A full join is done by hash or merge, never person by person; nobody was served who did not ask.
  RETURN QUERY
  SELECT a.place::integer,
         CASE WHEN coalesce(g.key, x.key) = a.key AND coalesce(x.ended, 0) = 0 THEN 'granted'
              WHEN g.claim IS NOT NULL OR x.ended = 0 THEN 'yours'
              WHEN x.ended > 0 THEN 'withdrawn'
              WHEN wrong <> '' THEN wrong
              WHEN c.again > 0 AND quota_again(a.person, c.offer_id, moment) IS NOT NULL THEN 'again'
              WHEN c.each > 1 AND (SELECT count(*) FROM offer_claim z WHERE z.person_id = a.person
                                      AND z.offer_id + 0 = c.offer_id AND z.ended = 0) >= c.each THEN 'enough'
              WHEN room <= 0 THEN 'sold_out'
              WHEN c.limit_id IS NOT NULL THEN 'limit'
              ELSE 'barred' END,
         coalesce(g.claim, x.id), CASE WHEN g.claim IS NULL THEN x.made_at ELSE moment END
    FROM unnest(p_persons, p_keys) WITH ORDINALITY AS a (person, key, place)
    FULL JOIN unnest(persons, claims, keys) AS g (person, claim, key) ON g.person = a.person
    LEFT JOIN LATERAL (
      SELECT y.id, y.key, y.ended, y.made_at FROM offer_claim y
       WHERE g.claim IS NULL AND y.offer_id + 0 = c.offer_id AND y.person_id = a.person AND (y.ended = 0 OR y.key = a.key)
         AND (c.each = 1 OR y.session_id = c.session_id)
       ORDER BY y.ended LIMIT 1
    ) x ON true
   ORDER BY a.place;
END $$;
"""

# Who holds a place: of the offer, or where there may be several of the session. What the gate keeps of a full counter.
HOLDERS = HOLDERS_BEFORE.replace(
    "JOIN offer_counter k ON k.offer_id = x.offer_id",
    "JOIN offer_counter k ON k.offer_id = x.offer_id JOIN offer o ON o.id = k.offer_id",
).replace("AND x.ended = 0", "AND x.ended = 0 AND (o.each = 1 OR x.session_id = k.session_id)")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0037_messages")]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="each",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="每人最多约几场"),
        ),
        migrations.AddField(
            model_name="claim",
            name="turn",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.RemoveConstraint(model_name="claim", name="claim_once"),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(fields=("person", "offer", "ended", "turn"), name="claim_once"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                condition=models.Q(("turn__gt", 0)), fields=("person", "session", "ended"), name="claim_session_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("each", 1),
                    models.Q(
                        ("allocation", "first_come"),
                        ("each__gte", 2),
                        ("each__lte", 60),
                        ("transferable", False),
                        ("waits", 0),
                    ),
                    _connector="OR",
                ),
                name="offer_several_first_come",
            ),
        ),
        migrations.RunSQL(CLAIM, BEFORE),
        migrations.RunSQL(HOLDERS, HOLDERS_BEFORE),
    ]
