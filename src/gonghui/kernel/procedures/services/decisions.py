"""What an application came to: the decision with its rules and facts, and its effects, in one transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ...access.rules import PERMISSIONS
from ...refusal import Refusal
from ...scope import take_scope_of
from ...viewer import SYSTEM, Viewer
from ..choices import Act, ApplicationState, ClockKind, ObjectionState, Outcome
from ..models import Application, Decision, EffectRun, Objection, Step, Submission
from ..registry import effect
from ..rules.definition import EffectUse
from . import clocks
from .running import Run, acting_as, log, now, save, tell_applicant

REJECTED_STATES = {Outcome.REJECTED: ApplicationState.REJECTED, Outcome.APPROVED: ApplicationState.APPROVED}


@dataclass(frozen=True, slots=True)
class Made:
    """What an effect is told: the application, the decision that brings it about, and its inputs."""

    application: Application
    decision: Decision
    given: dict[str, Any]
    values: dict[str, Any]
    """Every answer in clear, the encrypted ones included; effects store what they need, sealed again."""
    on: date


def digest_of(body: Any) -> str:
    """Of facts and rules, so that a decision can be tied to exactly what it used."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def conclude(run: Run, outcome: Outcome, last: Step | None) -> Decision:
    """Decide and let the effects happen. A refusal of an effect undoes the decision: nothing is half done.

    :raises Refusal: GH-PRO-040 an objection is still open; and whatever an effect refuses.
    """
    application = run.application
    if Objection.objects.filter(application=application, state=ObjectionState.OPEN).exists():
        raise Refusal("GH-PRO-040", "还有异议没有答复，答复以前不能办结", hint="先答复异议")
    said = (last.data if last is not None else {}) or {}
    submission = Submission.objects.filter(application=application).order_by("-number").first()
    if submission is None:
        raise Refusal("GH-PRO-041", "这份申请还没有提交过")
    seen = run.environment
    facts = {
        "names": _plain(seen.facts),
        "verdict": application.verdict,
        "score": _text(application.score),
        "grade": application.grade,
    }
    decision = Decision.objects.create(
        path=application.path,
        application=application,
        round=Decision.objects.filter(application=application).count() + 1,
        outcome=outcome,
        reason=str(said.get("note", ""))[:1000],
        document_no=str(said.get("document_no", ""))[:80],
        on=run.today,
        account_id=run.actor.account_id,
        actor_name=run.actor.name[:60],
        organisation=last.organisation if last is not None else None,
        submission=submission,
        rules=seen.rules,
        facts=facts,
        digest=digest_of([submission.digest, seen.rules, facts, outcome]),
    )
    save(application, state=REJECTED_STATES[outcome], ended_at=now())
    clocks.stop(application=application)
    log(
        run,
        Act.DECIDED,
        step=last,
        note=decision.reason,
        data={"outcome": outcome, "document_no": decision.document_no},
    )
    uses = run.definition.approved if outcome == Outcome.APPROVED else run.definition.rejected
    for number, use in enumerate(uses):
        _happen(run, decision, number, use, last)
    tell_applicant(run, "procedures.decided", turn=str(decision.round))
    if outcome == Outcome.REJECTED and run.definition.appeal is not None and decision.round == 1:
        clocks.start(run, run.definition.appeal.within, ClockKind.APPEAL)
    return decision


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as a decision keeps them: what names a person stays in the person's record."""
    return {
        key: value for key, value in facts.items() if not key.startswith(("person_name", "person_id", "person_phone"))
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _happen(run: Run, decision: Decision, number: int, use: EffectUse, last: Step | None) -> None:
    """Run one effect as the one who decided, in that post's own range; the row makes a second time impossible."""
    one = effect(use.key)
    actor = _decider(run.actor, last)
    if one.permission and actor.role != SYSTEM.role and not actor.may(one.permission):
        words = PERMISSIONS.get(one.permission, one.permission)
        raise Refusal(
            "GH-PRO-042", f"办结“{one.title}”需要“{words}”的权限，当前岗位没有", hint="由有权限的岗位作最后决定"
        )
    values = run.environment.names
    given = {name: resolved(value, run) for name, value in use.given.items()}
    done = EffectRun.objects.create(
        path=decision.path, decision=decision, application=run.application, number=number, key=one.key, title=one.title
    )
    take_scope_of(actor)
    try:
        answer = one.run(actor, Made(run.application, decision, given, values, run.today)) or {}
    finally:
        _back()
    done.result = answer
    done.save(update_fields=["result"])
    log(run, Act.EFFECT, note=one.title, data={"key": one.key})


def _back() -> None:
    """The steps that follow are written across the range again, as before the effect."""
    take_scope_of(SYSTEM)


def _decider(actor: Viewer, last: Step | None) -> Viewer:
    """Silence and the end of a notice decide too: the platform acts for the office that had the step."""
    if actor.account_id is None or not actor.is_staff:
        return replace(SYSTEM, request_id=actor.request_id)
    return acting_as(actor, last) if last is not None else actor


def resolved(value: str | int | bool, run: Run) -> Any:
    """An input of an effect: "=field" and "=step.field" are looked up, everything else is itself."""
    if not isinstance(value, str) or not value.startswith("="):
        return value
    name = value[1:]
    if name == "amount":
        return run.application.amount
    if "." in name:
        step_key, field = name.split(".", 1)
        row = Step.objects.filter(application=run.application, key=step_key).order_by("-round").first()
        return (row.data.get("asks") or {}).get(field) if row is not None else None
    return run.environment.names.get(name)


__all__ = ["Made", "conclude", "digest_of", "resolved"]
