"""What moment it is for offers: the database's, which alone decides who was in time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import connection

_MOMENT: ContextVar[datetime | None] = ContextVar("quotas.moment", default=None)


def moment() -> datetime:
    """The database's clock, or the moment set by `at`."""
    if (set_to := _MOMENT.get()) is not None:
        return set_to
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


@contextmanager
def at(when: datetime) -> Iterator[None]:
    """Act as of another moment: for the demonstration's past and for tests. The gate never looks here."""
    token = _MOMENT.set(when)
    try:
        yield
    finally:
        _MOMENT.reset(token)
