"""Voices that say the same in other words: found by the rarest words, ordered by likeness (rules/similarity.py)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db import connection

from gonghui.kernel.org.choices import Level
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import ancestors, subtree
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN
from ..models import PublicVoice, Voice, VoicePiece, VoiceTerm
from ..rules.similarity import SHOWN, likeness, rarity
from ..sealing import pieces
from .words import terms_of

RAREST = 6
"""How many of a text's words are looked up, the rarest first."""
NEWEST = 1500
"""How many voices holding a word are looked at, the newest first: what is asked now is what others may join now."""
KEPT = 80
"""How many of those that share most are compared whole."""

_FIND = """
SELECT f.voice_id FROM unnest(%s::bigint[], %s::float8[]) AS w (piece, weight)
CROSS JOIN LATERAL (
  SELECT p.voice_id FROM voice_piece p WHERE p.piece = w.piece AND {range} ORDER BY p."on" DESC LIMIT {newest}
) f
GROUP BY f.voice_id ORDER BY sum(w.weight) DESC LIMIT {kept}
"""
_RANGE = "p.path >= %s AND p.path < %s"


@dataclass(frozen=True)
class Near:
    """A voice with how like it is to the text, between 0 and 1."""

    voice_id: int
    likeness: float


def rarities_of(found: list[int]) -> dict[int, float]:
    """How much each word tells, by the nightly count; a word not counted yet is rare."""
    held = dict(VoiceTerm.objects.filter(piece__in=found).values_list("piece", "held"))
    total = _total()
    return {piece: rarity(max(total, held.get(piece, 0)), held.get(piece, 0)) for piece in found}


def _total() -> int:
    """About how many voices there are: the planner's own estimate is near enough for weights."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 100)::bigint FROM pg_class WHERE oid = 'voice'::regclass")
        return int(cursor.fetchone()[0])


def near(
    viewer: Viewer, text: str, topic: str, *, path: str, shown: bool, limit: int = 5, floor: float = SHOWN
) -> list[Near]:
    """Voices like a text, the most like first. `shown`: only public ones of the place's neighbourhood, for whoever is
    about to say the same; else those of the viewer's range."""
    wanted = set(pieces(terms_of(text, path)).values())
    around = neighbourhood(path) if shown else (viewer.lo, viewer.hi)
    return _near(wanted, topic, around, shown=shown, limit=limit, floor=floor, but=None)


def neighbourhood(path: str) -> tuple[str, str]:
    """The range of the county that a place belongs to: whose canteens and buses its workers share."""
    line = PublicOrganisation.objects.filter(path__in=[*ancestors(path), path], level=Level.COUNTY)
    return subtree(line.values_list("path", flat=True).first() or path)


def near_voice(viewer: Viewer, voice: Voice, *, limit: int = 8, floor: float = SHOWN) -> list[Near]:
    """Voices of the viewer's range like one that is there."""
    wanted = set(VoicePiece.objects.filter(voice=voice).values_list("piece", flat=True))
    around = (viewer.lo, viewer.hi)
    return _near(wanted, voice.topic, around, shown=False, limit=limit, floor=floor, but=voice.pk)


def _near(
    wanted: set[int], topic: str, around: tuple[str, str], *, shown: bool, limit: int, floor: float, but: int | None
) -> list[Near]:
    weights = rarities_of(list(wanted))
    rarest = sorted(wanted, key=lambda piece: -weights[piece])[:RAREST]
    ids = [one for one in _candidates(rarest, [weights[one] for one in rarest], around, shown) if one != but]
    others: dict[int, set[int]] = defaultdict(set)
    for voice_id, piece in VoicePiece.objects.filter(voice_id__in=ids).values_list("voice_id", "piece"):
        others[voice_id].add(piece)
    weights |= rarities_of(list(set().union(*others.values()) - set(weights))) if others else {}
    topics = dict((PublicVoice.objects.filter(voice_id__in=ids).values_list("voice_id", "topic")) if shown else
                  Voice.objects.filter(pk__in=ids).values_list("pk", "topic"))  # fmt: skip
    found = [
        Near(voice_id, likeness(wanted, others[voice_id], weights, topics.get(voice_id) == topic))
        for voice_id in ids
        if voice_id in topics
    ]
    return sorted((one for one in found if one.likeness >= floor), key=lambda one: -one.likeness)[:limit]


def _candidates(rarest: list[int], weights: list[float], around: tuple[str, str], shown: bool) -> list[int]:
    if not rarest:
        return []
    sql = _FIND.format(range=f"p.shown AND {_RANGE}" if shown else _RANGE, newest=NEWEST, kept=KEPT)
    with connection.cursor() as cursor:
        cursor.execute(sql, [rarest, weights, *around])
        return [row[0] for row in cursor.fetchall()]


def public_near(viewer: Viewer, text: str, topic: str, path: str) -> list[PublicVoice]:
    """Public matters that say the same and can still be joined: “12 others said this”."""
    found = near(viewer, text, topic, path=path, shown=True, limit=12)
    rows = PublicVoice.objects.filter(voice_id__in=[one.voice_id for one in found], state__in=OPEN).in_bulk(
        field_name="voice_id"
    )
    return [rows[one.voice_id] for one in found if one.voice_id in rows][:3]
