"""What ships can be opened piece by piece in the editor and saved again: nothing is lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from gonghui.kernel.procedures import registry
from gonghui.kernel.procedures.rules import editing
from gonghui.kernel.procedures.rules.definition import Definition, FormField, Section, Step, must_read
from gonghui.kernel.procedures.rules.differences import differences
from gonghui.kernel.procedures.rules.printing import Printer
from gonghui.kernel.procedures.shipped import bodies
from gonghui.kernel.procedures.views.editing.common import known, names_of, roles, words
from gonghui.kernel.procedures.views.editing.forms import BasicsForm, FieldForm, SectionForm
from gonghui.kernel.procedures.views.editing.step_forms import AfterForm, StepForm
from gonghui.kernel.rules.rules import definitions

BODIES = bodies()


def sent(form: Any) -> dict[str, Any]:
    """What a browser sends of a form that nobody has touched."""
    found = {}
    for bound in form:
        value = bound.value()
        if value is not None and value is not False and value not in ("", []):
            found[bound.name] = "on" if value is True else value
    return found


def same(model: Any, one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = model(**one).model_dump(), model(**other).model_dump()
    assert {key: value for key, value in first.items() if second[key] != value} == {}, second


def refilled(kind: Any, *given: Any) -> dict[str, Any]:
    form = kind(*given, sent(kind(*given)))
    assert form.is_valid(), form.errors
    slots: dict[str, Any] = form.slots()
    assert form.is_valid(), form.errors
    return slots


@pytest.mark.parametrize("body", BODIES, ids=lambda one: one["key"])
def test_every_piece_comes_back_as_it_was(body: dict[str, Any]) -> None:
    assert editing.shaped(body)
    names, facts = names_of(body), [(key, one.title) for key, one in registry.facts().items()]
    for section in editing.sections_of(body):
        same(Section, refilled(SectionForm, section, names), section)
        for one in section["fields"]:
            same(FormField, refilled(FieldForm, one, names, facts, []), one)
    steps = [(one["key"], one["title"]) for one in body["steps"]]
    for one in body["steps"]:
        same(Step, refilled(StepForm, one, names, roles(), steps), one)
    rules = [(key, one.title) for key, one in definitions().items() if one.kind != "formula"]
    back = refilled(BasicsForm, body, names, rules, registry.standards() | {str(body.get("standard", ""))})
    same(Definition, back, body)
    same(Definition, refilled(AfterForm, body, roles(), []), body)


@pytest.mark.parametrize("body", BODIES, ids=lambda one: one["key"])
def test_every_one_prints_and_equals_itself(body: dict[str, Any]) -> None:
    definition = must_read(body)
    page = Printer(definition, known(), words()).page()
    assert len(page.steps) == len(body["steps"]) and page.who
    assert all(step.office and "None" not in f"{step}" for step in page.steps)
    assert differences(definition, definition, words()) == []
    assert yaml.safe_load(yaml.safe_dump(body, allow_unicode=True)) == body
