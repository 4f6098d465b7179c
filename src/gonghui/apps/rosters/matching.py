"""Which column is which field: by header, by spelling, by content, or as a person settled it last time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process

from gonghui.apps.rosters.columns import (
    KINDS,
    Field,
    RosterKind,
    bare_header_key,
    header_key,
    ignored_headers,
    roster_kind,
)
from gonghui.apps.rosters.round_trip import is_round_trip
from gonghui.kernel.files.reading.cells import DATE, NUMBER, kind_of, letter, text_of
from gonghui.kernel.org.rules import is_uscc

EXACT, BARE, LAST_PART, GROUPED, REMEMBERED = 1.0, 0.97, 0.93, 0.9, 1.0
_FUZZY_FROM = 82
_SURE = 0.8
_ID = re.compile(r"\d{17}[\dXx]|\d{15}", re.ASCII)
_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}", re.ASCII)
_DATE_TEXT = re.compile(r"(?:19|20)\d{2}(?:[-./年]\d{1,2}(?:[-./月]\d{1,2}日?)?月?|\d{4})")
_HAN_NAME = re.compile(r"[\u3400-\u9fff·\U00020000-\U0003ffff]{2,4}")
_UNION = re.compile(r".*(?:工会|工会委员会|联合会|分会|工会小组|工委)$")
_SNIFFABLE = {
    "id_number": "id",
    "phone": "phone",
    "sex": "sex",
    "name": "name",
    "organisation": "union",
    "employer_uscc": "uscc",
}


@dataclass(frozen=True)
class ColumnMatch:
    """What one column was taken for; `reason` says how, for the page on which a person corrects it."""

    column: int
    letter: str
    header: str
    field: str
    confidence: float
    reason: str
    samples: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether the page need not ask."""
        return self.confidence >= _SURE


@dataclass(frozen=True)
class Matching:
    """The columns of one sheet against the fields of one kind of roster."""

    kind: str
    signature: str
    columns: tuple[ColumnMatch, ...]
    missing: tuple[str, ...]
    mapping: dict[str, int] = field(default_factory=dict)

    @property
    def unmatched(self) -> list[ColumnMatch]:
        """Columns that mean nothing to this roster and are not known to be harmless."""
        return [column for column in self.columns if not column.field and column.reason != "ignored"]

    @property
    def remembered(self) -> dict[str, str]:
        """What to keep for the next file with the same header: header key → field."""
        return {header_key(column.header): column.field for column in self.columns if column.field}


def signature(headers: Sequence[str]) -> str:
    """The same for two files whose headers read the same, whatever their blanks, marks and widths."""
    keys = [header_key(header) for header in headers]
    while keys and not keys[-1]:
        keys.pop()
    return hashlib.sha256("\x1f".join(keys).encode()).hexdigest()[:32]


def recognised_headers(labels: Sequence[str], kind: str) -> int:
    """How many different fields the labels name, for finding the header row. Only sure spellings count."""
    if is_round_trip(labels):
        return len(labels)
    roster = roster_kind(kind)
    found = {by_spelling(label, roster)[0] for label in labels if label and len(label) <= 60}
    return len(found - {""})


def guess_kind(labels: Sequence[str]) -> str:
    """The kind of roster that a header fits best."""
    return max(KINDS, key=lambda kind: (_fit(labels, kind), -KINDS.index(kind)))


def _fit(labels: Sequence[str], kind: str) -> float:
    roster = roster_kind(kind)
    found = {by_spelling(label, roster)[0] for label in labels if label} - {""}
    own = {"members": "joined_on", "organisations": "parent", "officers": "office"}[kind]
    required = sum(item.key in found for item in roster.required) / len(roster.required)
    return len(found) + 3 * required + (2 if own in found else 0)


