"""Periods that run: started with a step, paused while the applicant corrects, stopped when it is over."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from ...rules import queries as rule_queries
from ..choices import ClockKind, ClockState
from ..models import Application, Clock, Step
from ..rules import clocks as periods
from ..rules.definition import Deadline
from .running import Run


def days_of(days: int | str, application: Application, on: date) -> int:
    """A number of days, or what the place's rule says ("rule:legal_aid.decide_days")."""
    if isinstance(days, int):
        return days
    return int(rule_queries.value(days.removeprefix("rule:"), application.path, on).value)


def start(run: Run, deadline: Deadline, kind: ClockKind, *, step: Step | None = None, title: str = "") -> Clock:
    """Begin a period today; the step shows its last day."""
    application = run.application
    days = days_of(deadline.days, application, run.today)
    due = periods.due(run.today, days, deadline.unit, deadline.warn)
    if step is not None and kind == ClockKind.STEP:
        step.due_on = due.on
        step.save(update_fields=["due_on"])
    return Clock.objects.create(
        path=application.path,
        application=application,
        step=step,
        kind=kind,
        title=title or kind.label,
        unit=deadline.unit,
        days=days,
        started_on=run.today,
        due_on=due.on,
        warn_on=due.warn_on,
        on_breach=deadline.breach,
        confidential=application.confidential,
    )


def stop(*, step: Step | None = None, application: Application | None = None, kind: ClockKind | None = None) -> None:
    """End the running or paused periods of a step or of a kind; a breach stays recorded."""
    rows = Clock.objects.filter(state__in=[ClockState.RUNNING, ClockState.PAUSED])
    rows = rows.filter(step=step) if step is not None else rows.filter(application=application)
    if kind is not None:
        rows = rows.filter(kind=kind)
    rows.update(state=ClockState.STOPPED, ended_at=timezone.now())


def pause(run: Run, step: Step) -> None:
    """The days of the office do not run while it waits for the applicant."""
    Clock.objects.filter(step=step, state=ClockState.RUNNING, kind=ClockKind.STEP).update(
        state=ClockState.PAUSED, paused_on=run.today
    )


def resume(run: Run, step: Step) -> None:
    """What was left when the clock stopped is left now."""
    for clock in Clock.objects.filter(step=step, state=ClockState.PAUSED, kind=ClockKind.STEP):
        assert clock.paused_on is not None
        clock.due_on = periods.resumed(clock.paused_on, clock.due_on, run.today, clock.unit)
        clock.warn_on = max(run.today, min(clock.warn_on, clock.due_on)) if not clock.warned else clock.warn_on
        clock.state, clock.paused_on = ClockState.RUNNING, None
        clock.save(update_fields=["due_on", "warn_on", "state", "paused_on"])
        step.due_on = clock.due_on
        step.save(update_fields=["due_on"])


def follow_up(
    application: Application,
    *,
    title: str,
    started_on: date,
    due_on: date | None = None,
    days: int = 0,
    unit: str = "natural",
    warn: int = 3,
) -> Clock:
    """A period that goes on after the decision (a review in a year, a limit of the law): shown on the due list.

    Its last day is given, or counted in days of a unit. An effect or an app starts it; a breach is recorded.
    """
    last = due_on or periods.due(started_on, days, unit).on
    return Clock.objects.create(
        path=application.path,
        application=application,
        kind=ClockKind.FOLLOW_UP,
        title=title[:60],
        unit=unit,
        days=days or max((last - started_on).days, 0),
        started_on=started_on,
        due_on=last,
        warn_on=max(last - timedelta(days=warn), started_on),
        on_breach="record",
        confidential=application.confidential,
    )


def end_follow_up(application: Application, *titles: str) -> int:
    """What was awaited has happened: end the running periods of these titles, or all of them; breaches stay."""
    rows = Clock.objects.filter(application=application, kind=ClockKind.FOLLOW_UP, state=ClockState.RUNNING)
    rows = rows.filter(title__in=titles) if titles else rows
    return rows.update(state=ClockState.STOPPED, ended_at=timezone.now())
