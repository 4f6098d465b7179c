"""The day and the moment on which acts of this app happen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time

from django.utils import timezone

_DAY: ContextVar[date | None] = ContextVar("voice.day", default=None)


@contextmanager
def as_of(day: date) -> Iterator[None]:
    """Act as if it were another day: for the demonstration and for tests, never for a request."""
    token = _DAY.set(day)
    try:
        yield
    finally:
        _DAY.reset(token)


def today() -> date:
    """The day on which something happens."""
    return _DAY.get() or timezone.localdate()


def now() -> datetime:
    """The moment; on another day, ten in the morning."""
    day = _DAY.get()
    return timezone.make_aware(datetime.combine(day, time(10))) if day else timezone.now()