def match(
    labels: Sequence[str],
    samples: Sequence[Sequence[str]],
    kind: str,
    remembered: Mapping[str, str] | None = None,
) -> Matching:
    """Match every column; two columns never go to one field.

    :param labels: one header a column.
    :param samples: the first data rows, for looking at the content.
    :param remembered: header key → field, as `Matching.remembered` gave it for the same signature.
    """
    roster = roster_kind(kind)
    width = max([len(labels), *map(len, samples)], default=0)
    contents = [[row[column] for row in samples if column < len(row) and row[column]] for column in range(width)]
    offers: list[tuple[float, int, int, str, str]] = []
    for column in range(width):
        label = labels[column] if column < len(labels) else ""
        for name, confidence, reason in _offers(label, contents[column], roster, remembered or {}):
            offers.append((confidence, -column, column, name, reason))
    offers.sort(reverse=True)
    taken: dict[int, tuple[str, float, str]] = {}
    fields: dict[str, int] = {}
    for confidence, _, column, name, reason in offers:
        if column not in taken and name not in fields:
            taken[column] = (name, confidence, reason)
            fields[name] = column
    columns = tuple(
        _column_match(column, labels[column] if column < len(labels) else "", contents[column], taken.get(column))
        for column in range(width)
        if (column < len(labels) and labels[column]) or contents[column]
    )
    missing = tuple(item.key for item in roster.required if item.key not in fields and not _replaced(item.key, fields))
    return Matching(kind, signature(labels), columns, missing, fields)


def corrected(matching: Matching, choices: Mapping[int, str]) -> Matching:
    """The matching after a person set some columns; a field set twice goes to the person's column."""
    chosen = {name for name in choices.values() if name}
    columns = []
    for column in matching.columns:
        if column.column in choices:
            name = choices[column.column]
            columns.append(_replace(column, name, 1.0 if name else 0.0, "chosen"))
        elif column.field in chosen:
            columns.append(_replace(column, "", 0.0, ""))
        else:
            columns.append(column)
    fields = {column.field: column.column for column in columns if column.field}
    required = roster_kind(matching.kind).required
    missing = tuple(item.key for item in required if item.key not in fields and not _replaced(item.key, fields))
    return Matching(matching.kind, matching.signature, tuple(columns), missing, fields)


def _replace(column: ColumnMatch, name: str, confidence: float, reason: str) -> ColumnMatch:
    return ColumnMatch(column.column, column.letter, column.header, name, confidence, reason, column.samples)


def _replaced(name: str, fields: Mapping[str, int]) -> bool:
    """A union may be named by its code alone."""
    return name == "organisation" and "organisation_code" in fields


def _column_match(column: int, label: str, content: list[str], found: tuple[str, float, str] | None) -> ColumnMatch:
    name, confidence, reason = found or ("", 0.0, "")
    if not found and (label.startswith("_") or bare_header_key(label) in ignored_headers()):
        reason = "ignored"
    samples = tuple(text_of(cell)[:40] for cell in content[:3])
    return ColumnMatch(column, letter(column), label, name, round(confidence, 2), reason, samples)


def _offers(
    label: str, content: list[str], roster: RosterKind, remembered: Mapping[str, str]
) -> list[tuple[str, float, str]]:
    """(field, confidence, reason) for one column, several when header and content disagree."""
    if label.startswith("_"):
        return []
    before = remembered.get(header_key(label), "") if label else ""
    if before in roster.fields:
        return [(before, 1.01, "remembered")]
    offers: list[tuple[str, float, str]] = []
    seen = looks_like(content)
    name, confidence, reason = by_spelling(label, roster)
    if not name and label and bare_header_key(label) not in ignored_headers():
        name, confidence, reason = _by_likeness(header_key(label), roster)
    contradicted = bool(name) and _contradicts(roster.fields[name], seen)
    if name:
        offers.append((name, confidence * (0.5 if contradicted else 1), reason))
    for field_name, look in _SNIFFABLE.items():
        if field_name in roster.fields and seen == look and field_name != name:
            offers.append((field_name, _content_confidence(label, name, look, contradicted), "content"))
    return [offer for offer in offers if offer[1] >= 0.45]


