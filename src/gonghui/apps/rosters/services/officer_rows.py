"""Offices of a roster: persons found by their paper (or registered), appointments opened, corrected or ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import IntegrityError

from gonghui.kernel.people.choices import Office, Tenure
from gonghui.kernel.people.models import Appointment, Person
from gonghui.kernel.people.rules import mask_id, mask_phone, name_index
from gonghui.kernel.sealing import lookup_hash, seal
from gonghui.kernel.trail.services import record_many
from gonghui.kernel.viewer import Viewer

from ..checking import Checked
from ..choices import Action
from ..models import RosterRow
from .blocks import fetch, run
from .findings import Findings
from .members import _CHUNK, Drift, hold_targets
from .placing import Miss, Place, Places
from .returned import Edited

FACTS = ("title", "full_time", "party_office", "valid_from", "valid_to", "start_reason")


class OfficerRows:
    """One import's rows on their way into staging."""

    kind = "officers"

    def __init__(self, roster_id: int, home: Place, places: Places, findings: Findings, today: date) -> None:
        self._roster_id = roster_id
        self._home, self._places, self._findings, self._today = home, places, findings, today
        self._fresh: dict[bytes, int] = {}
        self._chairs: dict[int, int] = {}
        self.counts = {"new": 0, "rejoin": 0, "changed": 0, "conflict": 0, "unchanged": 0}

    def block(self, rows: list[Checked]) -> None:
        """Find the persons of a block and their open offices, and stage what would change."""
        placed: list[tuple[Checked, Place, bytes]] = []
        for checked in rows:
            place = self._place(checked)
            if place is not None:
                paper = lookup_hash(f"id:{checked.values['id_kind']}", checked.values["id_number"])
                placed.append((checked, place, paper))
        if not placed:
            return
        found = {
            bytes(digest): int(pk)
            for digest, pk in fetch(
                "SELECT id_hash, person_id FROM person_find(%s::bytea[])", [[paper for _, _, paper in placed]]
            )
        }
        persons = Person.objects.in_bulk(list(found.values()))
        open_offices = {
            (a.person_id, a.organisation_id, a.office): a
            for a in Appointment.objects.filter(person_id__in=list(persons), valid_to__isnull=True)
        }
        chairs = dict(
            Appointment.objects.filter(
                organisation_id__in={place.pk for _, place, _ in placed}, office=Office.CHAIR, valid_to__isnull=True
            ).values_list("organisation_id", "person_id")
        )
        staged = [
            row
            for checked, place, paper in placed
            if (row := self._row(checked, place, paper, found.get(paper), persons, open_offices, chairs)) is not None
        ]
        RosterRow.objects.bulk_create(staged, batch_size=1000)

    def _place(self, checked: Checked) -> Place | None:
        name, code = checked.values.get("organisation") or "", checked.values.get("organisation_code") or ""
        found = self._places.find(name, code) if name or code else self._home
        if isinstance(found, Miss):
            self._findings.against(
                checked.row, "organisation" if name else "organisation_code", found.code, found.message, found.hint
            )
            return None
        return found

    def _row(
        self, checked: Checked, place: Place, paper: bytes, person_id: int | None, persons: dict[int, Person],
        open_offices: dict[tuple[int, int, str], Appointment], chairs: dict[int, int],
    ) -> RosterRow | None:  # fmt: skip
        values, row = checked.values, checked.row
        if person_id is not None and not self._may_hold(row, persons.get(person_id), values["name"]):
            return None
        facts = self._facts(values)
        office = Office(values["office"])
        known = open_offices.get((person_id, place.pk, office.value)) if person_id is not None else None
        if known is None:
            return self._new(row, place, paper, person_id, office, facts, values, chairs)
        differing = {
            name: value for name, value in facts.items() if value is not None and _plain(getattr(known, name)) != value
        }
        if not differing:
            self.counts["unchanged"] += 1
            return None
        self.counts["changed"] += 1
        return RosterRow(
            roster_id=self._roster_id, row_no=row, action=Action.CHANGED, organisation_id=place.pk, person_id=person_id,
            record_id=known.pk, record_version=known.version, name=values["name"], facts=differing,
        )  # fmt: skip

    def _may_hold(self, row: int, person: Person | None, name: str) -> bool:
        found = self._findings
        if person is None:
            found.against(row, "id_number", "GH-IMP-414", "此人登记在其他工会", "由所在工会办理任职，或先转会")
        elif person.merged_into_id is not None:
            found.against(
                row,
                "id_number",
                "GH-IMP-409",
                "这个证件号码登记有误，已并入另一个人的记录",
                "对照证件原件，填写正确的号码",
            )
        elif person.died_on is not None:
            found.against(
                row, "id_number", "GH-IMP-408", "这个证件号码的人已登记去世", "对照证件原件；登记有误的，先在会员页更正"
            )
        elif person.name != name:
            found.against(
                row,
                "name",
                "GH-IMP-415",
                "和这个证件号码已登记的姓名不同",
                "核对证件原件；改过名字的，先在会员页更正姓名",
            )
        else:
            return True
        return False

    def _facts(self, values: dict[str, Any]) -> dict[str, Any]:
        tenure = values.get("tenure")
        return {
            "title": values.get("title"),
            "full_time": None if tenure is None else tenure == Tenure.FULL_TIME,
            "party_office": values.get("party_office"),
            "valid_from": _plain(values.get("valid_from")),
            "valid_to": _plain(values.get("valid_to")),
            "start_reason": values.get("start_reason"),
        }

    def _new(
        self, row: int, place: Place, paper: bytes, person_id: int | None, office: Office, facts: dict[str, Any],
        values: dict[str, Any], chairs: dict[int, int],
    ) -> RosterRow | None:  # fmt: skip
        past = facts["valid_to"] is not None and facts["valid_to"] <= self._today.isoformat()
        if office is Office.CHAIR and not past:
            if place.pk in chairs:
                self._findings.against(
                    row,
                    "office",
                    "GH-IMP-416",
                    f"“{place.name}”已有在任主席",
                    "先登记原主席离任，或填写这一行的离任日期",
                )
                return None
            first = self._chairs.setdefault(place.pk, row)
            if first != row:
                self._findings.against(
                    row, "office", "GH-IMP-417", f"和第 {first} 行是同一工会的两个在任主席", "只留一位在任主席"
                )
                return None
        if past and person_id is not None:
            known = Appointment.objects.filter(
                person_id=person_id, organisation_id=place.pk, office=office, valid_from=values["valid_from"]
            )
            if known.exists():
                self.counts["unchanged"] += 1
                return None
        staged = RosterRow(
            roster_id=self._roster_id, row_no=row, action=Action.NEW, organisation_id=place.pk, name=values["name"],
            person_id=person_id, record_id=_next("appointment"), facts={**facts, "office": office.value},
        )  # fmt: skip
        if person_id is None:
            self._register(staged, paper, values)
        self.counts["new"] += 1
        return staged

    def _register(self, staged: RosterRow, paper: bytes, values: dict[str, Any]) -> None:
        """A person nobody knows yet is registered with the first of the offices; they need not be a member."""
        known = self._fresh.get(paper)
        if known is not None:
            staged.person_id = known
            return
        number, phone = values["id_number"], values.get("phone")
        staged.person_id = staged.membership_id = self._fresh[paper] = _next("person")
        staged.name_key, staged.grams = name_index(values["name"])
        staged.id_kind, staged.id_hash = values["id_kind"], paper
        staged.id_sealed, staged.id_mask = seal(number, "person.id_number"), mask_id(number)
        staged.sex, staged.birth = values.get("sex"), values.get("birth")
        if phone:
            staged.phone_hash, staged.phone_sealed = lookup_hash("phone", phone), seal(phone, "person.phone")
            staged.phone_mask = mask_phone(phone)

    def returned(self, rows: list[Edited]) -> None:
        """Edited rows of an exported list, by the appointment they came from."""
        records = Appointment.objects.in_bulk([edited.record for edited in rows])
        staged = []
        for edited in rows:
            record = records.get(edited.record)
            if record is None or record.valid_to is not None:
                self._findings.against(
                    edited.row, "name", "GH-IMP-413", "这项任职已离任，或不归当前岗位管理", "重新导出一份再改"
                )
                continue
            facts = {name: value for name, value in self._facts(edited.values).items() if value is not None}
            differing = {name: value for name, value in facts.items() if _plain(getattr(record, name)) != value}
            if not differing:
                self.counts["unchanged"] += 1
                continue
            action = Action.CHANGED if record.version == edited.version else Action.CONFLICT
            self.counts[action] += 1
            staged.append(
                RosterRow(
                    roster_id=self._roster_id,
                    row_no=edited.row,
                    action=action,
                    organisation_id=record.organisation_id,
                    person_id=record.person_id,
                    record_id=record.pk,
                    record_version=record.version,
                    facts=differing,
                )
            )
        RosterRow.objects.bulk_create(staged)

    def drop_repeated(self, rows: list[int]) -> None:
        """First ones of rows that stood there twice are taken out again."""
        gone = fetch(
            "DELETE FROM roster_row WHERE roster_id = %s AND row_no = ANY (%s) RETURNING action",
            [self._roster_id, rows],
        )
        for (action,) in gone:
            self.counts[action] -= 1
        self.counts["unchanged"] -= len(rows) - len(gone)

    def finish(self) -> None:
        """Nothing is left over: every block was staged at once."""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _next(table: str) -> int:
    return int(fetch("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])[0][0])


PERSONS = f"""
INSERT INTO person (id, path, name, name_key, id_kind, id_hash, id_sealed, id_mask, phone_sealed, phone_hash,
  phone_mask,
  sex, birth, ethnicity, education, politics, skill_level, version)
SELECT r.person_id, t.path, r.name, r.name_key, r.id_kind, r.id_hash, r.id_sealed, r.id_mask, r.phone_sealed,
  r.phone_hash,
  coalesce(r.phone_mask, ''), coalesce(r.sex, '0'), r.birth, '', '', '', '', 1
FROM roster_row r JOIN roster_target t USING (organisation_id) WHERE {_CHUNK} AND r.action = 'new'
  AND r.id_sealed IS NOT NULL
ON CONFLICT (id_hash) DO NOTHING
"""
GRAMS = f"""
INSERT INTO person_gram (gram, person_id) SELECT DISTINCT g.gram, r.person_id FROM roster_row r,
  unnest(r.grams) AS g(gram)
WHERE {_CHUNK} AND r.action = 'new' AND r.id_sealed IS NOT NULL
"""
OFFICES = f"""
INSERT INTO appointment (id, path, person_id, organisation_id, office, title, full_time, party_office,
  valid_from, valid_to,
  start_reason, end_reason, version)
SELECT r.record_id, t.path, r.person_id, r.organisation_id, r.facts->>'office', coalesce(r.facts->>'title', ''),
  coalesce((r.facts->>'full_time')::boolean, false), coalesce(r.facts->>'party_office', ''),
    (r.facts->>'valid_from')::date,
  (r.facts->>'valid_to')::date, coalesce(r.facts->>'start_reason', '名册导入'),
  CASE WHEN r.facts->>'valid_to' IS NULL THEN '' ELSE '名册导入' END, 1
FROM roster_row r JOIN roster_target t USING (organisation_id) WHERE {_CHUNK} AND r.action = 'new'
"""
KEEP = f"""
INSERT INTO roster_change (roster_id, row_no, action, organisation_id, person_id, record_id, person_version,
  record_version, before)
SELECT r.roster_id, r.row_no, r.action, r.organisation_id, r.person_id, r.record_id,
  CASE WHEN r.action = 'new' AND r.id_sealed IS NOT NULL THEN 1 END, coalesce(a.version, 0) + 1,
  CASE WHEN r.action = 'new' THEN NULL ELSE jsonb_build_object('title', a.title, 'full_time', a.full_time,
    'party_office',
    a.party_office, 'valid_from', a.valid_from, 'valid_to', a.valid_to, 'start_reason', a.start_reason,
      'end_reason', a.end_reason) END
FROM roster_row r LEFT JOIN appointment a ON a.id = r.record_id AND a.version = r.record_version
  AND a.valid_to IS NULL AND r.action <> 'new'
WHERE {_CHUNK} AND (r.action = 'new' OR (a.id IS NOT NULL AND (r.action = 'changed' OR r.choice = 'file')))
"""
CORRECT = f"""
UPDATE appointment a SET title = coalesce(r.facts->>'title', a.title),
  full_time = coalesce((r.facts->>'full_time')::boolean, a.full_time),
  party_office = coalesce(r.facts->>'party_office', a.party_office),
  valid_from = coalesce((r.facts->>'valid_from')::date, a.valid_from),
  valid_to = coalesce((r.facts->>'valid_to')::date, a.valid_to),
  start_reason = coalesce(r.facts->>'start_reason', a.start_reason),
  end_reason = CASE WHEN r.facts->>'valid_to' IS NULL THEN a.end_reason ELSE '名册导入' END, version = a.version + 1
FROM roster_row r WHERE {_CHUNK} AND (r.action = 'changed' OR r.action = 'conflict' AND r.choice = 'file')
  AND a.id = r.record_id AND a.version = r.record_version
"""


def merge(actor: Viewer, roster_id: int, today: date, advance: Callable[[int], None]) -> dict[str, int]:
    """Put the staged offices into the records, in the running transaction.

    :raises Drift: a person or an office was made, changed or ended since the check.
    """
    hold_targets(roster_id)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    every: dict[str, object] = {"roster": roster_id, "first": 0, "last": 2**31 - 1}
    counts = dict(
        fetch(
            "SELECT CASE WHEN action = 'conflict' THEN CASE choice WHEN 'file' THEN 'changed' ELSE 'kept' END"
            " ELSE action END, count(*)"
            " FROM roster_row r WHERE " + _CHUNK + " GROUP BY 1",
            every,
        )
    )
    fresh = fetch(
        "SELECT count(*) FROM roster_row r WHERE " + _CHUNK + " AND r.action = 'new' AND r.id_sealed IS NOT NULL", every
    )[0][0]
    try:
        if run(PERSONS, every) != fresh:
            raise Drift
        run(GRAMS, every)
        if run(KEEP, every) != counts.get("new", 0) + counts.get("changed", 0):
            raise Drift
        if run(OFFICES, every) != counts.get("new", 0) or run(CORRECT, every) != counts.get("changed", 0):
            raise Drift
    except IntegrityError as error:
        raise Drift from error
    rows = fetch(
        "SELECT t.path, c.record_id, c.person_id, c.action FROM roster_change c JOIN roster_target t USING"
        " (organisation_id)"
        " WHERE c.roster_id = %s",
        [roster_id],
    )
    for action, verb in (("new", "appointment.start"), ("changed", "appointment.correct")):
        some = [(path, record, person) for path, record, person, did in rows if did == action]
        record_many(actor, verb, object_type="appointment", rows=some, reason="名册导入", detail={"roster": roster_id})
    ended = fetch(
        "SELECT count(*) FROM roster_row r WHERE "
        + _CHUNK
        + " AND r.action = 'changed' AND r.facts->>'valid_to' IS NOT NULL",
        every,
    )
    advance(sum(counts.values()))
    return {"new": counts.get("new", 0), "changed": counts.get("changed", 0), "ended": ended[0][0]}
