"""The deadline job: warns before, acts when a period is over, ends notices; each clock in its own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ...access.models import Post
from ...refusal import Refusal
from ...scope import acting
from ...trail.services import record_many
from ...viewer import SYSTEM
from ..choices import Act, ApplicationState, Breach, ClockKind, ClockState, Outcome, StepState
from ..models import Clock, Notice, Step
from ..rules.definition import Deadline
from . import clocks
from .notices import end_if_over
from .reviewing import give_up, move_up
from .running import Run, log, moving, save
from .running import today as this_day
from .steps import close_step, current_steps, finish_step

BATCH = 5000


def tick(today: date | None = None) -> dict[str, int]:
    """Everything that the day brings: how many by kind. Repeating it changes nothing."""
    day = today or this_day()
    return {
        "warned": _warn(day),
        "recorded": _record(day),
        "acted": _act(day),
        "notices": _notices(day),
        "moved": _without_office(day),
    }


def _running(**more: object) -> QuerySet[Clock]:
    return Clock.objects.filter(state=ClockState.RUNNING, **more)


def _warn(day: date) -> int:
    """Mark what is due soon, in blocks: desks show it amber."""
    total = 0
    while True:
        with acting(SYSTEM):
            ids = list(
                _running(warned=False, warn_on__lte=day).order_by("warn_on", "pk").values_list("pk", flat=True)[:BATCH]
            )
            if not ids:
                return total
            rows = Clock.objects.filter(pk__in=ids, warned=False)
            Step.objects.filter(clocks__in=ids, state=StepState.OPEN, due_tone="").update(due_tone="wait")
            total += rows.update(warned=True)


def _record(day: date) -> int:
    """Breaches that are only recorded, in blocks: the office sees them red, and they stay on its record."""
    total = 0
    while True:
        with acting(SYSTEM):
            rows = list(
                _running(on_breach=Breach.RECORD, due_on__lt=day)
                .exclude(kind__in=[ClockKind.NOTICE])
                .order_by("due_on", "pk").values_list("pk", "path", "application_id", "confidential")[:BATCH]
            )  # fmt: skip
            if not rows:
                return total
            ids = [pk for pk, *_ in rows]
            appeals = Clock.objects.filter(pk__in=ids, kind=ClockKind.APPEAL)
            appeals.update(state=ClockState.STOPPED, ended_at=timezone.now())
            late = Clock.objects.filter(pk__in=ids, state=ClockState.RUNNING)
            Step.objects.filter(clocks__in=late, state=StepState.OPEN).update(due_tone="bad")
            record_many(
                SYSTEM, "application.breached", object_type="application",
                rows=[("" if hidden else path, application, None) for _, path, application, hidden in rows],
            )  # fmt: skip
            total += late.update(state=ClockState.BREACHED, ended_at=timezone.now())


def _act(day: date) -> int:
    """Periods whose end does something: escalation, silence as consent, a correction that never came."""
    ids = []
    with acting(SYSTEM):
        ids = list(
            _running(due_on__lt=day).exclude(on_breach=Breach.RECORD).exclude(kind=ClockKind.NOTICE)
            .order_by("due_on", "pk").values_list("pk", "application_id")
        )  # fmt: skip
    done = 0
    for clock_id, application_id in ids:
        with _alone(application_id, day) as run:
            clock = _running(pk=clock_id, due_on__lt=day).select_related("step__organisation").first()
            if clock is not None:
                _over(run, clock)
                done += 1
    return done


@contextmanager
def _alone(application_id: int, day: date) -> Iterator[Run]:
    """One application in its own transaction. What an effect refuses is undone and left for a person to decide."""
    try:
        with acting(SYSTEM), moving(SYSTEM, application_id) as run:
            run.today = day
            yield run
    except Refusal as refusal:
        with acting(SYSTEM):
            for step in Step.objects.filter(application_id=application_id, state=StepState.OPEN):
                step.data, step.due_tone = step.data | {"stuck": str(refusal)}, "bad"
                step.save(update_fields=["data", "due_tone"])


def _over(run: Run, clock: Clock) -> None:
    clock.state, clock.ended_at = ClockState.BREACHED, timezone.now()
    clock.save(update_fields=["state", "ended_at"])
    step = clock.step
    log(run, Act.BREACHED, step=step, note=clock.title, actor=SYSTEM, shown=clock.kind != ClockKind.STEP)
    if clock.on_breach == Breach.LAPSE:
        _lapse(run)
    elif step is not None and step.state == StepState.OPEN and clock.on_breach == Breach.CONSENT:
        log(run, Act.CONSENTED, step=step, actor=SYSTEM)
        finish_step(run, step, Outcome.CONSENTED, {"note": "超期没有答复，视为同意"})
    elif step is not None and step.state == StepState.OPEN and clock.on_breach == Breach.ESCALATE:
        step.due_tone = "bad"
        step.save(update_fields=["due_tone"])
        if move_up(run, step, "超期没有办理"):
            deadline = Deadline(days=max(clock.days, 1), unit=clock.unit, warn=1, breach="escalate")  # type: ignore[arg-type]
            clocks.start(run, deadline, ClockKind.STEP, step=step, title=clock.title)


def _lapse(run: Run) -> None:
    """Not corrected in time: as if taken back (法律援助法 and the like: silence is withdrawal)."""
    for row in current_steps(run.application):
        if row.state in (StepState.OPEN, StepState.PAUSED):
            close_step(run, row, Outcome.SKIPPED)
    clocks.stop(application=run.application)
    save(run.application, state=ApplicationState.LAPSED, ended_at=timezone.now())
    log(run, Act.LAPSED, actor=SYSTEM)


def _notices(day: date) -> int:
    with acting(SYSTEM):
        ids = list(
            Notice.objects.filter(state="open", closes_on__lt=day).order_by("pk").values_list("pk", "application_id")
        )
    done = 0
    for notice_id, application_id in ids:
        with _alone(application_id, day) as run:
            notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
            done += notice is not None and end_if_over(run, notice)
    return done


def _without_office(day: date) -> int:
    """Steps of a post that nobody holds go up, so that no application waits where nobody works."""
    held = Post.objects.filter(
        organisation_id=OuterRef("organisation_id"),
        role=OuterRef("role"),
        granted_by__isnull=False,
        valid_from__lte=day,
        account__is_active=True,
    ).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    with acting(SYSTEM):
        rows = Step.objects.filter(state=StepState.OPEN, organisation__isnull=False, assignee_id__isnull=True)
        ids = list(rows.exclude(kind="notice").exclude(Exists(held)).values_list("pk", "application_id"))
    done = 0
    for step_id, application_id in ids:
        with _alone(application_id, day) as run:
            row = Step.objects.select_related("organisation").get(pk=step_id)
            done += row.state == StepState.OPEN and give_up(run, row, day)
    return done
