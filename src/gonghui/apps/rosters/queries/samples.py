"""Rows of the preview: what stands in the records beside what the roster says, sealed values masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Appointment, Membership, Person
from gonghui.kernel.viewer import Viewer

from ..choices import Action, Kind
from ..columns import roster_kind
from ..models import RosterImport, RosterRow
from ..values import CODE_LISTS

_DIGITS = re.compile(r"[0-9Xx]{7,}")
_MEMBER_FIELDS = (
    "name", "phone_mask", "sex", "birth", "ethnicity", "education", "politics", "skill_level", "joined_on",
    "worker_kind",
    "occupation", "new_form", "platforms", "employer_name", "department", "staff_no", "card_no",
)  # fmt: skip
_OF_PERSON = frozenset(("name", "phone_mask", "sex", "birth", "ethnicity", "education", "politics", "skill_level"))


@dataclass(frozen=True)
class Sample:
    """One row: (label, in the records, in the roster) for every field that the roster sets anew."""

    row_no: int
    action: Action
    name: str
    organisation: str
    fields: list[tuple[str, str, str]]
    choice: str = ""


def masked_sample(text: str) -> str:
    """A cell as the matching page may show it: a long number keeps its two ends."""
    return _DIGITS.sub(lambda found: found[0][:3] + "*" * (len(found[0]) - 5) + found[0][-2:], text)


def samples(viewer: Viewer, roster: RosterImport, action: str, limit: int = 20, offset: int = 0) -> list[Sample]:
    """Rows of one action, in the order of the file."""
    actions = [Action.NEW, Action.REJOIN] if action == Action.NEW else [action]
    rows = list(RosterRow.objects.filter(roster=roster, action__in=actions).order_by("row_no")[offset : offset + limit])
    if roster.kind == Kind.MEMBERS:
        return _member_samples(viewer, rows)
    return _fact_samples(viewer, roster, rows)


def _names(viewer: Viewer, rows: list[RosterRow]) -> dict[int, str]:
    wanted = {row.organisation_id for row in rows if row.organisation_id}
    return dict(Organisation.objects.visible(viewer).filter(pk__in=wanted).values_list("pk", "name"))


def _member_samples(viewer: Viewer, rows: list[RosterRow]) -> list[Sample]:
    names = _names(viewer, rows)
    known = [row for row in rows if row.action in (Action.CHANGED, Action.CONFLICT)]
    persons = Person.objects.visible(viewer).in_bulk([row.person_id for row in known])
    memberships = Membership.objects.visible(viewer).in_bulk([row.membership_id for row in known])
    shown = []
    for row in rows:
        person, membership = persons.get(row.person_id or 0), memberships.get(row.membership_id or 0)
        fields = []
        for name in _MEMBER_FIELDS:
            after = getattr(row, name)
            if after is None:
                continue
            record = person if name in _OF_PERSON else membership
            before = getattr(record, name) if record is not None else ""
            if before != after or record is None:
                fields.append(
                    (_label(Kind.MEMBERS, name), _words(Kind.MEMBERS, name, before), _words(Kind.MEMBERS, name, after))
                )
        called = row.name or (person.name if person else "")
        shown.append(
            Sample(row.row_no, Action(row.action), called, names.get(row.organisation_id or 0, ""), fields, row.choice)
        )
    return shown


def _fact_samples(viewer: Viewer, roster: RosterImport, rows: list[RosterRow]) -> list[Sample]:
    names = _names(viewer, rows)
    model: Any = Organisation if roster.kind == Kind.ORGANISATIONS else Appointment
    records = model.objects.visible(viewer).in_bulk(
        [row.record_id for row in rows if row.record_id and row.action != Action.NEW]
    )
    shown = []
    for row in rows:
        record = records.get(row.record_id or 0)
        facts = row.facts or {}
        fields = []
        for name, after in facts.items():
            if name.startswith("_") or after is None:
                continue
            before = getattr(record, name, "") if record is not None else ""
            before = before.isoformat() if hasattr(before, "isoformat") else before
            if record is None or before != after:
                fields.append(
                    (_label(roster.kind, name), _words(roster.kind, name, before), _words(roster.kind, name, after))
                )
        place = names.get(row.organisation_id or 0, "") or str(facts.get("_parent", ""))
        shown.append(
            Sample(row.row_no, Action(row.action), row.name or str(facts.get("name", "")), place, fields, row.choice)
        )
    return shown


def _label(kind: str, name: str) -> str:
    if name == "full_time":
        return "专职"
    fields = roster_kind(kind).fields
    key = {"phone_mask": "phone", "region_code": "region"}.get(name, name)
    return fields[key].label if key in fields else name


def _words(kind: str, name: str, value: object) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (list, tuple)):
        return "、".join(str(item) for item in value)
    field = roster_kind(kind).fields.get(name)
    if field is not None and field.code_list:
        try:
            return CODE_LISTS[field.code_list](str(value)).label
        except ValueError:
            return str(value)
    return str(value)
