"""Putting a message into the outbox, in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ...people.models import Person
from ...scope import widened
from ..choices import MessageState
from ..models import LONGEST_TITLE, Message
from ..registry import kinds
from ..rules import OVER


def tell(
    kind: str,
    to: int | Iterable[tuple[int, int]],
    *,
    about: int = 0,
    title: str,
    turn: str = "",
    at: datetime | None = None,
    due: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Let somebody know; the same kind about the same row and turn is one message, however often this is called.

    :param to: a person, or pairs of a person and the row it is about for them.
    :param title: what everybody may read; empty for a confidential matter, whose message then says nothing of it.
    :param at: when it happened; :param due: not before; :param until: afterwards it makes no sense on a phone.
    """
    known = kinds()[kind]
    pairs = [(to, about)] if isinstance(to, int) else list(to)
    now = timezone.now()
    made = at or now
    begins = max(made, due) if due else made
    ends = until or begins + known.lives
    late = ends <= now
    with transaction.atomic(), widened():
        paths = dict(Person.objects.filter(pk__in={pk for pk, _ in pairs}).values_list("pk", "path"))
        Message.objects.bulk_create(
            [
                Message(
                    path=paths[person], person_id=person, kind=kind, about=row, turn=turn[:20],
                    title=title.strip()[:LONGEST_TITLE], urgent=known.urgent, made_at=made, due_at=begins,
                    next_at=begins, until=ends, state=MessageState.DROPPED if late else MessageState.WAITING,
                    reason=OVER if late else "",
                )
                for person, row in pairs
                if person in paths
            ],
            ignore_conflicts=True,
            batch_size=2_000,
        )  # fmt: skip


def tell_later(job: str, **given: int) -> None:
    """Where thousands are to be told: a job that comes with the transaction writes their messages in batches."""
    from procrastinate.contrib.django import app

    app.configure_task(job, queue="default").defer(**given)
