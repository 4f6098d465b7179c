"""What the conditions of an application may speak of: its answers, facts of the records, local rules, the day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...rules import queries as rule_queries
from ...rules.expressions import speaks_of
from ...sealing import unseal
from ..models import Application
from ..registry import facts, read_facts
from ..rules.definition import Definition
from ..rules.forms import in_expressions

PURPOSE = "application.sealed"


@dataclass(frozen=True, slots=True)
class Environment:
    """`names` for expressions; `rules` are the references a decision stores; `facts` what the records said."""

    names: dict[str, Any]
    rules: list[dict[str, Any]]
    facts: dict[str, Any]


def opened(sealed: bytes | memoryview[int] | None) -> dict[str, Any]:
    """The encrypted answers in clear: only for services that compute or show them to whom they were authorised."""
    found: dict[str, Any] = json.loads(unseal(bytes(sealed), PURPOSE)) if sealed else {}
    return found


def values_of(application: Application) -> dict[str, Any]:
    """Every answer in clear, the encrypted ones included."""
    return {**application.document, **opened(application.sealed)}


def expressions_of(definition: Definition) -> list[str]:
    """Every expression of a definition."""
    found = [definition.audience, definition.verdict, *(step.when for step in definition.steps)]
    for section in definition.form.sections:
        found.append(section.when)
        for one in section.fields:
            found += [one.when, one.formula]
    return [text for text in found if text]


def wanted_facts(definition: Definition) -> set[str]:
    """The facts that a definition fills in or speaks of: the others are not read."""
    spoken = {name for text in expressions_of(definition) for name in speaks_of(text)}
    spoken |= {one.fill for one in definition.form.walk() if one.fill}
    return spoken & set(facts())


def known_facts(definition: Definition, organisation: Any, person: Any, on: date) -> dict[str, Any]:
    """Facts and rule values that fill and judge a form, before there is an application."""
    values = rule_queries.values(definition.rules.values(), organisation.path, on)
    found = read_facts(organisation, person, on, wanted_facts(definition))
    return {**found, **{alias: values[rule].value for alias, rule in definition.rules.items()}, "today": on.isoformat(),
            "verdict": None, "score": None, "grade": None}  # fmt: skip


FORMULA = "rule:"


def formula_of(text: str, path: str, on: date) -> tuple[str, dict[str, Any] | None]:
    """An expression, or the place's own formula where it names a rule; with the reference a decision keeps."""
    if not text.startswith(FORMULA):
        return text, None
    found = rule_queries.value(text.removeprefix(FORMULA), path, on)
    return found.value["formula"], found.reference


def environment(application: Application, definition: Definition, on: date) -> Environment:
    """The names of an application on a day, with the versions of the rules that gave them."""
    facts_now = read_facts(application.organisation, application.person, on, wanted_facts(definition))
    ruled = rule_queries.values(definition.rules.values(), application.path, on)
    names = {
        **facts_now,
        **{alias: ruled[rule].value for alias, rule in definition.rules.items()},
        **in_expressions(definition, values_of(application)),
        "today": on.isoformat(),
        "verdict": application.verdict or None,
        "score": None if application.score is None else int(application.score),
        "grade": application.grade or None,
    }
    references = [one.reference for one in ruled.values()]
    formula = formula_of(definition.verdict, application.path, on)[1]
    return Environment(names, [*references, formula] if formula else references, facts_now)
