"""Which cells of an exported list were changed before it came back. Pure."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import blake2s
from typing import TYPE_CHECKING, NamedTuple

from gonghui.kernel.files.reading.cells import FORMULA, clean, kind_of, text_of

if TYPE_CHECKING:
    from gonghui.apps.rosters.reading.roster import RosterFile

ROW = "_r"
ID = "_id"
VERSION = "_v"
_MARKS = "_h"
_MARK_SIZE = 4


class RoundTripRow(NamedTuple):
    """One row of a list that came back. Without an `id` it is a new row and everything in it is new.

    `changed` and `values` hold cells as they were read, with the marks by which a checker sees a formula.
    """

    number: int
    id: str
    version: int
    changed: dict[str, str]
    values: dict[str, str]
    trouble: str = ""


def header_mark(columns: Sequence[tuple[str, str]]) -> str:
    """The header of the marks' column: it remembers which label stood for which field."""
    return _MARKS + json.dumps(dict(columns), ensure_ascii=False, separators=(",", ":"))


def cell_marks(record: str, keys: Sequence[str], texts: Sequence[str]) -> str:
    """Four characters a cell, out of the record, the field and the text; enough to see a change."""
    return "".join([_mark(record, key, text) for key, text in zip(keys, texts, strict=True)])


def _mark(record: str, key: str, text: str) -> str:
    return b64encode(
        blake2s(f"{record}\x1f{key}\x1f{clean(text)}".encode("utf-8", "replace"), digest_size=3).digest()
    ).decode()


def is_round_trip(labels: Sequence[str]) -> bool:
    """Whether the header is that of a list we exported."""
    return ID in labels and VERSION in labels and any(label.startswith(_MARKS + "{") for label in labels)


def columns_of(labels: Sequence[str]) -> dict[str, int]:
    """Field → column of a list that came back, wherever its columns were moved to."""
    mark = next((label for label in labels if label.startswith(_MARKS + "{")), _MARKS)
    return {key: list(labels).index(label) for key, label in _known(mark).items() if label in labels}


def read_round_trip(roster: RosterFile) -> Iterator[RoundTripRow]:
    """Every row with its record, version and changed cells; columns may have been moved or removed."""
    labels = list(roster.labels)
    id_at, version_at = labels.index(ID), labels.index(VERSION)
    marks_at = next(at for at, label in enumerate(labels) if label.startswith(_MARKS + "{"))
    keys = list(_known(labels[marks_at]))
    place = columns_of(labels)
    seen: dict[str, int] = {}
    for number, cells in roster.rows((id_at,)):
        values = {key: cells[at] if at < len(cells) else "" for key, at in place.items()}
        record = _cell(cells, id_at)
        if not record:
            yield RoundTripRow(number, "", 0, {key: cell for key, cell in values.items() if cell}, values)
            continue
        marks = _cell(cells, marks_at)
        version = _cell(cells, version_at)
        trouble = _trouble(record, version, marks, keys, seen, number)
        seen.setdefault(record, number)
        if trouble:
            yield RoundTripRow(number, record, 0, {}, values, trouble)
            continue
        changed = {
            key: values[key]
            for index, key in enumerate(keys)
            if key in place and _differs(record, key, values[key], marks[index * _MARK_SIZE : (index + 1) * _MARK_SIZE])
        }
        yield RoundTripRow(number, record, int(version), changed, values)


def _known(mark: str) -> dict[str, str]:
    try:
        found = json.loads(mark.removeprefix(_MARKS))
    except ValueError:
        return {}
    return {str(key): str(label) for key, label in found.items()} if isinstance(found, dict) else {}


def _cell(cells: Sequence[str], at: int) -> str:
    return text_of(cells[at]).strip() if at < len(cells) else ""


def _differs(record: str, key: str, cell: str, mark: str) -> bool:
    """A formula is a change even when it shows the old value: what it shows tomorrow is not known."""
    return kind_of(cell) == FORMULA or _mark(record, key, text_of(cell)) != mark


def _trouble(record: str, version: str, marks: str, keys: list[str], seen: dict[str, int], number: int) -> str:
    if record in seen:
        return f"和第 {seen[record]} 行是同一条记录，复制出来的行要清空前面隐藏的 A 至 C 列"
    if not version.isdecimal() or len(version) > 9 or len(marks) != len(keys) * _MARK_SIZE:
        return "隐藏的 A 至 C 列被改动过，重新导出一份再改"
    return ""
