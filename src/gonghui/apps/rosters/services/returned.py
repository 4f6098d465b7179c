"""Lists that were exported, edited and brought back: only changed cells count, and only where they still differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from ..checking import Checked, Checker, Problem
from ..columns import roster_kind
from ..reading.cells import letter
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
    checker = Checker(kind, mapping, on=today)
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
            values = _edited_values(kind, row, mapping, today, found)
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
    kind: str, row: RoundTripRow, mapping: dict[str, int], today: date, found: Findings
) -> dict[str, Any] | None:
    """The changed cells as values, or nothing when one of them cannot be applied."""
    fields = roster_kind(kind).fields
    fixed = _FIXED | _FIXED_BY_KIND.get(kind, {})
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, cell in row.changed.items():
        item = fields.get(name)
        if item is None:
            continue
        column = letter(mapping[name]) if name in mapping else ""
        if name in fixed:
            code, message, hint = fixed[name]
            problems.append(Problem(row.number, column, name, "", code, message, hint))
        elif not cell:
            if item.required or name in _NEVER_EMPTY or item.value not in _MAY_BE_EMPTY:
                problems.append(
                    Problem(
                        row.number,
                        column,
                        name,
                        "",
                        "GH-IMP-432",
                        f"{item.label}不能清空",
                        "保留原来的内容，或改成新的",
                    )
                )
            else:
                values[name] = [] if item.value == "words" else ""
        else:
            checked = Checker(kind, {name: 0}, on=today).check(row.number, [cell])
            if isinstance(checked, Checked):
                value = checked.values[name]
                values[name] = value.day if hasattr(value, "day") and hasattr(value, "exact") else value
            else:
                problems += [problem._replace(column=column) for problem in checked]
    found.add(problems)
    return None if problems else values
