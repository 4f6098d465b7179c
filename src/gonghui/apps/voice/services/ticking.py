"""What days bring about: late voices go a tier higher, and what an author read without a word ends."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils import timezone

from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.rules.calendar import add_working_days
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from ..choices import OPEN, Act, State
from ..models import Voice
from .acts import add_act, go, set_clock
from .authors import end, higher, merged_seats
from .raising import desk_for


def escalate(today: date | None = None) -> int:
    """What is late: not taken in time, or with nobody left to handle it, the body above owns it; taken and not
    answered, its lateness is marked and the clock runs anew. The number of voices."""
    day, done = today or timezone.localdate(), 0
    with acting(SYSTEM):
        late = Voice.objects.filter(state__in=OPEN, due_on__lt=day, lead__isnull=True)
        ids = list(late.order_by("due_on", "pk").values_list("pk", flat=True))
    for pk in ids:
        with acting(SYSTEM):
            voice = Voice.objects.select_for_update(of=("self",)).get(pk=pk)
            if voice.state in OPEN and voice.due_on is not None and voice.due_on < day:
                _escalate(voice, day)
                done += 1
    return done


def _escalate(voice: Voice, day: date) -> None:
    body, seats = higher(voice)
    left = desk_for(voice.handler_path, voice.sensitive or None, day)[0].pk != voice.handler_id
    add_act(SYSTEM, voice, Act.ESCALATED, to=body.name)
    voice.breaches += 1
    if (voice.state == State.RECEIVED or left) and body.pk != voice.handler_id:
        go(
            voice,
            Act.ESCALATED,
            handler=body,
            handler_name=body.name[:120],
            handler_path=body.path,
            seats=merged_seats(voice, seats),
            officer_id=None,
            officer_name="",
        )
    else:
        set_clock(voice, day)
    voice.late = True
    voice.save()


def close_quiet(today: date | None = None) -> int:
    """End what its author has read and not spoken against for the days of the rule; what nobody read stays open."""
    day, done = today or timezone.localdate(), 0
    with acting(SYSTEM):
        told = list(
            Voice.objects.filter(state=State.ANSWERED, told_on__lt=day).values_list("pk", "handler_path", "told_on")
        )
    for pk, path, told_on in told:
        with acting(SYSTEM):
            days = int(rule_queries.value("voice.quiet_days", path, day).value)
            if add_working_days(told_on, days) >= day:
                continue
            voice = Voice.objects.select_for_update(of=("self",)).get(pk=pk)
            if voice.state == State.ANSWERED and voice.told_on == told_on:
                end(SYSTEM, voice)
                done += 1
    return done


_FOLLOW = """
UPDATE voice v SET handler_path = o.path,
  path = CASE WHEN starts_with(v.path, v.handler_path) THEN o.path || substr(v.path, length(v.handler_path) + 1)
    ELSE v.path END
FROM organisation o WHERE o.id = v.handler_id AND o.path <> v.handler_path AND v.state <> 'closed'
"""


def follow_moves() -> int:
    """Open voices go along when the body that handles them got another parent; how many did."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_FOLLOW)
        return int(cursor.rowcount)
