"""Finding people while somebody types: names, pinyin, initials, phone tails, card numbers, full numbers by hash.

Row-level security allows an index only to operators that leak nothing: equality and ranges, never LIKE; and its range
is unknown to the planner. So the way is chosen here:

- names that begin with the typed Hanzi are a range of the sort key, read in order until the page is full;
- a narrow range (a township, a union) is looked at person by person: 20,000 rows take a few milliseconds;
- in a wide range the pieces of names tell a bounded number of candidates, whose paths are asked in an index.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from ...pinyin import HANZI_RUN, squeeze_latin
from ...refusal import Refusal
from ...sealing import lookup_hash
from ...viewer import Viewer
from ..choices import IdKind, MembershipStatus
from ..rules import NameQuery, check_id, check_phone, name_keys, query_grams

NARROW_PEOPLE = 20_000
_FEW_PEOPLE = 1500
_NARROW_UNIONS = 400
CANDIDATES = 2000
"""A piece borne by as many people is common: its first bearers fill the page, if not, the range is walked."""
_WORTH_SORTING = 500

_CARD = re.compile(r"[Gg][Hh]\d{6,12}")
_TAIL = re.compile(r"\d{4}")
_PHONE = re.compile(r"1\d{10}")
_PAPER = re.compile(r"[0-9A-Za-z]{8,18}")
_LETTER_PAPERS = (IdKind.HK_MACAO_PERMIT, IdKind.TAIWAN_PERMIT, IdKind.FOREIGNER_CARD, IdKind.PASSPORT)

_PERSON = "p.id, p.name, p.name_key, p.sex, p.birth, p.id_mask, p.phone_mask"
_IN_RANGE = "p.path >= %(lo)s AND p.path < %(hi)s AND p.merged_into_id IS NULL"
_HITS = """
SELECT p.id, p.name, p.sex, p.birth, p.id_mask, p.phone_mask, m.id, m.status, m.card_no, o.id, o.name
FROM ({people}) p
LEFT JOIN membership m ON m.person_id = p.id AND m.valid_to IS NULL
LEFT JOIN organisation o ON o.id = m.organisation_id
ORDER BY p.name_key, p.id
"""
_WHERE = f"SELECT {_PERSON} FROM person p WHERE {{condition}} AND {_IN_RANGE} {{order}} LIMIT %(limit)s"
# One look into the index of (id, path) per candidate; without the inner LIMIT the planner reads the whole range.
_AMONG = f"""
SELECT p.* FROM unnest(%(ids)s::bigint[]) AS one (id)
CROSS JOIN LATERAL (SELECT {_PERSON} FROM person p WHERE p.id = one.id AND {_IN_RANGE} LIMIT 1) p
{{order}} LIMIT %(limit)s
"""
_SORTED = "ORDER BY p.name_key, p.id"
_LAST = "\U0010ffff"


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
        return _where(condition, given | {"card": compact.upper()})
    if any(char.isdigit() for char in compact):
        return _by_number(viewer, compact, given)
    query = query_grams(text)
    if query.is_empty:
        return []
    latin = squeeze_latin(HANZI_RUN.sub("", text)).replace(" ", "")
    with _ordered_plans(viewer) as people:
        if people <= NARROW_PEOPLE:
            return _in_narrow_range(query, latin, people, given)
        return _in_wide_range(query, latin, given)


@contextmanager
def _ordered_plans(viewer: Viewer) -> Iterator[int]:
    """How many people lie in range (NARROW_PEOPLE + 1 for too many unions to count), and reads in index order.

    The planner cannot know how much of the table the policy's range holds, takes it for little, and would collect
    all of a common surname in a bitmap before it shows twenty.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('enable_bitmapscan'), count(*), coalesce(sum(people), 0), "
            "set_config('enable_bitmapscan', 'off', true) FROM ("
            "SELECT active + retained + ended AS people FROM organisation_tally WHERE path >= %s AND path < %s LIMIT %s"
            ") few",
            [viewer.lo, viewer.hi, _NARROW_UNIONS],
        )
        before, unions, people, _ = cursor.fetchone()
    yield int(people) if unions < _NARROW_UNIONS else NARROW_PEOPLE + 1
    with connection.cursor() as cursor:  # after an error the transaction is rolled back, and the setting with it
        cursor.execute("SELECT set_config('enable_bitmapscan', %s, true)", [before])


def _by_number(viewer: Viewer, text: str, given: dict[str, Any]) -> list[Hit]:
    if _TAIL.fullmatch(text):
        return _where("p.phone_tail = %(tail)s", given | {"tail": text})
    if not viewer.may("member.view"):
        return []
    if _PHONE.fullmatch(text):
        try:
            digest = lookup_hash("phone", check_phone(text))
        except Refusal:
            return []
        return _where("p.phone_hash = %(hash)s", given | {"hash": digest})
    if _PAPER.fullmatch(text):
        return _where("p.id_hash = ANY(%(hashes)s)", given | {"hashes": _paper_hashes(text)})
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


