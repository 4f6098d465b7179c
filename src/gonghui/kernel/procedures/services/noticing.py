"""Putting up a public notice (公示): what it shows is fixed when it goes up, masked by the definition."""

from __future__ import annotations

import secrets
from typing import Any

from ...viewer import SYSTEM
from ..choices import Act, ClockKind
from ..models import Notice, Step
from ..rules.definition import Deadline
from ..rules.definition import Step as StepSlot
from ..rules.forms import in_words, masked, masked_name
from . import clocks
from .running import Run, log


def shown_rows(run: Run) -> list[dict[str, str]]:
    """Label and value of everything that may be shown, in the order of the form."""
    application, rows = run.application, []
    name = masked_name(application.applicant_name) if application.person_id else application.applicant_name
    rows.append({"label": "公示对象", "value": name})
    if application.verdict:
        rows.append({"label": "认定", "value": application.verdict})
    if application.grade:
        rows.append({"label": "等级", "value": application.grade})
    values = run.environment.names
    for one in run.definition.form.walk():
        value = values.get(one.key)
        if one.notice == "hide" or value in (None, "", []):
            continue
        if one.notice == "mask":
            words = masked(one, value) if one.is_sealed else masked_name(str(in_words(one, value)))
        else:
            words = in_words(one, value)
        rows.append({"label": one.title, "value": words})
    return rows


def publish(run: Run, row: Step, slot: StepSlot) -> Notice:
    """Put the notice up for its days; its clock ends it."""
    assert slot.days is not None and row.organisation is not None
    deadline = Deadline(days=slot.days, unit=slot.day_unit, warn=0, breach="record")
    clock = clocks.start(run, deadline, ClockKind.NOTICE, step=row, title=slot.title)
    row.due_on = clock.due_on
    row.save(update_fields=["due_on"])
    shown: dict[str, Any] = {
        "rows": shown_rows(run),
        "number": run.application.number,
        "procedure": run.definition.title,
        "objection_days": slot.objection_days,
        "role": slot.objection_role or slot.role,
    }
    notice = Notice.objects.create(
        path=run.application.path,
        application=run.application,
        step=row,
        token=secrets.token_urlsafe(15),
        title=f"{run.definition.title}{slot.title}",
        issuer=row.organisation,
        shown=shown,
        opens_on=run.today,
        closes_on=clock.due_on,
    )
    log(run, Act.NOTICED, step=row, data={"closes_on": clock.due_on.isoformat()}, actor=SYSTEM)
    return notice
