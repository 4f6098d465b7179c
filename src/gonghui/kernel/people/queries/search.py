"""Finding people while somebody types: names, pinyin, initials, phone tails, card numbers, full numbers by hash.

Row-level security allows an index only to operators that leak nothing: equality and ranges, never LIKE. A wide range
is therefore answered from the pieces of names, and a narrow one (a township, a union) by looking at each of its
few people.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.db import connection

from ...refusal import Refusal
from ...sealing import lookup_hash
from ...viewer import Viewer
from ..choices import IdKind, MembershipStatus
from ..rules import check_id, check_phone, query_grams

NARROW_PEOPLE = 1500
_NARROW_UNIONS = 200
_CANDIDATES = 300
"""More people than this share the typed piece only when it is a surname; the next character narrows them."""

_CARD = re.compile(r"[Gg][Hh]\d{6,12}")
_TAIL = re.compile(r"\d{4}")
_PHONE = re.compile(r"1\d{10}")
_PAPER = re.compile(r"[0-9A-Za-z]{8,18}")
_LETTER_PAPERS = (IdKind.HK_MACAO_PERMIT, IdKind.TAIWAN_PERMIT, IdKind.FOREIGNER_CARD, IdKind.PASSPORT)

_HITS = """
SELECT p.id, p.name, p.sex, p.birth, p.id_mask, p.phone_mask, m.id, m.status, m.card_no, o.id, o.name
FROM ({people}) p
LEFT JOIN membership m ON m.person_id = p.id AND m.valid_to IS NULL
LEFT JOIN organisation o ON o.id = m.organisation_id
ORDER BY p.exact DESC, (m.id IS NULL), p.name_key, p.id
"""
_COLUMNS = "p.id, p.name, p.name_key, p.sex, p.birth, p.id_mask, p.phone_mask"
_IN_RANGE = "p.path >= %(lo)s AND p.path < %(hi)s AND p.merged_into_id IS NULL"

_BY_GRAM = f"""
SELECT {_COLUMNS}, p.name = %(text)s AS exact FROM (
  {{found}}
) f JOIN person p ON p.id = f.person_id
WHERE {_IN_RANGE}
ORDER BY exact DESC, p.name_key, p.id LIMIT %(limit)s
"""

_BY_LOOKING = f"""
SELECT {_COLUMNS}, p.name = %(text)s AS exact FROM person p
WHERE {_IN_RANGE} AND {{condition}}
ORDER BY exact DESC, p.name_key, p.id LIMIT %(limit)s
"""

_BY_COLUMN = f"""
SELECT {_COLUMNS}, true AS exact FROM person p WHERE {{condition}} AND {_IN_RANGE}
ORDER BY p.name_key, p.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found, with what tells them from others of the same name; numbers stay masked."""

    person_id: int
    name: str
    sex: str
    birth: date | None
    id_mask: str
    phone_mask: str
    membership_id: int | None
    status: str
    card_no: str
    organisation_id: int | None
    organisation: str


def search(viewer: Viewer, text: str, limit: int = 20) -> list[Hit]:
    """People in the viewer's range for what was typed, exact names first.

    Full identity and phone numbers are looked up by hash, and only for those who may view members.
    """
    text = unicodedata.normalize("NFKC", text.replace("\x00", "")).strip()[:60]
    if not text or viewer.lo == viewer.hi:
        return []
    given = {"lo": viewer.lo, "hi": viewer.hi, "limit": limit, "text": text}
    compact = "".join(text.split())
    if _CARD.fullmatch(compact):
        condition = "p.id IN (SELECT person_id FROM membership WHERE card_no = %(card)s)"
        return _run(_BY_COLUMN.format(condition=condition), given | {"card": compact.upper()})
    if any(char.isdigit() for char in compact):
        return _by_number(viewer, compact, given)
    return _by_name(viewer, text, given)


def _by_number(viewer: Viewer, text: str, given: dict[str, object]) -> list[Hit]:
    if _TAIL.fullmatch(text):
        return _run(_BY_COLUMN.format(condition="p.phone_tail = %(tail)s"), given | {"tail": text})
    if not viewer.may("member.view"):
        return []
    if _PHONE.fullmatch(text):
        try:
            digest = lookup_hash("phone", check_phone(text))
        except Refusal:
            return []
        return _run(_BY_COLUMN.format(condition="p.phone_hash = %(hash)s"), given | {"hash": digest})
    if _PAPER.fullmatch(text):
        return _run(_BY_COLUMN.format(condition="p.id_hash = ANY(%(hashes)s)"), given | {"hashes": _paper_hashes(text)})
    return []


def _paper_hashes(text: str) -> list[bytes]:
    """Hashes of every kind of paper that the number could be."""
    kinds = (IdKind.IDENTITY_CARD, IdKind.FOREIGNER_CARD) if text[:15].isdigit() and len(text) >= 15 else _LETTER_PAPERS
    hashes = []
    for kind in kinds:
        try:
            checked = check_id(kind, text)
        except Refusal:
            continue
        hashes.append(lookup_hash(f"id:{checked.kind}", checked.number))
    return hashes


def _by_name(viewer: Viewer, text: str, given: dict[str, object]) -> list[Hit]:
    query = query_grams(text)
    if query.is_empty:
        return []
    given = given | {"candidates": _CANDIDATES}
    if is_narrow(viewer):
        return _run(_BY_LOOKING.format(condition=_looking(query.exact, query.prefixes, given)), given)
    return _run(_BY_GRAM.format(found=_found(query.exact, query.prefixes, given)), given)


def _found(exact: tuple[str, ...], prefixes: tuple[str, ...], given: dict[str, object]) -> str:
    """Candidates from the gram table: everybody who has all exact pieces and one of the prefixes."""
    joins, conditions = [], []
    for number, gram in enumerate(exact):
        given[f"g{number}"] = gram
        conditions.append(f"g{number}.gram = %(g{number})s")
        if number:
            joins.append(f"JOIN person_gram g{number} ON g{number}.person_id = g0.person_id")
    if not prefixes:
        return (
            f"SELECT g0.person_id FROM person_gram g0 {' '.join(joins)} WHERE {' AND '.join(conditions)} "
            "LIMIT %(candidates)s"
        )
    branches = []
    for number, prefix in enumerate(prefixes):
        given[f"p{number}"], given[f"q{number}"] = prefix, prefix + "~"
        ranged = f"t.gram >= %(p{number})s AND t.gram < %(q{number})s"
        if exact:
            joined = f"person_gram g0 {' '.join(joins)} JOIN person_gram t ON t.person_id = g0.person_id"
            ranged = f"{ranged} AND {' AND '.join(conditions)}"
        else:
            joined = "person_gram t"
        branches.append(f"(SELECT t.person_id FROM {joined} WHERE {ranged} LIMIT %(candidates)s)")
    return " UNION ".join(branches)


def _looking(exact: tuple[str, ...], prefixes: tuple[str, ...], given: dict[str, object]) -> str:
    """A condition on one person at a time: Hanzi by position in the name, letters by the person's own pieces."""
    conditions = []
    if exact:
        given["hanzi"] = exact[0][2:] + "".join(gram[-1] for gram in exact[1:])
        place = "position(%(hanzi)s IN replace(p.name, '·', ''))"
        # A single character is taken for a surname, as in the gram table.
        conditions.append(f"{place} = 1" if len(exact) == 1 and len(exact[0]) == 3 else f"{place} > 0")
    if prefixes:
        ranges = []
        for number, prefix in enumerate(prefixes):
            given[f"p{number}"], given[f"q{number}"] = prefix, prefix + "~"
            ranges.append(f"(t.gram >= %(p{number})s AND t.gram < %(q{number})s)")
        conditions.append(f"EXISTS (SELECT 1 FROM person_gram t WHERE t.person_id = p.id AND ({' OR '.join(ranges)}))")
    return " AND ".join(conditions)


def is_narrow(viewer: Viewer) -> bool:
    """Few enough people in range to look at each; read from the counters, of which only the first few are summed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(people), 0) FROM (SELECT active + retained + ended AS people "
            "FROM organisation_tally WHERE path >= %s AND path < %s LIMIT %s) few",
            [viewer.lo, viewer.hi, _NARROW_UNIONS],
        )
        unions, people = cursor.fetchone()
    return bool(unions < _NARROW_UNIONS and people <= NARROW_PEOPLE)


def _run(people: str, given: dict[str, object]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(_HITS.format(people=people), given)
        rows = cursor.fetchall()
    return [
        Hit(
            person_id=row[0],
            name=row[1],
            sex=row[2],
            birth=row[3],
            id_mask=row[4],
            phone_mask=row[5],
            membership_id=row[6],
            status=MembershipStatus(row[7]).label if row[7] else "",
            card_no=row[8] or "",
            organisation_id=row[9],
            organisation=row[10] or "",
        )
        for row in rows
    ]
