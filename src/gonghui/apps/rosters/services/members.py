"""Members: what a block of the roster would do to the records, and doing it, in set-based SQL.

A block is compared with the records where it lies (persons are found across the whole tree by keyed hash, their
values only inside the actor's range). Rows that change nothing are counted and forgotten; the others are staged.
The commit reads staged rows only and is one transaction; `Drift` says that the records moved under it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import Viewer

from .blocks import by_index, fetch, run

PERSON = ("name", "sex", "birth", "ethnicity", "education", "politics", "skill_level")
MEMBERSHIP = (
    "joined_on", "worker_kind", "occupation", "new_form", "platforms", "employer_name", "department",
    "staff_no", "card_no",
)  # fmt: skip
CODES = ("sex", "ethnicity", "education", "politics", "skill_level", "worker_kind", "new_form")

BLOCK = (
    "row_no", "organisation_id", "record_id", "record_version", "name", "name_key", "id_kind", "id_hash", "id_mask",
    "phone_hash", "phone_mask", "sex", "birth", "ethnicity", "education", "politics", "skill_level", "status",
    "retention_reason", "card_no", "joined_on", "worker_kind", "occupation", "new_form", "platforms", "employer_name",
    "department", "staff_no",
)  # fmt: skip
STAGED = (
    *BLOCK, "action", "person_id", "membership_id", "person_version", "grams", "id_sealed", "phone_sealed",
)  # fmt: skip

_TYPES = {
    "row_no": "int", "organisation_id": "bigint", "record_id": "bigint", "record_version": "int", "id_hash": "bytea",
    "phone_hash": "bytea", "birth": "date", "joined_on": "date", "platforms": "text[]", "person_id": "bigint",
    "membership_id": "bigint", "person_version": "int", "grams": "text[]", "id_sealed": "bytea",
    "phone_sealed": "bytea",
}  # fmt: skip


class Drift(Exception):
    """The records changed between check and commit; the file has to be checked again."""


def prepare() -> None:
    """The temporary tables of one transaction."""
    block = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in BLOCK)
    staged = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in STAGED)
    run(f"CREATE TEMP TABLE IF NOT EXISTS roster_block ({block}) ON COMMIT DROP")
    known = "known_person bigint, known_membership bigint, known_organisation bigint"
    run(f"CREATE TEMP TABLE IF NOT EXISTS roster_known ({block}, {known}) ON COMMIT DROP")
    run(f"CREATE TEMP TABLE IF NOT EXISTS roster_staged ({staged}) ON COMMIT DROP")


def _record(field: str) -> str:
    if field == "platforms":
        return "m.platforms::text[]"
    return f"p.{field}" if field in PERSON else f"m.{field}"


def _differs(field: str) -> str:
    return f"(b.{field} IS NOT NULL AND b.{field} IS DISTINCT FROM {_record(field)})"


PERSON_DIFFERS = " OR ".join(
    [_differs(f) for f in PERSON] + ["(b.phone_hash IS NOT NULL AND b.phone_hash IS DISTINCT FROM p.phone_hash)"]
)
MEMBERSHIP_DIFFERS = " OR ".join(_differs(f) for f in MEMBERSHIP)

KNOW = f"""
INSERT INTO roster_known ({", ".join(BLOCK)}, known_person, known_membership, known_organisation)
SELECT {", ".join(f"b.{name}" for name in BLOCK)}, f.person_id, f.membership_id, f.organisation_id
FROM roster_block b
LEFT JOIN person_find((SELECT array_agg(id_hash) FROM roster_block)) f ON f.id_hash = b.id_hash
"""

VERDICTS = f"""
SELECT b.row_no, b.known_person, b.known_membership, p.version, m.version,
  b.known_organisation = b.organisation_id, o.name,
  p.id IS NOT NULL AND (p.died_on IS NOT NULL), p.merged_into_id IS NOT NULL,
  m.id IS NOT NULL AND ({PERSON_DIFFERS} OR {MEMBERSHIP_DIFFERS}),
  m.id IS NOT NULL AND b.name <> p.name,
  m.id IS NOT NULL AND b.status IS NOT NULL AND b.status <> m.status, m.status
FROM roster_known b
LEFT JOIN person p ON p.id = b.known_person
LEFT JOIN membership m ON m.id = b.known_membership
LEFT JOIN organisation o ON o.id = b.known_organisation
WHERE b.known_person IS NULL OR b.known_membership IS NULL OR m.id IS NULL OR b.known_organisation <> b.organisation_id
  OR {PERSON_DIFFERS} OR {MEMBERSHIP_DIFFERS}
  OR (b.status IS NOT NULL AND b.status <> m.status) OR p.died_on IS NOT NULL OR p.merged_into_id IS NOT NULL