def _content_confidence(label: str, name: str, look: str, contradicted: bool) -> float:
    """How far content alone decides: a number with a check digit far, a name hardly, a good header not at all."""
    strong = look in ("id", "phone", "uscc")
    if contradicted and strong:
        return 0.7
    if name:
        return 0.3
    if strong:
        return 0.85
    return 0.3 if bare_header_key(label) in ignored_headers() else 0.6


def by_spelling(label: str, roster: RosterKind) -> tuple[str, float, str]:
    """The field whose label or spelling the header is; merged headers are also read by their last part."""
    if not label or label.startswith("_"):
        return "", 0.0, ""
    key = header_key(label)
    if key in roster.by_header:
        return roster.by_header[key], EXACT, "header"
    bare = bare_header_key(label)
    if bare in roster.by_header:
        return roster.by_header[bare], BARE, "header"
    parts = [part for part in label.split() if part]
    if len(parts) > 1:
        for part in (parts[-1], parts[0]):
            if bare_header_key(part) in roster.by_header:
                confidence = LAST_PART if part is parts[-1] else GROUPED
                return roster.by_header[bare_header_key(part)], confidence, "header"
    return "", 0.0, ""


@lru_cache(maxsize=4_096)
def _likeness(key: str, kind: str) -> tuple[str, float]:
    roster = roster_kind(kind)
    best = process.extractOne(key, list(roster.by_header), scorer=fuzz.ratio, score_cutoff=_FUZZY_FROM)
    return (roster.by_header[best[0]], best[1] / 100) if best else ("", 0.0)


def _by_likeness(key: str, roster: RosterKind) -> tuple[str, float, str]:
    if not 2 <= len(key) <= 30:
        return "", 0.0, ""
    name, ratio = _likeness(key, roster.key)
    if name:
        return name, ratio * 0.85, "similar"
    # 2024年度会员姓名汇总 holds a known header of some length; the longest one wins.
    inside = [header for header in roster.by_header if len(header) >= 3 and header in key]
    if inside:
        return roster.by_header[max(inside, key=len)], 0.7, "similar"
    return "", 0.0, ""


def looks_like(content: Sequence[str]) -> str:
    """What most cells of a column are: id, phone, uscc, date, sex, union, name, number, or nothing."""
    if len(content) < 1:
        return ""
    votes: dict[str, int] = {}
    for cell in content:
        votes[_look(cell)] = votes.get(_look(cell), 0) + 1
    best = max(votes, key=lambda look: votes[look])
    return best if votes[best] >= max(1, 0.6 * len(content)) else ""


@lru_cache(maxsize=65_536)
def _look(cell: str) -> str:
    kind, text = kind_of(cell), text_of(cell).strip()
    if kind == DATE:
        return "date"
    if _ID.fullmatch(text) or (kind == NUMBER and 15 <= len(text.split(".")[0]) <= 18):
        return "id"
    if _MOBILE.fullmatch(text):
        return "phone"
    if kind == NUMBER:
        return "number"
    if text in ("男", "女"):
        return "sex"
    if len(text) == 18 and is_uscc(text):
        return "uscc"
    if _DATE_TEXT.fullmatch(text):
        return "date"
    if len(text) > 4 and _UNION.fullmatch(text):
        return "union"
    return "name" if _HAN_NAME.fullmatch(text) and not text.endswith(("族", "工会", "公司")) else ""


_EXPECTED = {
    "id": {"id"},
    "phone": {"phone"},
    "date": {"date", "number"},
    "end_date": {"date", "number"},
    "name": {"name"},
    "count": {"number"},
    "uscc": {"uscc", "id"},
    "office_phone": {"phone", "number"},
}


def _contradicts(item: Field, seen: str) -> bool:
    """A column headed 联系电话 that is full of identity numbers is not the phone."""
    if seen in ("", "name", "number"):
        return False
    expected = _EXPECTED.get(item.value)
    if expected is not None:
        return seen not in expected
    return seen in ("id", "phone", "uscc", "date") and item.value in ("code", "organisation", "region")
