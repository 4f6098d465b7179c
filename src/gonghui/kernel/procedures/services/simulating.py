"""Trying out a draft and a changed rule: what would happen is computed, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from ...org.models import Organisation
from ...refusal import Refusal
from ...rules import queries as rule_queries
from ...rules.expressions import Unanswered, evaluate
from ...rules.rules import check_value
from ...scope import widened
from ...viewer import Viewer
from .. import registry
from ..choices import ENDED_STATES, ApplicationState
from ..models import Application, Procedure, Step, Submission
from ..queries.applications import applications
from ..queries.environment import formula_of, opened, wanted_facts
from ..rules import clocks
from ..rules.definition import Deadline, Definition, EffectUse, must_read, read
from ..rules.definition import Step as StepSlot
from ..rules.differences import days_words
from ..rules.forms import fill_in, holds, in_expressions, in_words
from ..rules.printing import breach_words, names_rule
from .drafts import retyped
from .running import holders, tier_of

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class TriedStep:
    """What one step would be: at which office, by when; `because` says why it is not needed."""

    title: str
    office: str
    role: str
    holders: int
    days: str
    due: date | None
    breach: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What an application with these answers would come to."""

    organisation: str
    wrong: tuple[tuple[str, str], ...]
    audience: str
    """Why the applicant would be refused; empty when they may apply."""
    verdict: str | None
    amount: int | None
    answers: tuple[tuple[str, str], ...]
    steps: tuple[TriedStep, ...]
    effects: tuple[tuple[str, str], ...]

    @property
    def accepted(self) -> bool:
        return not self.wrong and not self.audience


def sample_facts(definition: Definition, organisation: Organisation, on: date) -> dict[str, Any]:
    """What the records say of an organisation, as a sample's starting point; facts of a person stay open."""
    wanted = {key for key in wanted_facts(definition) if not key.startswith("person_")}
    return registry.read_facts(organisation, None, on, wanted)


def _known(definition: Definition, organisation: Organisation, facts: Mapping[str, Any], on: date) -> dict[str, Any]:
    values = rule_queries.values(definition.rules.values(), organisation.path, on)
    return {
        **dict.fromkeys(wanted_facts(definition)),
        **facts,
        **{alias: values[rule].value for alias, rule in definition.rules.items()},
        "today": on.isoformat(),
        "verdict": None,
        "score": None,
        "grade": None,
    }


def simulate(
    definition: Definition,
    organisation: Organisation,
    typed: Mapping[str, Any],
    facts: Mapping[str, Any],
    on: date | None = None,
) -> Simulated:
    """Run one sample through a definition at an organisation, up to its effects, without writing anything.

    :param typed: answers as an applicant types them; for files a list with any names.
    :param facts: what the records are taken to say.
    """
    day = on or timezone.localdate()
    known = _known(definition, organisation, facts, day)
    filled = fill_in(definition, typed, known)
    names = {**known, **in_expressions(definition, filled.values)}
    names["verdict"] = _verdict(definition, organisation.path, names, day)
    refused = ""
    if definition.audience and not holds(definition.audience, names):
        refused = definition.audience_words or definition.audience
    titles = {one.key: one.title for one in definition.form.walk()}
    amount = names.get("amount")
    return Simulated(
        organisation=organisation.name,
        wrong=tuple((titles.get(key, key), sentence) for key, sentence in filled.wrong.items()),
        audience=refused,
        verdict=names["verdict"],
        amount=amount if isinstance(amount, int) and not isinstance(amount, bool) else None,
        answers=tuple(
            (one.title, in_words(one, filled.values[one.key]))
            for one in definition.form.walk()
            if filled.values.get(one.key) is not None
        ),
        steps=tuple(_step(definition, slot, organisation, names, day) for slot in definition.steps),
        effects=tuple(_effect(definition, use, names) for use in definition.approved),
    )


def _verdict(definition: Definition, path: str, names: Mapping[str, Any], on: date) -> str | None:
    if not definition.verdict:
        return None
    try:
        formula, _ = formula_of(definition.verdict, path, on)
        return str(evaluate(formula, names))[:60]
    except Unanswered:
        return ""


