"""The clock of plans: every morning whoever answers for what is near or late is reminded, once a day at most."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from gonghui.kernel.rules import queries as rules
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from ..choices import LIVE_ITEMS, IssueState, ItemState, ReminderKind
from ..models import Issue, ItemStep, PlanItem, Reminder
from ..rules import reminder_due
from .holding import note

FARTHEST = timedelta(days=60)
"""The most that `reform.soon_days` may be: what is due later needs no look."""
BY_CLOCK = (ReminderKind.SOON, ReminderKind.OVERDUE)


def remind(today: date | None = None) -> int:
    """Write the reminders of a day; a second run writes none. The answer is how many were written."""
    when, made = today or timezone.localdate(), 0
    with acting(SYSTEM), transaction.atomic():
        days: dict[str, tuple[int, int]] = {}
        last = Max("reminders__on", filter=Q(reminders__kind__in=BY_CLOCK))
        of_item = Max("reminders__on", filter=Q(reminders__kind__in=BY_CLOCK, reminders__step__isnull=True))
        items = (
            PlanItem.objects.filter(
                state__in=LIVE_ITEMS, submitted_on__isnull=True, ended_on__isnull=True, due_on__lte=when + FARTHEST
            )
            .annotate(last=of_item)
            .order_by("pk")
        )
        steps = (
            ItemStep.objects.filter(
                item__state=ItemState.RUNNING,
                item__ended_on__isnull=True,
                done_on__isnull=True,
                due_on__lte=when + FARTHEST,
            )
            .select_related("item")
            .annotate(last=last)
            .order_by("pk")
        )
        issues = (
            Issue.objects.filter(state=IssueState.OPEN, due_on__lte=when + FARTHEST).annotate(last=last).order_by("pk")
        )
        for row in (*items, *steps, *issues):
            if row.path not in days:
                days[row.path] = _days(row.path, when)
            soon, every = days[row.path]
            kind = reminder_due(row.due_on, row.last, when, soon, every)
            if kind:
                made += _write(row, ReminderKind(kind), when)
    return made


def _days(path: str, on: date) -> tuple[int, int]:
    found = rules.values(["reform.soon_days", "reform.remind_every"], path, on)
    return int(found["reform.soon_days"].value), int(found["reform.remind_every"].value)


def _write(row: PlanItem | ItemStep | Issue, kind: ReminderKind, on: date) -> int:
    name: dict[str, Any] = {"issue": row}
    defaults = {"path": row.path}
    if isinstance(row, PlanItem):
        name = {"item": row, "step": None}
    elif isinstance(row, ItemStep):
        name, defaults = {"item": row.item, "step": row}, defaults | {"note": f"节点“{row.title}”"}
    reminder, made = Reminder.objects.get_or_create(**name, kind=kind, on=on, defaults=defaults)
    if made:
        what = row.source if isinstance(row, Issue) else row.title
        note(SYSTEM, "reminded", reminder, what, kind=str(kind), due_on=row.due_on)
    return int(made)