"""

# The same for lists that were exported here: the row says which membership it is.
VERDICTS_RETURNED = f"""
SELECT b.row_no, p.id, m.id, p.version, m.version, m.organisation_id,
  m.id IS NOT NULL AND ({PERSON_DIFFERS} OR {MEMBERSHIP_DIFFERS}), b.record_version = p.version + m.version,
  b.status IS NOT NULL AND b.status <> m.status, m.status
FROM roster_block b
LEFT JOIN membership m ON m.id = b.record_id AND m.valid_to IS NULL
LEFT JOIN person p ON p.id = m.person_id
"""


def verdicts() -> list[tuple[Any, ...]]:
    """What the block in `roster_block` would do to the records; rows that would do nothing are left out."""
    run("TRUNCATE roster_known")
    run(KNOW)
    with by_index():
        return fetch(VERDICTS)


STAGE = f"""
INSERT INTO roster_row (roster_id, choice, {", ".join(STAGED)})
SELECT %(roster)s, '', {
    ", ".join(
        "coalesce(person_id, nextval(pg_get_serial_sequence('person', 'id')))"
        if name == "person_id"
        else "coalesce(membership_id, nextval(pg_get_serial_sequence('membership', 'id')))"
        if name == "membership_id"
        else name
        for name in STAGED
    )
}
FROM roster_staged ORDER BY row_no
"""

_CHUNK = "r.roster_id = %(roster)s AND r.row_no >= %(first)s AND r.row_no < %(last)s"

NEW_PERSONS = f"""
INSERT INTO person (id, path, name, name_key, id_kind, id_hash, id_sealed, id_mask, phone_sealed, phone_hash,
  phone_mask,
  sex, birth, ethnicity, education, politics, skill_level, version)
SELECT r.person_id, t.path, r.name, r.name_key, r.id_kind, r.id_hash, r.id_sealed, r.id_mask, r.phone_sealed,
  r.phone_hash,
  coalesce(r.phone_mask, ''), coalesce(r.sex, '0'), r.birth, coalesce(r.ethnicity, ''), coalesce(r.education, ''),
  coalesce(r.politics, ''), coalesce(r.skill_level, ''), 1
FROM roster_row r JOIN roster_target t USING (organisation_id) WHERE {_CHUNK} AND r.action = 'new'
ON CONFLICT (id_hash) DO NOTHING
"""

NEW_MEMBERSHIPS = f"""
INSERT INTO membership (id, path, person_id, organisation_id, status, joined_on, valid_from, start_reason, end_reason,
  retention_reason, person_name, card_no, worker_kind, occupation, new_form, platforms, employer_name,
    department, staff_no, version)
SELECT r.membership_id, t.path, r.person_id, r.organisation_id, coalesce(r.status, 'active'),
  coalesce(r.joined_on, %(today)s),
  greatest(coalesce(r.joined_on, %(today)s), (SELECT max(e.valid_to) FROM membership e WHERE r.action = 'rejoin'
    AND e.person_id = r.person_id)),
  'import', '', CASE WHEN r.status = 'retained' THEN coalesce(r.retention_reason, '') ELSE '' END, '',
  coalesce(r.card_no, 'GH' || lpad(r.person_id::text, 10, '0')),
  coalesce(r.worker_kind, CASE WHEN coalesce(r.new_form, '') <> '' THEN 'new_form' ELSE 'regular' END),
  coalesce(r.occupation, ''), coalesce(r.new_form, ''), coalesce(r.platforms, '{{}}'), coalesce(r.employer_name, ''),
  coalesce(r.department, ''), coalesce(r.staff_no, ''), 1
FROM roster_row r JOIN roster_target t USING (organisation_id) WHERE {_CHUNK} AND r.action IN ('new', 'rejoin')
"""

NEW_GRAMS = f"""
INSERT INTO person_gram (gram, person_id)
SELECT g.gram, r.person_id FROM roster_row r, unnest(r.grams) AS g(gram) WHERE {_CHUNK} AND r.action = 'new'
ORDER BY g.gram COLLATE "C", r.person_id
"""

NEW_CHANGES = f"""
INSERT INTO roster_change (roster_id, row_no, action, organisation_id, person_id, record_id, person_version,
  record_version)