def _step(
    definition: Definition, slot: StepSlot, organisation: Organisation, names: Mapping[str, Any], on: date
) -> TriedStep:
    role = registry.STAFF_ROLES.get(slot.role, slot.role)
    because = "" if not slot.when or holds(slot.when, names) else "不符合进入的条件"
    body, held = _office(slot, organisation, on)
    if body is None:
        because = because or "这个地方没有这一级"
    deadline = slot.deadline
    if slot.kind == "notice" and slot.days is not None:
        deadline = Deadline(days=slot.days, unit=slot.day_unit)
    count = _days(deadline, organisation.path, on)
    return TriedStep(
        title=slot.title,
        office=body.name if body is not None else "",
        role=role,
        holders=held,
        days=days_words(count, deadline.unit) if deadline is not None and count is not None else "没有规定时限",
        due=clocks.due(on, count, deadline.unit).on if deadline is not None and count is not None else None,
        breach=breach_words(slot.deadline),
        because=because,
    )


def _office(slot: StepSlot, organisation: Organisation, on: date) -> tuple[Organisation | None, int]:
    """The office of a step, and how many hold the post: offices above the author are named, nothing else is read."""
    with transaction.atomic(), widened():
        body = tier_of(organisation, slot.tier, slot.missing)
        return body, len(holders(body.pk, slot.role, on)) if body is not None and slot.role else 0


def _days(deadline: Deadline | None, path: str, on: date) -> int | None:
    if deadline is None:
        return None
    if isinstance(deadline.days, int):
        return deadline.days
    return int(rule_queries.value(deadline.days.removeprefix("rule:"), path, on).value)


def _effect(definition: Definition, use: EffectUse, names: Mapping[str, Any]) -> tuple[str, str]:
    one = registry.effects().get(use.key)
    fields = {field.key: field for field in definition.form.walk()}
    given = []
    for value in use.given.values():
        name = value[1:] if isinstance(value, str) and value.startswith("=") else ""
        if name in fields:
            given.append(f"{fields[name].title} {in_words(fields[name], names.get(name)) or '没有填'}")
        elif name:
            given.append(f"{name} 办理时填写" if "." in name else f"{name} {names.get(name)}")
        else:
            given.append(str(value))
    return (one.title if one is not None else use.key, "；".join(given))


# -- the last real ones -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replayed:
    """A past application under the draft: what it came to, and what it would come to."""

    application: Application
    then: str
    now: Simulated


def replay(viewer: Viewer, definition: Definition, limit: int = 20) -> list[Replayed]:
    """The latest applications of the same key that the viewer may see, run through a draft, none confidential."""
    rows = applications(viewer).filter(key=definition.key, confidential=False).exclude(state=ApplicationState.DRAFT)
    found = []
    for row in rows[:limit]:
        said = Submission.objects.filter(application=row).order_by("-number").first()
        if said is None:
            continue
        before = must_read(row.procedure.body)
        values = {**said.document, **opened(said.sealed)}
        kinds = {one.key: one for one in before.form.walk()}
        typed = {key: retyped(kinds[key], value) if key in kinds else value for key, value in values.items()}
        facts = {
            **said.facts,
            **{one.fill: values[one.key] for one in before.form.walk() if one.fill and one.key in values},
        }
        then = row.verdict or row.get_state_display()
        found.append(Replayed(row, then, simulate(definition, row.organisation, typed, facts)))
    return found


# -- what changes if ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Differs:
    """One decided application whose outcome would be another."""

    application: Application
    was: str
    would: str


@dataclass
class WhatIf:
    """Last year's decided applications under another value of one rule."""

    checked: int = 0
    same: int = 0
    unanswered: int = 0
    confidential: int = 0
    """Decided ones that only their case team may count; none of them is listed."""
    confidential_differ: int = 0
    differ: list[Differs] = field(default_factory=list)
    overdue_then: int = 0
    overdue_now: int = 0
    steps: int = 0
    procedures: list[str] = field(default_factory=list)

    @property
    def differing(self) -> int:
        return len(self.differ) + self.confidential_differ


