"""Amounts and classes by the rules of a place, with the page that says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gonghui.kernel.people.models import Person
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.rules.expressions import evaluate
from gonghui.kernel.rules.queries import RuleValue
from gonghui.kernel.scope import widened

from .choices import HOUSEHOLD_KINDS, AidKind, AidState, FileState, HardshipClass
from .models import Aid, HardshipFile
from .rules import Line, aid_reason, class_reason, granted


@dataclass(frozen=True, slots=True)
class Computed:
    """An amount in fen and why; `wrong` is a sentence where the rule gives nothing."""

    amount: int
    lines: list[Line] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=list)
    wrong: str = ""
    file_id: int | None = None


def standing(person: Person, year: int) -> tuple[HardshipFile | None, list[tuple[str, int]]]:
    """The household's file, and (kind, amount) of every grant of the year wherever it was made.

    Asked only for a person whose application the caller handles.
    """
    with widened():
        file = HardshipFile.objects.filter(person=person, state=FileState.ACTIVE).first()
        rows = Aid.objects.filter(person=person, year=year).exclude(state=AidState.CANCELLED)
        return file, list(rows.values_list("kind", "amount"))


def why_class(application: Application, values: Mapping[str, Any], on: date) -> list[Line]:
    """The reason page of a class."""
    found = rule_queries.values(["casework.line", "casework.hardship_class"], application.path, on)
    line, formula = found["casework.line"], found["casework.hardship_class"]
    return class_reason(
        values,
        line=line.value,
        line_source=line.source,
        class_source=formula.source,
        verdict=application.verdict,
    )


def compute(application: Application, values: Mapping[str, Any], kind: AidKind, on: date) -> Computed:
    """What a person gets of a kind, by the rules of the place and what the year has brought already."""
    assert application.person is not None
    file, given = standing(application.person, on.year)
    if kind == AidKind.SERIOUS_ILLNESS:
        return _alone(application, values, kind, "casework.serious_illness_grant", on, {})
    if kind == AidKind.MUTUAL:
        claimed = sum(amount for one, amount in given if one == AidKind.MUTUAL)
        return _alone(application, values, kind, "casework.mutual_claim", on, {"claimed": claimed})
    return _household(application, values, kind, on, file, given)


def _alone(
    application: Application, values: Mapping[str, Any], kind: AidKind, key: str, on: date, more: dict[str, Any]
) -> Computed:
    rule = rule_queries.value(key, application.path, on)
    cost = int(values.get("cost") or 0)
    amount = int(evaluate(rule.value["formula"], {"cost": cost, **more}))
    lines = aid_reason(
        kind,
        hardship="",
        by_rule=amount,
        amount=amount,
        rule_source=rule.source,
        cost=cost,
        line=None,
        line_source="",
        ceiling=None,
        ceiling_source="",
        given=0,
    )
    return Computed(amount, lines, [rule.reference], "" if amount > 0 else "按本地规则，自付金额没有达到标准或已到上限")


def _household(
    application: Application,
    values: Mapping[str, Any],
    kind: AidKind,
    on: date,
    file: HardshipFile | None,
    given: list[tuple[str, int]],
) -> Computed:
    if file is None:
        return Computed(0, wrong="没有在册的困难职工档案，先申请困难职工建档")
    keys = ("casework.line", "casework.aid_amount", "casework.household_year_cap", "casework.relative_items")
    found: dict[str, RuleValue] = rule_queries.values(keys, application.path, on)
    line, formula, cap, items = (found[key] for key in keys)
    counted = [(one, amount) for one, amount in given if one in HOUSEHOLD_KINDS]
    before = sum(amount for _, amount in counted)
    inputs = {name: int(values.get(name) or 0) for name in ("cost", "college", "high_school")}
    by_rule = int(
        evaluate(
            formula.value["formula"],
            {"kind": kind.value, "hardship_class": file.hardship, "line": line.value, **inputs},
        )
    )
    amount = granted(by_rule, cap.value - before)
    lines = aid_reason(
        kind,
        hardship=file.hardship,
        by_rule=by_rule,
        amount=amount,
        rule_source=formula.source,
        cost=inputs["cost"] if kind in (AidKind.MEDICAL, AidKind.TEMPORARY) else None,
        line=line.value,
        line_source=line.source,
        ceiling=cap.value,
        ceiling_source=cap.source,
        given=before,
    )
    wrong = ""
    if file.hardship.startswith(HardshipClass.RELATIVE.value) and len(counted) >= items.value:
        wrong = f"相对困难职工一年最多享受{items.value}项帮扶，今年已享受{len(counted)}项"
    elif by_rule <= 0:
        wrong = f"按本地规则，{file.hardship}没有{kind.label}，或没有填写金额和人数"
    elif amount <= 0:
        wrong = "这一户今年的帮扶已达到全年合计上限"
    return Computed(amount, lines, [one.reference for one in found.values()], wrong, file.pk)
