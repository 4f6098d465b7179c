"""Taking a whole import back, in one transaction, while nothing later depends on it.

What it made goes, what it changed returns to the values kept before. A record that was touched since, or to which
something was added, keeps the whole import from being taken back; the rows are named.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone

from gonghui.kernel.people.rules import name_index
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import Kind, State
from ..models import ImportedChange, RosterImport
from .blocks import by_index, fetch, run
from .members import MEMBERSHIP, PERSON
from .organisation_rows import FACTS as ORGANISATION_FACTS
from .pulse import Pulse

_STEP = 20_000
_C = "c.roster_id = %(roster)s AND c.row_no >= %(first)s AND c.row_no < %(last)s"

_LATER_MEMBERS = """
SELECT c.row_no FROM roster_change c
LEFT JOIN membership m ON m.id = c.record_id AND m.version = c.record_version AND m.valid_to IS NULL
LEFT JOIN person p ON p.id = c.person_id AND p.version = c.person_version
WHERE c.roster_id = %(roster)s AND (m.id IS NULL OR p.id IS NULL OR (c.action <> 'changed' AND (
  EXISTS (SELECT 1 FROM transfer_request t WHERE t.membership_id = m.id)
  OR EXISTS (SELECT 1 FROM appointment a WHERE a.person_id = p.id)
  OR EXISTS (SELECT 1 FROM sign_of_life s WHERE s.person_id = p.id)
  OR EXISTS (SELECT 1 FROM account u WHERE u.person_id = p.id)
  OR EXISTS (SELECT 1 FROM person_merge g WHERE g.kept_id = p.id OR g.dropped_id = p.id)
  OR (c.action = 'new' AND EXISTS (SELECT 1 FROM membership o WHERE o.person_id = p.id AND o.id <> m.id)))))
ORDER BY c.row_no LIMIT 1000
"""
_LATER_OFFICERS = """
SELECT c.row_no FROM roster_change c LEFT JOIN appointment a ON a.id = c.record_id AND a.version = c.record_version
LEFT JOIN person p ON p.id = c.person_id
WHERE c.roster_id = %(roster)s AND (a.id IS NULL OR p.id IS NULL OR (c.person_version IS NOT NULL AND (
  p.version <> c.person_version OR EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id)
  OR EXISTS (SELECT 1 FROM account u WHERE u.person_id = p.id) OR EXISTS (SELECT 1 FROM appointment o
    WHERE o.person_id = p.id
    AND o.id NOT IN (SELECT record_id FROM roster_change WHERE roster_id = %(roster)s)))))
ORDER BY c.row_no LIMIT 1000
"""
_LATER_ORGANISATIONS = """
SELECT c.row_no FROM roster_change c LEFT JOIN organisation o ON o.id = c.record_id AND o.version = c.record_version
WHERE c.roster_id = %(roster)s AND (o.id IS NULL OR (c.action = 'new' AND (
  EXISTS (SELECT 1 FROM membership m WHERE m.organisation_id = o.id)
  OR EXISTS (SELECT 1 FROM appointment a WHERE a.organisation_id = o.id)
  OR EXISTS (SELECT 1 FROM post s WHERE s.organisation_id = o.id)
  OR EXISTS (SELECT 1 FROM sign_of_life s WHERE s.organisation_id = o.id)
  OR EXISTS (SELECT 1 FROM organisation_change h WHERE h.organisation_id = o.id AND h.kind <> 'founding')
  OR EXISTS (SELECT 1 FROM organisation k WHERE k.parent_id = o.id
    AND k.id NOT IN (SELECT record_id FROM roster_change WHERE roster_id = %(roster)s AND action = 'new')))))