def what_if(viewer: Viewer, *, key: str, value: Any, since: date, until: date) -> WhatIf:
    """Decide again, with another value of a rule, what was decided in the viewer's range in a period.

    Facts and answers are those that the decision stood on; only the rule is another.

    :raises Refusal: what the value is refused for.
    """
    checked = check_value(key, value)
    if checked is None:
        raise Refusal("GH-RUL-003", "写一个要试的取值", "value")
    using = {row.pk: row for row in Procedure.objects.exclude(state="draft") if names_rule(row.body, key)}
    found = WhatIf(procedures=sorted({row.title for row in using.values()}))
    rows = applications(viewer).filter(
        procedure_id__in=list(using),
        state__in=[state.value for state in ENDED_STATES],
        ended_at__date__gte=since,
        ended_at__date__lte=until,
    )
    for row in rows.prefetch_related("submissions"):
        _again(found, row, key, checked)
    if isinstance(checked, int) and not isinstance(checked, bool):
        _deadlines(found, [row.pk for row in rows], using, key, checked)
    return found


def _again(found: WhatIf, row: Application, key: str, value: Any) -> None:
    said = max(row.submissions.all(), key=lambda one: one.number, default=None)
    if said is None:
        return
    definition, body = read(row.procedure.body)[0], row.procedure.body
    if definition is None:
        return
    found.checked += 1
    found.confidential += row.confidential
    uses_it = key in (body.get("rules") or {}).values() or definition.verdict == f"rule:{key}"
    if not uses_it:
        found.same += 1
        return
    try:
        was = _outcome(definition, said, None, None)
        would = _outcome(definition, said, key, value)
    except Unanswered:
        found.unanswered += 1
        return
    if was == would:
        found.same += 1
    elif row.confidential:
        found.confidential_differ += 1
    elif len(found.differ) < MOST_LISTED:
        found.differ.append(Differs(row, was, would))


def _outcome(definition: Definition, said: Submission, key: str | None, value: Any) -> str:
    """The verdict, the amount and whether the applicant may apply, in words."""
    on = timezone.localtime(said.at).date()
    then = {one["key"]: one["value"] for one in said.rules}
    values = {**said.document, **opened(said.sealed)}
    ruled = {
        alias: value if rule == key else then[rule] if rule in then else _value_then(rule, said.path, on)
        for alias, rule in definition.rules.items()
    }
    names: dict[str, Any] = {
        **dict.fromkeys(wanted_facts(definition)), **said.facts,
        **{one.fill: values[one.key] for one in definition.form.walk() if one.fill and one.key in values},
        **ruled, "today": on.isoformat(), "verdict": None, "score": None, "grade": None,
        **in_expressions(definition, values),
    }  # fmt: skip
    for one in definition.form.walk():
        if one.kind == "computed" and (not one.when or holds(one.when, names)):
            names[one.key] = evaluate(one.formula, names)
    words = []
    if definition.verdict:
        formula = definition.verdict
        if formula.startswith("rule:"):
            rule = formula.removeprefix("rule:")
            formula = value["formula"] if rule == key else then.get(rule) or formula_of(formula, said.path, on)[0]
        names["verdict"] = str(evaluate(formula, names))[:60]
        words.append(names["verdict"])
    amount = names.get("amount")
    if isinstance(amount, int) and not isinstance(amount, bool):
        words.append(f"{amount / 100:,.2f}元")
    if definition.audience and not holds(definition.audience, names):
        words = ["不符合申请条件"]
    return "，".join(words) or "可以申请"


def _value_then(rule: str, path: str, on: date) -> Any:
    return rule_queries.value(rule, path, on).value


def _deadlines(found: WhatIf, applications_: list[int], using: Mapping[int, Procedure], key: str, value: int) -> None:
    """Where the rule is a number of days: how many steps took longer than then, and than it would allow."""
    wanted = f"rule:{key}"
    slots = {
        (pk, step.key): step.deadline
        for pk, row in using.items()
        for step in must_read(row.body).steps
        if step.deadline is not None and step.deadline.days == wanted
    }
    if not slots:
        return
    rows = Step.objects.filter(application_id__in=applications_, state="done", done_at__isnull=False).select_related(
        "application"
    )
    for step in rows:
        deadline = slots.get((step.application.procedure_id, step.key))
        if deadline is None or step.done_at is None:
            continue
        began, ended = timezone.localtime(step.opened_at).date(), timezone.localtime(step.done_at).date()
        found.steps += 1
        found.overdue_then += step.due_on is not None and ended > step.due_on
        found.overdue_now += ended > clocks.due(began, value, deadline.unit).on


__all__ = [
    "Differs",
    "Replayed",
    "Simulated",
    "TriedStep",
    "WhatIf",
    "replay",
    "sample_facts",
    "simulate",
    "what_if",
]
