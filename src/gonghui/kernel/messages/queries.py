"""What a member reads of their messages, and what staff read of the outbox: counts, never persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from ..access.rules import require
from ..manifest import MessageKind
from ..scope import widened
from ..viewer import Viewer
from . import registry, rules
from .choices import MessageState
from .models import Message, Mute

SHOWN = 50
DAYS = 14
VIEW = "message.view"


@dataclass(frozen=True, slots=True)
class Line:
    """One message as its member reads it."""

    row: Message
    words: str
    page: str
    """Where it leads inside the platform; empty when its kind is no longer used."""

    @property
    def unread(self) -> bool:
        return self.row.read_at is None


def line(row: Message) -> Line:
    kind = registry.kinds().get(row.kind)
    return Line(row, rules.words(kind, row.title, row.until), registry.page_of(row))


def own(viewer: Viewer) -> QuerySet[Message]:
    """The member's messages, newest first; one that is for later is not there yet."""
    rows = Message.objects.filter(person_id=viewer.person_id or 0, due_at__lte=timezone.now())
    return rows.order_by("-due_at", "-pk")


def newest(viewer: Viewer) -> list[Line]:
    return [line(row) for row in own(viewer)[:SHOWN]]


def unread(viewer: Viewer, most: int = SHOWN) -> list[Line]:
    """What the member has not opened."""
    return [line(row) for row in own(viewer).filter(read_at__isnull=True)[:most]]


def ordinary() -> list[MessageKind]:
    """Kinds that a member may keep off the phone."""
    return [one for one in registry.kinds().values() if not one.urgent]


def urgent() -> list[MessageKind]:
    return [one for one in registry.kinds().values() if one.urgent]


def muted(viewer: Viewer) -> set[str]:
    return set(Mute.objects.filter(person_id=viewer.person_id or 0).values_list("kind", flat=True))


@dataclass(frozen=True, slots=True)
class Day:
    """How the messages of a kind fared on a day."""

    on: date
    title: str
    waiting: int
    sent: int
    failed: int
    dropped: int


def days(viewer: Viewer, today: date) -> list[Day]:
    """Of the last two weeks, the newest day first; of the viewer's range, without persons."""
    require(viewer, VIEW)
    counted = {state: Count("pk", filter=Q(state=state)) for state in MessageState.values}
    with widened():  # only counts leave: the rows themselves are for their persons
        rows: list[Any] = list(
            _since(viewer, today).annotate(on=TruncDate("made_at")).values("on", "kind").annotate(**counted)
            .order_by("-on", "kind")
        )  # fmt: skip
    return [Day(one["on"], _title(one["kind"]), *(one[state] for state in MessageState.values)) for one in rows]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why messages were not sent: how many, the last time."""

    title: str
    reason: str
    state: str
    count: int
    last: datetime


def troubles(viewer: Viewer, today: date) -> list[Trouble]:
    """Reasons of the last two weeks, of failures and of what is tried again, the latest first."""
    require(viewer, VIEW)
    with widened():  # only counts leave: the rows themselves are for their persons
        rows = _since(viewer, today).exclude(state=MessageState.DROPPED).exclude(reason="")
        found: list[Any] = list(
            rows.values("kind", "reason", "state")
            .annotate(count=Count("pk"), last=Max("next_at"))
            .order_by("-last")[:20]
        )
    return [
        Trouble(_title(one["kind"]), one["reason"], MessageState.said(one["state"]), one["count"], one["last"])
        for one in found
    ]


def _since(viewer: Viewer, today: date) -> QuerySet[Message]:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight.replace(year=today.year, month=today.month, day=today.day) - timedelta(days=DAYS - 1)
    rows: QuerySet[Message] = Message.objects.visible(viewer)
    rows = rows.exclude(title="")  # not even a count may tell that somewhere there is a confidential matter
    return rows.filter(made_at__gte=first, due_at__lte=timezone.now())


def _title(key: str) -> str:
    kind = registry.kinds().get(key)
    return kind.title if kind else key
