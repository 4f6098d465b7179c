"""Steps open when their turn comes and are over with an outcome; at the end the application is decided."""

from __future__ import annotations

import hashlib
from typing import Any

from ...viewer import SYSTEM
from ..choices import OPEN_STATES, Act, ApplicationState, ClockKind, NoticeState, Outcome, StepKind, StepState
from ..models import Application, Step
from ..rules.definition import Step as StepSlot
from ..rules.forms import holds
from . import clocks
from .decisions import conclude
from .noticing import publish
from .running import Run, log, now, save, seat_step, tier_of


def open_ready(run: Run) -> None:
    """Open every step whose turn has come; skip those that this application does not need; decide at the end."""
    while run.application.state in OPEN_STATES:
        rows = {row.key: row for row in current_steps(run.application)}
        over = {key for key, row in rows.items() if row.state in (StepState.DONE, StepState.SKIPPED)}
        ready = [
            slot for slot in run.definition.steps
            if slot.key not in rows and all(key in over for key in run.definition.waits_for(slot))
        ]  # fmt: skip
        if not ready:
            break
        skipped = [slot for slot in ready if not open_step(run, slot)]
        if not skipped:
            break
    _settle(run)


def current_steps(application: Application) -> list[Step]:
    """The rows of the latest round of each step."""
    latest: dict[str, Step] = {}
    for row in Step.objects.filter(application=application).order_by("order", "round", "pk"):
        latest[row.key] = row
    return list(latest.values())


def _needed(run: Run, slot: StepSlot) -> bool:
    if slot.when and not holds(slot.when, run.environment.names):
        return False
    if slot.sample is None:
        return True
    percent = clocks.days_of(slot.sample, run.application, run.today)
    drawn = hashlib.sha256(f"{run.application.number}:{slot.key}".encode()).digest()
    return int.from_bytes(drawn[:4]) % 100 < percent


def open_step(run: Run, slot: StepSlot, number: int = 1) -> bool:
    """Open one step, or mark it as not needed. True when somebody has to do something.

    :param number: which time this step is gone through.
    """
    application = run.application
    body = tier_of(application.organisation, slot.tier, slot.missing) if _needed(run, slot) else None
    row = Step(
        path=application.path,
        application=application,
        key=slot.key,
        title=slot.title,
        kind=slot.kind,
        order=run.definition.place(slot.key),
        round=number,
        organisation=body,
        role=slot.role,
        reviewers=slot.reviewers,
        confidential=application.confidential,
        opened_at=now(),
    )
    if body is None:
        row.state, row.outcome, row.done_at = StepState.SKIPPED, Outcome.SKIPPED, now()
        row.save()
        log(run, Act.SKIPPED, step=row, shown=False, actor=SYSTEM)
        return False
    row.save()
    seat_step(run, row)
    if slot.deadline:
        clocks.start(run, slot.deadline, ClockKind.STEP, step=row, title=slot.title)
    log(run, Act.OPENED, step=row, data={"organisation": body.name}, actor=SYSTEM)
    if slot.kind == "notice":
        publish(run, row, slot)
    return True


def close_step(run: Run, row: Step, outcome: Outcome, data: dict[str, Any] | None = None) -> None:
    row.state, row.outcome, row.done_at = StepState.DONE, outcome, now()
    row.data = row.data | (data or {})
    row.save(update_fields=["state", "outcome", "done_at", "data"])
    clocks.stop(step=row)


def finish_step(run: Run, row: Step, outcome: Outcome, data: dict[str, Any] | None = None) -> None:
    """A step is over: go on, or end the application where it was refused."""
    close_step(run, row, outcome, data)
    run.changed()
    if outcome == Outcome.REJECTED:
        for other in current_steps(run.application):
            if other.state in (StepState.OPEN, StepState.PAUSED):
                close_step(run, other, Outcome.SKIPPED)
        withdraw_notices(run)
        conclude(run, Outcome.REJECTED, row)
        return
    open_ready(run)


def withdraw_notices(run: Run) -> None:
    """What is refused is not shown any longer."""
    run.application.notices.filter(state=NoticeState.OPEN).update(state=NoticeState.WITHDRAWN, ended_at=now())


def go_on_after_appeal(run: Run, row: Step) -> None:
    """The step that refused counts as passed; those beside it that the refusal cut off open again."""
    for other in current_steps(run.application):
        slot = run.definition.step(other.key)
        if slot is not None and other.state == StepState.DONE and other.outcome == Outcome.SKIPPED:
            open_step(run, slot, other.round + 1)
    finish_step(run, row, Outcome.APPROVED, {})


def _settle(run: Run) -> None:
    """Set the state that the open steps show, and conclude when none is left."""
    application = run.application
    if application.state not in OPEN_STATES:
        return
    rows = current_steps(application)
    waiting = [row for row in rows if row.state in (StepState.OPEN, StepState.PAUSED)]
    if waiting:
        noticed = all(row.kind == StepKind.NOTICE for row in waiting)
        state = ApplicationState.NOTICED if noticed else ApplicationState.RUNNING
        if application.state != ApplicationState.RETURNED and application.state != state:
            save(application, state=state)
        return
    if all(slot.key in {row.key for row in rows} for slot in run.definition.steps):
        done = [row for row in rows if row.state == StepState.DONE and row.done_at is not None]
        last = max(done, key=lambda row: (row.done_at, row.pk), default=None)
        conclude(run, Outcome.APPROVED, last)