SELECT r.roster_id, r.row_no, r.action, r.organisation_id, r.person_id, r.membership_id, 1, 1
FROM roster_row r WHERE {_CHUNK} AND r.action = 'new'
"""

# Persons nobody holds now: their record may lie outside the range, where the last union was. Authorised by the
# staged row, which belongs to an organisation of the actor's own.
REJOIN_PERSONS = f"""
WITH was AS (
  SELECT p.id, p.path, p.version FROM person p JOIN roster_row r ON r.person_id = p.id
  WHERE {_CHUNK} AND r.action = 'rejoin' AND p.died_on IS NULL AND p.merged_into_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.valid_to IS NULL)
  FOR NO KEY UPDATE OF p
), changed AS (
  UPDATE person p SET path = t.path, version = p.version + 1, changed_at = now(),
    phone_sealed = coalesce(r.phone_sealed, p.phone_sealed), phone_hash = coalesce(r.phone_hash, p.phone_hash),
    phone_mask = coalesce(r.phone_mask, p.phone_mask)
  FROM was, roster_row r JOIN roster_target t USING (organisation_id)
  WHERE {_CHUNK} AND r.action = 'rejoin' AND r.person_id = was.id AND p.id = was.id
  RETURNING p.id, p.version, r.row_no, r.organisation_id, r.membership_id, r.phone_hash IS NOT NULL AS phone
)
INSERT INTO roster_change (roster_id, row_no, action, organisation_id, person_id, record_id, person_version,
  record_version, before)
SELECT %(roster)s, c.row_no, 'rejoin', c.organisation_id, c.id, c.membership_id, c.version, 1,
  jsonb_build_object('path', was.path)
  || CASE WHEN c.phone THEN jsonb_build_object('phone_mask', o.phone_mask, 'phone_hash', encode(o.phone_hash, 'hex'),
     'phone_sealed', encode(o.phone_sealed, 'hex')) ELSE '{{}}' END
FROM changed c JOIN was USING (id) JOIN person o ON o.id = c.id
"""

_BEFORE = ", ".join(f"('{field}', to_jsonb({_record(field)}), {_differs(field)})" for field in (*PERSON, *MEMBERSHIP))
_PHONE_DIFFERS = "b.phone_hash IS NOT NULL AND b.phone_hash IS DISTINCT FROM p.phone_hash"
BEFORE = f"""(SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM (VALUES {_BEFORE},
  ('phone_mask', to_jsonb(p.phone_mask), {_PHONE_DIFFERS}),
  ('phone_hash', to_jsonb(encode(p.phone_hash, 'hex')), {_PHONE_DIFFERS}),
  ('phone_sealed', to_jsonb(encode(p.phone_sealed, 'hex')), {_PHONE_DIFFERS})) AS f(key, value, differs)
    WHERE differs)"""
_APPLIED = "(b.action = 'changed' OR (b.action = 'conflict' AND b.choice = 'file'))"
_CHUNK_B = _CHUNK.replace("r.", "b.")

KEEP_BEFORE = f"""
INSERT INTO roster_change (roster_id, row_no, action, organisation_id, person_id, record_id, person_version,
  record_version, before)
SELECT b.roster_id, b.row_no, 'changed', m.organisation_id, p.id, m.id, p.version + ({PERSON_DIFFERS})::int,
  m.version + ({MEMBERSHIP_DIFFERS})::int, {BEFORE}
FROM roster_row b JOIN membership m ON m.id = b.membership_id AND m.version = b.record_version AND m.valid_to IS NULL
  JOIN person p ON p.id = b.person_id AND p.version = b.person_version
WHERE {_CHUNK_B} AND {_APPLIED}
"""

CHANGE_PERSONS = f"""
UPDATE person p SET {", ".join(f"{f} = coalesce(b.{f}, p.{f})" for f in PERSON)},
  name_key = CASE WHEN b.name IS NULL THEN p.name_key ELSE b.name_key END,
  phone_sealed = coalesce(b.phone_sealed, p.phone_sealed), phone_hash = coalesce(b.phone_hash, p.phone_hash),
  phone_mask = coalesce(b.phone_mask, p.phone_mask), version = p.version + 1, changed_at = now()
FROM roster_row b
WHERE {_CHUNK_B} AND {_APPLIED} AND p.id = b.person_id AND p.version = b.person_version AND ({PERSON_DIFFERS})
"""

CHANGE_MEMBERSHIPS = f"""
UPDATE membership m SET {", ".join(f"{f} = coalesce(b.{f}, m.{f})" for f in MEMBERSHIP)},
  version = m.version + 1, changed_at = now()