def _in_narrow_range(query: NameQuery, latin: str, people: int, given: dict[str, Any]) -> list[Hit]:
    if query.exact and (latin or len(query.exact[0]) == 3):
        return _beginning(query, latin, given)
    if query.exact:
        return _containing(query, given)
    if people <= _FEW_PEOPLE:
        return _by_own_pieces(query, given)
    found = _by_spelling(latin, given, _SORTED)
    if len(found) < int(given["limit"]):  # other readings of a name stand in its pieces only
        found = _merged(found, _among(_candidates(query), given), given)
    return found


def _in_wide_range(query: NameQuery, latin: str, given: dict[str, Any]) -> list[Hit]:
    first = _beginning(query, latin, given) if query.exact else []
    if len(first) >= int(given["limit"]) or (query.exact and (latin or len(query.exact[0]) == 3)):
        return first
    ids = _candidates(query)
    found = _merged(first, _among(ids, given), given)
    if len(found) >= int(given["limit"]) or len(ids) < CANDIDATES:
        return found
    walked = _by_spelling(latin, given, "") if latin else _containing(query, given, "")
    return _merged(first, walked, given)


def _containing(query: NameQuery, given: dict[str, Any], order: str = "ORDER BY place, p.name_key, p.id") -> list[Hit]:
    """Names with the Hanzi in them, those that begin with it first."""
    hanzi = _hanzi(query)
    place = "position(%(hanzi)s IN replace(p.name, '·', ''))"
    found = _where(f"{place} > 0", given | {"hanzi": hanzi}, order.replace("place", f"{place} > 1"))
    return sorted(found, key=lambda hit: not hit.name.replace("·", "").startswith(hanzi))


def _beginning(query: NameQuery, latin: str, given: dict[str, Any]) -> list[Hit]:
    """Names that begin with the Hanzi, and go on with the letters; the shortest, an exact name, sorts first."""
    key = name_keys(_hanzi(query)).sort
    begins = "p.name_key >= %(key)s AND p.name_key < %(end)s"
    if not latin:
        return _where(begins, given | {"key": key, "end": key + _LAST})
    spelling = f"^{re.escape(key)}({_spelling(latin)})"
    keys = {"key": key + latin[0], "end": key + latin[0] + _LAST, "spelling": spelling}
    return _where(f"{begins} AND p.name_key ~ %(spelling)s", given | keys)


def _by_spelling(latin: str, given: dict[str, Any], order: str) -> list[Hit]:
    return _where("p.name_key ~ %(spelling)s", given | {"spelling": f"^({_spelling(latin)})"}, order)


def _spelling(latin: str) -> str:
    """Letters as pinyin or as initials in a sort key such as liu2刘xi4细mei4妹."""
    letters = [re.escape(char) for char in latin]
    return f"{'[^a-z]*'.join(letters)}|{'[a-z]*[^a-z]+'.join(letters)}"


def _by_own_pieces(query: NameQuery, given: dict[str, Any]) -> list[Hit]:
    """Letters by each person's own pieces, every reading of a name among them."""
    ranges = []
    for number, prefix in enumerate(query.prefixes):
        given = given | {f"p{number}": prefix, f"q{number}": prefix + "~"}
        ranges.append(f"(t.gram >= %(p{number})s AND t.gram < %(q{number})s)")
    return _where(
        f"(SELECT true FROM person_gram t WHERE t.person_id = p.id AND ({' OR '.join(ranges)}) LIMIT 1)",
        given,
    )


def _candidates(query: NameQuery) -> list[int]:
    """Ids of people with all exact pieces and one of the prefixes, wherever they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_pieces(%s::text[], %s::text[], %s)",
            [list(query.exact), list(query.prefixes), CANDIDATES],
        )
        return [row[0] for row in cursor.fetchall()]


def _hanzi(query: NameQuery) -> str:
    """h:刘细, h:细妹 → 刘细妹."""
    return query.exact[0][2:] + "".join(gram[-1] for gram in query.exact[1:])


def _merged(first: list[Hit], more: list[Hit], given: dict[str, Any]) -> list[Hit]:
    """Names that begin with the text before those that contain it."""
    seen = {hit.person_id for hit in first}
    return (first + [hit for hit in more if hit.person_id not in seen])[: int(given["limit"])]


def _where(condition: str, given: dict[str, Any], order: str = _SORTED) -> list[Hit]:
    return _run(_WHERE.format(condition=condition, order=order), given)


def _among(ids: list[int], given: dict[str, Any]) -> list[Hit]:
    if not ids:
        return []
    return _run(_AMONG.format(order=_SORTED if len(ids) <= _WORTH_SORTING else ""), given | {"ids": ids})


def _run(people: str, given: dict[str, Any]) -> list[Hit]:
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
