"""A member and their own voices: found by their person, written where the voice lies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import Viewer

from ..models import Backer, Voice
from . import authors, days


@contextmanager
def _own(actor: Viewer, voice_id: int) -> Iterator[Voice]:
    """The member's own voice, locked.

    :raises Refusal: GH-VOI-010.
    """
    mine = actor.person_id is not None and Voice.objects.filter(pk=voice_id, person_id=actor.person_id).exists()
    if not mine:
        raise Refusal("GH-VOI-010", "没有这条意见")
    with transaction.atomic(), widened():
        yield Voice.objects.select_for_update(of=("self",)).get(pk=voice_id)


def write(actor: Viewer, *, voice_id: int, words: str) -> None:
    """Add something to one's own voice."""
    with _own(actor, voice_id) as voice:
        authors.write(actor, voice, words)


def see(actor: Viewer, *, voice_id: int) -> None:
    """The member has the answer before them."""
    with _own(actor, voice_id) as voice:
        authors.see(actor, voice)


def rate(actor: Viewer, *, voice_id: int, score: int) -> None:
    """1 to 5: the member is through with it."""
    with _own(actor, voice_id) as voice:
        authors.rate(actor, voice, score)


def not_solved(actor: Viewer, *, voice_id: int, words: str) -> None:
    """Once: handled anew, a tier higher."""
    with _own(actor, voice_id) as voice:
        authors.not_solved(actor, voice, words)


def see_joined(actor: Viewer) -> None:
    """The member has before them what was answered to the matters they joined."""
    rows = Backer.objects.filter(person_id=actor.person_id or 0)
    if rows.exclude(seen_on=days.today()).exists():
        with transaction.atomic(), widened():
            rows.update(seen_on=days.today())