FROM roster_row b
WHERE {_CHUNK_B} AND {_APPLIED} AND m.id = b.membership_id AND m.version = b.record_version AND ({MEMBERSHIP_DIFFERS})
"""

RENAMED = f"SELECT b.person_id FROM roster_change b WHERE {_CHUNK_B} AND b.action = 'changed' AND b.before ? 'name'"

COUNT_VERSIONS = f"""
SELECT count(*) FILTER (WHERE p.version <> c.person_version OR m.version <> c.record_version)
FROM roster_change c JOIN person p ON p.id = c.person_id JOIN membership m ON m.id = c.record_id
WHERE {_CHUNK.replace("r.", "c.")} AND c.action = 'changed'
"""


def hold_targets(roster_id: int) -> None:
    """Lock every organisation that gets rows and keep its fresh path for this transaction.

    :raises Drift: one of them was dissolved or left the actor's range since the check.
    """
    run("CREATE TEMP TABLE roster_target (organisation_id bigint PRIMARY KEY, path text) ON COMMIT DROP")
    held = run(
        "INSERT INTO roster_target SELECT o.id, o.path FROM organisation o WHERE o.id IN (SELECT DISTINCT"
        " organisation_id"
        " FROM roster_row WHERE roster_id = %s AND organisation_id IS NOT NULL) AND o.ended_on IS NULL ORDER BY"
        " o.id FOR KEY SHARE",
        [roster_id],
    )
    wanted = fetch("SELECT count(DISTINCT organisation_id) FROM roster_row WHERE roster_id = %s", [roster_id])[0][0]
    if held != wanted:
        raise Drift


def merge(
    actor: Viewer, roster_id: int, today: date, advance: Callable[[int], None], *, step: int = 20_000
) -> dict[str, int]:
    """Put the staged rows into the records, in the running transaction.

    :raises Drift: a person or membership was made, changed or ended since the check.
    """
    hold_targets(roster_id)
    # Checked statement by statement, so that the commit itself is short and the queue of pending checks stays small.
    run("SET CONSTRAINTS ALL IMMEDIATE")
    bounds = fetch(
        "SELECT coalesce(min(row_no), 0), coalesce(max(row_no), -1) FROM roster_row WHERE roster_id = %s", [roster_id]
    )
    low, high = bounds[0]
    totals = {"new": 0, "rejoin": 0, "changed": 0}
    for first in range(low, high + 1, step):
        chunk: dict[str, object] = {"roster": roster_id, "first": first, "last": first + step, "today": today}
        counts = dict(
            fetch(
                "SELECT CASE WHEN action = 'conflict' THEN CASE choice WHEN 'file' THEN 'changed' ELSE 'kept'"
                " END ELSE action END, count(*)"
                " FROM roster_row r WHERE " + _CHUNK + " GROUP BY 1",
                chunk,
            )
        )
        _merge_new(chunk, counts.get("new", 0), counts.get("rejoin", 0))
        if counts.get("changed"):
            _merge_changed(chunk, counts["changed"])
        for name in totals:
            totals[name] += counts.get(name, 0)
        advance(sum(counts.values()))
    return totals


def _merge_new(chunk: dict[str, object], new: int, rejoin: int) -> None:
    if not new and not rejoin:
        return
    if new:
        if run(NEW_PERSONS, chunk) != new:
            raise Drift
        run(NEW_GRAMS, chunk)
        run(NEW_CHANGES, chunk)
    if rejoin:
        with widened(), by_index():
            if run(REJOIN_PERSONS, chunk) != rejoin:
                raise Drift
            inserted = run(NEW_MEMBERSHIPS, chunk)
    else:
        inserted = run(NEW_MEMBERSHIPS, chunk)
    if inserted != new + rejoin:
        raise Drift


def _merge_changed(chunk: dict[str, object], expected: int) -> None:
    with by_index():
        if run(KEEP_BEFORE, chunk) != expected:
            raise Drift
        run(CHANGE_PERSONS, chunk)
        run(CHANGE_MEMBERSHIPS, chunk)
        if fetch(COUNT_VERSIONS, chunk)[0][0]:
            raise Drift
    run(f"DELETE FROM person_gram WHERE person_id IN ({RENAMED})", chunk)
    run(
        "INSERT INTO person_gram (gram, person_id) SELECT DISTINCT g.gram, b.person_id FROM roster_row b,"
        " unnest(b.grams) AS g(gram)"
        f" WHERE {_CHUNK_B} AND b.person_id IN ({RENAMED})",
        chunk,
    )
