"""Lists that were exported, edited and brought back: only changed cells count, and only where they still differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from gonghui.kernel.files.reading.cells import letter

from ..changes import ChangeChecker
from ..checking import Checked, Checker, Problem
from ..columns import roster_kind
from ..reading.roster import RosterFile
from ..round_trip import RoundTripRow, read_round_trip
from .findings import Findings

_BLOCK = 2_000
_FIXED = {
    "id_number": ("GH-IMP-433", "证件号码不在名册里改", "在会员页更正证件号码"),
    "id_kind": ("GH-IMP-433", "证件类型不在名册里改", "在会员页更正证件号码"),
    "organisation": ("GH-IMP-434", "换工会不在名册里改", "在会员页办理转会"),
    "organisation_code": ("GH-IMP-434", "换工会不在名册里改", "在会员页办理转会"),
    "parent": ("GH-IMP-434", "上级工会不在名册里改", "在组织页办理转隶"),
    "parent_code": ("GH-IMP-434", "上级工会不在名册里改", "在组织页办理转隶"),
}
_FIXED_BY_KIND = {
    "organisations": {
        "name": ("GH-IMP-435", "名称不在名册里改", "在组织页办理更名"),
        "kind": ("GH-IMP-435", "类别不在名册里改", "在组织页办理改变类型"),
        "level": ("GH-IMP-435", "层级不在名册里改", "在组织页办理改变类型"),
    },
    "officers": {
        "name": ("GH-IMP-435", "姓名不在任职名册里改", "在会员页更正姓名"),
        "office": ("GH-IMP-435", "职务不在名册里改", "原任职登记离任，再登记新的任职"),
    },
}
_NEVER_EMPTY = frozenset(["sex", "worker_kind", "status", "tenure", "office", "kind", "level"])
_MAY_BE_EMPTY = frozenset(["text", "code", "uscc", "office_phone", "region", "words"])


class Edited(NamedTuple):
    """One record with the fields that a person changed; an emptied text field is an empty text."""

    row: int
    record: int
    version: int
    values: dict[str, Any]


def check_returned(
    file: RosterFile, kind: str, mapping: dict[str, int], today: date, handler: Any, found: Findings
) -> Iterator[int]:
    """Stage what was edited and what was added; yields the number of rows so far."""
    total = 0
    edited: list[Edited] = []
    added: list[Checked] = []
    names = list(mapping)
    checker, changes = Checker(kind, mapping, on=today), ChangeChecker(kind, mapping, on=today)
    for row in read_round_trip(file):
        total += 1
        if row.trouble:
            found.add([Problem(row.number, "", "", "", "GH-IMP-431", row.trouble, "")])
        elif not row.id:
            checked = checker.check(row.number, _cells(row, mapping, names))
            if isinstance(checked, Checked):
                added.append(checked)
                found.add(checked.warnings)
            else:
                found.add(checked)
        elif not row.changed:
            handler.counts["unchanged"] += 1
        else:
            values = _edited_values(kind, row, changes, mapping, found)
            if values is not None:
                edited.append(Edited(row.number, int(row.id), row.version, values))
        if total % _BLOCK == 0:
            handler.returned(edited)
            handler.block(added)
            found.write()
            edited, added = [], []
            yield total
    handler.returned(edited)
    handler.block(added)
    repeated = checker.finish()
    found.add(repeated)
    handler.drop_repeated([problem.row for problem in repeated])
    handler.finish()
    found.write()
    yield total


def _cells(row: RoundTripRow, mapping: dict[str, int], names: list[str]) -> list[str]:
    cells = [""] * (max(mapping.values(), default=-1) + 1)
    for name in names:
        cells[mapping[name]] = row.values.get(name, "")
    return cells


def _edited_values(
    kind: str, row: RoundTripRow, changes: ChangeChecker, mapping: dict[str, int], found: Findings
) -> dict[str, Any] | None:
    """The changed cells as values, or nothing when one of them cannot be applied."""
    fields = roster_kind(kind).fields
    fixed = _FIXED | _FIXED_BY_KIND.get(kind, {})
    problems = [
        Problem(row.number, letter(mapping[name]) if name in mapping else "", name, "", *fixed[name])
        for name in row.changed
        if name in fixed
    ]
    checked = changes.check_changes(row.number, {name: cell for name, cell in row.changed.items() if name not in fixed})
    if isinstance(checked, list):
        found.add([*problems, *checked])
        return None
    values = dict(checked.values)
    for name, value in values.items():
        if value is not None:
            continue
        item = fields[name]
        if name in _NEVER_EMPTY or item.value not in _MAY_BE_EMPTY:
            message = f"{item.label}不能清空"
            place = letter(mapping[name]) if name in mapping else ""
            problems.append(Problem(row.number, place, name, "", "GH-IMP-432", message, "保留原来的内容，或改成新的"))
        values[name] = [] if item.value == "words" else ""
    found.add(problems)
    found.add(checked.warnings)
    return None if problems else values
