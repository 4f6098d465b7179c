"""The words of a voice, put down as numbers by which it is found; counted nightly; grouped nightly."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection, transaction
from django.utils import timezone

from gonghui.kernel.rules import queries as rule_queries

from ..models import Voice, VoicePiece
from ..rules.similarity import groups_of, terms
from ..sealing import pieces


@lru_cache(maxsize=32)
def _groups(lines: tuple[str, ...]) -> dict[str, str]:
    return groups_of(lines)


def terms_of(plain: str, path: str) -> frozenset[str]:
    """The words of a text as the place joins them."""
    lines = rule_queries.value("voice.same_words", path, timezone.localdate()).value
    return terms(plain, _groups(tuple(lines)))


def index(voice: Voice, plain: str) -> None:
    """Put the words of a voice down; an earlier putting-down is replaced."""
    found = pieces(terms_of(plain, voice.organisation.path))
    VoicePiece.objects.filter(voice=voice).delete()
    VoicePiece.objects.bulk_create(
        [VoicePiece(path=voice.path, voice=voice, piece=piece, on=voice.received_on) for piece in set(found.values())]
    )


def show_pieces(voice: Voice, shown: bool) -> None:
    """Whether members find it when they write the same."""
    VoicePiece.objects.filter(voice=voice).update(shown=shown)


def count_terms() -> int:
    """Count anew in how many voices each word stands; the number of words."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM voice_term")
        cursor.execute("INSERT INTO voice_term (piece, held) SELECT piece, count(*) FROM voice_piece GROUP BY piece")
        return int(cursor.rowcount)
