"""The nightly grouping of a year's voices; topics of a county are grouped apart from those of its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from django.db import connection, transaction
from django.utils import timezone

from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from ..models import VoiceTerm
from ..rules.grouping import group as grouped
from ..rules.similarity import rarity

DAYS = 366
PAGE = 5_000
_READ = """
SELECT v.id, v.topic, array_agg(p.piece) FROM voice v JOIN voice_piece p ON p.voice_id = v.id
WHERE v.received_on >= %s AND v.sensitive = '' GROUP BY v.id, v.topic, v.received_on
ORDER BY v.topic, v.received_on, v.id
"""
_WRITE = """
UPDATE voice SET "group" = w.opener FROM unnest(%s::bigint[], %s::bigint[]) AS w (id, opener)
WHERE voice.id = w.id AND voice."group" IS DISTINCT FROM w.opener
"""


def group(today: date | None = None) -> int:
    """Give every voice of the last year the group it belongs to; how many voices stand in groups of two and more."""
    since = (today or timezone.localdate()) - timedelta(days=DAYS)
    together = 0
    with acting(SYSTEM):
        held = dict(VoiceTerm.objects.values_list("piece", "held"))
        total = max(held.values(), default=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM voice")
            total = max(total, cursor.fetchone()[0])
        rarities = {piece: rarity(total, count) for piece, count in held.items()}
        plain = rarity(total, 0)
        for _topic, rows in groupby(_rows(since), key=lambda row: row[1]):
            listed = [(pk, topic, frozenset(pieces)) for pk, topic, pieces in rows]
            for _, _, pieces in listed:
                for piece in pieces:
                    rarities.setdefault(piece, plain)
            together += _write(grouped(listed, rarities))
    return together


def _rows(since: date) -> Iterator[tuple[int, str, list[int]]]:
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_READ, [since])
        yield from cursor


def _write(found: dict[int, int]) -> int:
    sizes: dict[int, int] = {}
    for opener in found.values():
        sizes[opener] = sizes.get(opener, 0) + 1
    rows = [(pk, opener if sizes[opener] > 1 else None) for pk, opener in found.items()]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), PAGE):
            part = rows[start : start + PAGE]
            cursor.execute(_WRITE, [[pk for pk, _ in part], [opener for _, opener in part]])
    return sum(1 for _, opener in rows if opener is not None)
