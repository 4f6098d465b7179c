"""Messages go when they are long over: what they were about stays on its own record."""

from __future__ import annotations

from datetime import datetime

from ...scope import acting
from ...viewer import SYSTEM
from .. import rules
from ..choices import MessageState
from ..models import Message

_BATCH = 5_000


def forget_old(now: datetime) -> int:
    """Delete what was made longer ago than is kept; how many went.

    Numbers rise with the time, so that only what goes, and the first that stays, is looked at.
    """
    gone, after = 0, 0
    while True:
        with acting(SYSTEM):
            rows = Message.objects.filter(pk__gt=after).order_by("pk")
            batch = list(rows.values_list("pk", "made_at", "state")[:_BATCH])
            old = [one for one in batch if one[1] < now - rules.KEPT]
            over = [pk for pk, _, state in old if state != MessageState.WAITING]
            gone += Message.objects.filter(pk__in=over).delete()[0]
        if len(old) < _BATCH:
            return gone
        after = batch[-1][0]


__all__ = ["forget_old"]
