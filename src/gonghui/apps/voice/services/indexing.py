"""The words of a voice, put down as numbers by which it is found; counted nightly; grouped nightly."""

from __future__ import annotations

from django.db import connection

from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from ..models import Voice, VoicePiece
from ..queries.words import terms_of
from ..sealing import pieces


def index(voice: Voice, plain: str) -> None:
    """Put the words of a voice down; an earlier putting-down is replaced."""
    found = pieces(terms_of(plain, voice.path))
    VoicePiece.objects.filter(voice=voice).delete()
    VoicePiece.objects.bulk_create(
        [VoicePiece(path=voice.path, voice=voice, piece=piece, on=voice.received_on) for piece in set(found.values())]
    )


def show_pieces(voice: Voice, shown: bool) -> None:
    """Whether members find it when they write the same."""
    VoicePiece.objects.filter(voice=voice).update(shown=shown)


def count_terms() -> int:
    """Count anew in how many voices each word stands; the number of words."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM voice_term")
        cursor.execute("INSERT INTO voice_term (piece, held) SELECT piece, count(*) FROM voice_piece GROUP BY piece")
        return int(cursor.rowcount)