ORDER BY c.row_no LIMIT 1000
"""
LATER = {Kind.MEMBERS: _LATER_MEMBERS, Kind.OFFICERS: _LATER_OFFICERS, Kind.ORGANISATIONS: _LATER_ORGANISATIONS}


def take_back(actor: Viewer, roster: RosterImport, pulse: Pulse) -> None:
    """Undo one import and set its state.

    :raises Refusal: GH-IMP-521 later records depend on it.
    """
    total = ImportedChange.objects.filter(roster=roster).count
    with acting(actor):
        held = RosterImport.objects.visible(actor).select_for_update(of=("self",)).get(pk=roster.pk)
        if held.step is not State.UNDOING:
            return
        pulse.phase("正在撤销", total())
        try:
            with by_index(), transaction.atomic():
                _refuse_later(held)
                if held.kind == Kind.MEMBERS:
                    run("SET CONSTRAINTS ALL IMMEDIATE")
                UNDO[Kind(held.kind)](held.pk, pulse.advance)
                run("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            raise Refusal(
                "GH-IMP-521", "导入的记录已被后来的业务用到，不能整份撤销", None, "在会员页或组织页逐条更正"
            ) from error
        held.state, held.undone_at = State.UNDONE, timezone.now()
        held.save(update_fields=["state", "undone_at"])
        record(
            actor, "roster.undone", path=held.path, object_type="roster_import", object_id=held.pk,
            object_name=f"{held.source_name}（{held.get_kind_display()}）", reason=held.undo_reason,
            detail={"new": held.new_rows, "changed": held.changed_rows},
        )  # fmt: skip


def _refuse_later(roster: RosterImport) -> None:
    later = [row for (row,) in fetch(LATER[Kind(roster.kind)], {"roster": roster.pk})]
    if later:
        rows = "、".join(str(row) for row in later[:5]) + ("等" if len(later) > 5 else "")
        raise Refusal(
            "GH-IMP-521",
            f"有{len(later)}行导入之后又有变动（第{rows}行），不能整份撤销",
            None,
            "先撤回这些后来的变动，或在会员页、组织页逐条更正",
        )


def _chunks(roster_id: int) -> list[dict[str, int]]:
    low, high = fetch(
        "SELECT coalesce(min(row_no), 0), coalesce(max(row_no), -1) FROM roster_change WHERE roster_id = %s",
        [roster_id],
    )[0]
    return [{"roster": roster_id, "first": first, "last": first + _STEP} for first in range(low, high + 1, _STEP)]


def _restored(table: str, fields: tuple[str, ...]) -> str:
    """Columns set back to what was kept; a field that was not kept stays."""
    parts = []
    for field in fields:
        value = f"c.before->>'{field}'"
        if field in ("birth", "joined_on", "founded_on", "term_from", "term_to", "valid_from", "valid_to"):
            value = f"({value})::date"
        elif field in ("headcount", "committee_size"):
            value = f"({value})::int"
        elif field == "full_time":
            value = f"({value})::boolean"
        elif field == "platforms":
            value = "ARRAY(SELECT jsonb_array_elements_text(c.before->'platforms'))"
        parts.append(f"{field} = CASE WHEN c.before ? '{field}' THEN {value} ELSE {table}.{field} END")
    return ", ".join(parts)


_PHONE_BACK = """
phone_mask = CASE WHEN c.before ? 'phone_mask' THEN c.before->>'phone_mask' ELSE p.phone_mask END,
phone_hash = CASE WHEN c.before ? 'phone_hash' THEN decode(c.before->>'phone_hash', 'hex') ELSE p.phone_hash END,
phone_sealed = CASE WHEN c.before ? 'phone_sealed' THEN decode(c.before->>'phone_sealed', 'hex') ELSE p.phone_sealed END
"""
_OF_PERSON = "(c.before ?| ARRAY['" + "', '".join((*PERSON, "phone_mask")) + "'])"
_OF_MEMBERSHIP = "(c.before ?| ARRAY['" + "', '".join(MEMBERSHIP) + "'])"


def _members(roster_id: int, advance: Callable[[int], None]) -> None:
    done = 0
    for chunk in _chunks(roster_id):
        run(
            f"DELETE FROM membership m USING roster_change c WHERE {_C} AND c.action IN ('new', 'rejoin') AND"
            f" m.id = c.record_id",
            chunk,
        )
        run(
            f"DELETE FROM person_gram g USING roster_change c WHERE {_C} AND c.action = 'new' AND g.person_id ="
            f" c.person_id",
            chunk,
        )
        run(f"DELETE FROM person p USING roster_change c WHERE {_C} AND c.action = 'new' AND p.id = c.person_id", chunk)
        with widened():  # a person goes back to where the last union was, which may lie outside the range
            run(
                f"UPDATE person p SET path = c.before->>'path', version = p.version + 1, changed_at = now(),"
                f" {_PHONE_BACK}"
                f" FROM roster_change c WHERE {_C} AND c.action = 'rejoin' AND p.id = c.person_id",
                chunk,
            )
        run(
            f"UPDATE person p SET {_restored('p', PERSON)}, {_PHONE_BACK}, version = p.version + 1, changed_at = now()"
            f" FROM roster_change c WHERE {_C} AND c.action = 'changed' AND {_OF_PERSON} AND p.id = c.person_id",
            chunk,
        )
        run(
            f"UPDATE membership m SET {_restored('m', MEMBERSHIP)}, version = m.version + 1, changed_at = now()"
            f" FROM roster_change c WHERE {_C} AND c.action = 'changed' AND {_OF_MEMBERSHIP} AND m.id = c.record_id",
            chunk,
        )
        _names_back(chunk)
        done += fetch(f"SELECT count(*) FROM roster_change c WHERE {_C}", chunk)[0][0]
        advance(done)


def _names_back(chunk: dict[str, int]) -> None:
    renamed = fetch(
        f"SELECT p.id, p.name FROM roster_change c JOIN person p ON p.id = c.person_id WHERE {_C} AND c.action ="
        f" 'changed'"
        " AND c.before ? 'name'",
        chunk,
    )
    if not renamed:
        return
    people, keys, owners, grams = [], [], [], []
    for pk, name in renamed:
        sort, pieces = name_index(name)
        people.append(pk)
        keys.append(sort)
        owners += [pk] * len(pieces)
        grams += pieces
    run("DELETE FROM person_gram WHERE person_id = ANY (%s)", [people])
    run(
        "INSERT INTO person_gram (gram, person_id) SELECT DISTINCT * FROM unnest(%s::text[], %s::bigint[])",
        [grams, owners],
    )
    run(
        "UPDATE person p SET name_key = n.key FROM unnest(%s::bigint[], %s::text[]) AS n(id, key) WHERE p.id = n.id",
        [people, keys],
    )


def _officers(roster_id: int, advance: Callable[[int], None]) -> None:
    every = {"roster": roster_id, "first": 0, "last": 2**31 - 1}
    fields = ("title", "full_time", "party_office", "valid_from", "valid_to", "start_reason", "end_reason")
    run(
        f"DELETE FROM appointment a USING roster_change c WHERE {_C} AND c.action = 'new' AND a.id = c.record_id", every
    )
    run(
        f"UPDATE appointment a SET {_restored('a', fields)}, version = a.version + 1 FROM roster_change c"
        f" WHERE {_C} AND c.action = 'changed' AND a.id = c.record_id",
        every,
    )
    mine = f"SELECT c.person_id FROM roster_change c WHERE {_C} AND c.person_version IS NOT NULL"
    run(f"DELETE FROM person_gram WHERE person_id IN ({mine})", every)
    run(f"DELETE FROM person WHERE id IN ({mine})", every)
    advance(fetch(f"SELECT count(*) FROM roster_change c WHERE {_C}", every)[0][0])


def _organisations(roster_id: int, advance: Callable[[int], None]) -> None:
    every = {"roster": roster_id, "first": 0, "last": 2**31 - 1}
    run(
        f"UPDATE organisation o SET {_restored('o', ORGANISATION_FACTS)}, version = o.version + 1, changed_at = now()"
        f" FROM roster_change c WHERE {_C} AND c.action = 'changed' AND o.id = c.record_id",
        every,
    )
    run(
        "UPDATE organisation_change h SET undone_at = now() FROM roster_change c"
        f" WHERE {_C} AND c.action = 'changed' AND h.organisation_id = c.record_id"
        " AND (h.effect->>'roster')::bigint = %(roster)s",
        every,
    )
    # A founding that was a mistake: the row stays for the record, on no day does it stand in the tree.
    mine = f"SELECT c.record_id FROM roster_change c WHERE {_C} AND c.action = 'new'"
    run(f"DELETE FROM organisation_gram WHERE organisation_id IN ({mine})", every)
    run(f"DELETE FROM employer WHERE organisation_id IN ({mine})", every)
    for table in ("organisation_placement", "organisation_name"):
        run(f"UPDATE {table} SET valid_to = valid_from WHERE organisation_id IN ({mine})", every)
    run(f"UPDATE organisation_change SET undone_at = now() WHERE organisation_id IN ({mine})", every)
    run(
        "UPDATE organisation o SET state = 'withdrawn', version = o.version + 1, changed_at = now(),"
        " ended_on = (SELECT min(p.valid_from) FROM organisation_placement p WHERE p.organisation_id = o.id)"
        f" WHERE o.id IN ({mine})",
        every,
    )
    advance(fetch(f"SELECT count(*) FROM roster_change c WHERE {_C}", every)[0][0])


UNDO = {Kind.MEMBERS: _members, Kind.OFFICERS: _officers, Kind.ORGANISATIONS: _organisations}
