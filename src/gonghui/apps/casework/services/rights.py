"""Legal aid, arrears and disputes: cases that begin with a decision, and the periods of the law that follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.procedures.models import Clock
from gonghui.kernel.procedures.services import Made, end_follow_up, follow_up
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.rules.calendar import add_days
from gonghui.kernel.viewer import Viewer

from .. import rules
from ..choices import CaseKind, CaseState, Stage
from ..models import Case, CaseEvent, Claimant
from ..sealing import CASE, CLAIMANT, EVENT, close
from .hardship import note


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None


def _open(actor: Viewer, made: Made, kind: CaseKind, facts: Mapping[str, Any]) -> Case:
    application = made.application
    case = Case.objects.create(
        path=application.path,
        application=application,
        person=application.person,
        organisation=application.organisation,
        kind=kind,
        facts=close(dict(facts), CASE),
        opened_on=made.on,
    )
    _happened(actor, case, Stage.STARTED, made.on, "")
    note(actor, "casework.opened", "case", case)
    return case


def _happened(actor: Viewer, case: Case, stage: Stage, on: date, words: str) -> None:
    CaseEvent.objects.create(
        path=case.path,
        application_id=case.application_id,
        case=case,
        stage=stage,
        on=on,
        note=close(words[:500], EVENT) if words else None,
        actor_name=actor.name[:60],
    )


def open_legal_aid(actor: Viewer, *, made: Made) -> Case:
    """Legal aid was granted and counsel appointed."""
    keys = ("against", "claim", "amount_claimed", "phone")
    facts = {key: made.values.get(key) for key in keys} | {key: made.given.get(key) for key in ("counsel", "firm")}
    with transaction.atomic():
        return _open(actor, made, CaseKind.LEGAL_AID, facts)


def _limit(made: Made, *, wages: bool, known_on: date | None) -> None:
    months = rule_queries.value("casework.arbitration_limit_months", made.application.path, made.on).value
    last = rules.limit_day(
        wages=wages,
        employed=made.values.get("employed") is True,
        known_on=known_on,
        left_on=_day(made.values.get("left_on")),
        months=months,
    )
    if last is not None:
        follow_up(made.application, title=rules.LIMIT, started_on=made.on, due_on=last, warn=30)


def open_arrears(actor: Viewer, *, made: Made) -> Case:
    """An arrears clue is true: each worker is kept with what is claimed, so that what comes back is counted."""
    values, application = made.values, made.application
    with transaction.atomic():
        case = _open(
            actor,
            made,
            CaseKind.ARREARS,
            {key: values.get(key) for key in ("against", "project", "since", "employed", "left_on")},
        )
        Claimant.objects.bulk_create(
            Claimant(
                path=application.path,
                application=application,
                case=case,
                who=close({"name": row["name"], "phone": row.get("phone") or ""}, CLAIMANT),
                claimed=row["claimed"],
            )
            for row in values.get("claimants") or []
        )
        _limit(made, wages=True, known_on=None)
    return case


def open_dispute(actor: Viewer, *, made: Made) -> Case:
    """Mediation is over: an agreement has to be performed; without one the year to ask for arbitration is watched."""
    values = made.values
    agreed = made.given.get("outcome") == "agreed"
    keys = ("against", "claim", "known_on", "employed", "left_on", "phone")
    with transaction.atomic():
        case = _open(
            actor, made, CaseKind.DISPUTE, {key: values.get(key) for key in keys} | {"outcome": made.given["outcome"]}
        )
        perform_on = _day(made.given.get("perform_on"))
        if agreed and perform_on is not None:
            follow_up(made.application, title=rules.PERFORM, started_on=made.on, due_on=perform_on)
        _limit(made, wages=values.get("claim") == "wages", known_on=_day(values.get("known_on")))
    return case


def _held(actor: Viewer, case_id: int) -> Case:
    require(actor, "case.handle")
    case: Case | None = (
        Case.objects.select_for_update(of=("self",)).filter(pk=case_id).select_related("application").first()
    )
    if case is None or not actor.reaches(case.path):
        raise Refusal("GH-CAS-010", "没有这一件，或它不由当前岗位办理")
    if case.state != CaseState.OPEN:
        raise Refusal("GH-CAS-011", "这一件已经办结", "state")
    return case


def advance(actor: Viewer, *, case_id: int, stage: Stage, on: date, words: str = "") -> Case:
    """Note what happened in a dispute; the periods of the law that it ends stop, those that it begins run.

    :raises Refusal: GH-CAS-012 not what comes next; 013 a day that cannot be.
    """
    with transaction.atomic():
        case = _held(actor, case_id)
        if stage not in rules.NEXT[Stage(case.stage)]:
            raise Refusal("GH-CAS-012", f"“{case.get_stage_display()}”以后不能是“{stage.label}”", "stage", "按顺序登记")
        last = CaseEvent.objects.filter(case=case).order_by("-pk").values_list("on", flat=True).first()
        if on > timezone.localdate() or (last is not None and case.stage != Stage.STARTED and on < last):
            raise Refusal("GH-CAS-013", "日期不能早于上一步，也不能晚于今天", "on")
        awarded = Clock.objects.filter(application=case.application, title=rules.AWARD).order_by("-pk").first()
        end_follow_up(case.application, *(rules.ENDS.get(stage, ()) if stage != Stage.DONE else ()))
        for title, key in rules.BEGINS.get(stage, ()):
            days = rule_queries.value(key, case.path, on).value
            follow_up(case.application, title=title, started_on=on, due_on=add_days(on, days), warn=2)
        if stage == Stage.EXTENDED and awarded is not None:
            days = rule_queries.value("casework.award_extension_days", case.path, on).value
            follow_up(
                case.application,
                title=rules.AWARD,
                started_on=on,
                due_on=add_days(awarded.due_on, days),
                warn=2,
            )
        case.stage = stage
        case.save(update_fields=["stage"])
        _happened(actor, case, stage, on, words)
        note(actor, "casework.advanced", "case", case)
    return case


def record_recovery(actor: Viewer, *, claimant_id: int, recovered: int, on: date) -> Claimant:
    """What a worker has got back so far, in fen.

    :raises Refusal: GH-CAS-014 more than was claimed, or less than before; 013 a day in the future.
    """
    with transaction.atomic():
        row: Claimant | None = Claimant.objects.filter(pk=claimant_id).first()
        if row is None:
            raise Refusal("GH-CAS-010", "没有这一件，或它不由当前岗位办理")
        case = _held(actor, row.case_id)
        row = Claimant.objects.select_for_update().get(pk=claimant_id)
        if not 0 <= recovered <= row.claimed:
            raise Refusal("GH-CAS-014", f"追回金额应在0至{rules.yuan(row.claimed)}之间", "recovered")
        if on > timezone.localdate():
            raise Refusal("GH-CAS-013", "日期不能晚于今天", "on")
        row.recovered, row.recovered_on = recovered, on
        row.save(update_fields=["recovered", "recovered_on"])
        note(actor, "casework.recovered", "case", case)
    return row


def close_case(actor: Viewer, *, case_id: int, result: str) -> Case:
    """The matter is over; what it came to is said in a sentence that names nobody.

    :raises Refusal: GH-CAS-015 without a result.
    """
    if len(result.strip()) < 2:
        raise Refusal("GH-CAS-015", "还没有写结果", "result", "例如“裁决支持全部请求”")
    with transaction.atomic():
        case = _held(actor, case_id)
        case.state, case.closed_on, case.result = CaseState.CLOSED, timezone.localdate(), result.strip()[:300]
        case.stage = Stage.DONE
        case.save(update_fields=["state", "closed_on", "result", "stage"])
        _happened(actor, case, Stage.DONE, case.closed_on, "")
        end_follow_up(case.application)
        note(actor, "casework.closed", "case", case)
    return case
