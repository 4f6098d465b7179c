"""Probable same persons in several records, with the reasons, for a clerk to decide."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from rapidfuzz.distance import Levenshtein

from ...viewer import Viewer
from ..models import Person

SAME_PHONE = "手机号码相同"
SAME_NAME = "姓名相同"
NEAR_NAME = "姓名相近"
SAME_BIRTH = "出生日期相同"
SAME_ENDS = "证件号码首尾相同，中间不同"
OTHER_PAPER = "证件类别不同"
_SHARED_PHONE = 4
"""A phone on more records than this is an office's or a foreman's, and says nothing about who is who."""

# Identity numbers are only known as hashes; near misses show in the mask, the birth and the phone.
_PAIRS = """
WITH mine AS MATERIALIZED (
  SELECT id, name, birth, sex, id_kind, id_mask, phone_hash FROM person
  WHERE path >= %(lo)s AND path < %(hi)s AND merged_into_id IS NULL AND died_on IS NULL
), phones AS (
  SELECT phone_hash FROM mine WHERE phone_hash IS NOT NULL GROUP BY 1 HAVING count(*) BETWEEN 2 AND %(shared)s
), names AS (
  SELECT name, birth FROM mine WHERE birth IS NOT NULL GROUP BY 1, 2 HAVING count(*) BETWEEN 2 AND 20
), ends AS (
  SELECT name, id_mask FROM mine GROUP BY 1, 2 HAVING count(*) BETWEEN 2 AND 20
)
SELECT a.id, b.id, a.name, b.name, a.phone_hash = b.phone_hash, a.birth = b.birth AND a.sex = b.sex,
  a.id_mask = b.id_mask, a.id_kind <> b.id_kind
FROM phones JOIN mine a USING (phone_hash) JOIN mine b ON b.phone_hash = a.phone_hash AND b.id > a.id
UNION
SELECT a.id, b.id, a.name, b.name, a.phone_hash = b.phone_hash, a.birth = b.birth AND a.sex = b.sex,
  a.id_mask = b.id_mask, a.id_kind <> b.id_kind
FROM names n JOIN mine a ON a.name = n.name AND a.birth = n.birth
JOIN mine b ON b.name = n.name AND b.birth = n.birth AND b.sex = a.sex AND b.id > a.id
UNION
SELECT a.id, b.id, a.name, b.name, a.phone_hash = b.phone_hash, a.birth = b.birth AND a.sex = b.sex,
  a.id_mask = b.id_mask, a.id_kind <> b.id_kind
FROM ends e JOIN mine a ON a.name = e.name AND a.id_mask = e.id_mask
JOIN mine b ON b.name = e.name AND b.id_mask = e.id_mask AND b.id > a.id
"""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two records that are probably one person; `score` orders what to look at first."""

    first: Person
    second: Person
    reasons: tuple[str, ...]
    score: int


@dataclass(frozen=True, slots=True)
class _Pair:
    first_id: int
    second_id: int
    reasons: tuple[str, ...]
    score: int


def duplicates(viewer: Viewer, limit: int = 200) -> list[Duplicate]:
    """Pairs of records in the viewer's range, the most probable first."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"lo": viewer.lo, "hi": viewer.hi, "shared": _SHARED_PHONE})
        pairs = [pair for row in cursor.fetchall() if (pair := _judge(*row)) is not None]
    pairs.sort(key=lambda pair: (-pair.score, pair.first_id, pair.second_id))
    pairs = pairs[:limit]
    wanted = {pair.first_id for pair in pairs} | {pair.second_id for pair in pairs}
    people = {row.pk: row for row in Person.objects.visible(viewer).filter(pk__in=wanted)}
    return [Duplicate(people[p.first_id], people[p.second_id], p.reasons, p.score) for p in pairs]


def _judge(
    first_id: int,
    second_id: int,
    first_name: str,
    second_name: str,
    phone: bool | None,
    birth: bool | None,
    ends: bool,
    other_paper: bool,
) -> _Pair | None:
    """Reasons and score of a pair; None for a shared phone of two differently named people (a family)."""
    same_name = first_name == second_name
    near_name = not same_name and Levenshtein.distance(first_name, second_name) <= 1
    if not same_name and not near_name and not (phone and birth):
        return None
    evidence = (
        (bool(phone), SAME_PHONE, 40),
        (same_name, SAME_NAME, 20),
        (near_name, NEAR_NAME, 10),
        (bool(birth), SAME_BIRTH, 25),
        (ends, SAME_ENDS, 30),
        (other_paper and bool(birth), OTHER_PAPER, 10),
    )
    found = [(words, points) for holds, words, points in evidence if holds]
    return _Pair(first_id, second_id, tuple(words for words, _ in found), sum(points for _, points in found))
