"""Every shipped procedure of honours can be published as it is."""

from __future__ import annotations

from typing import Any

import pytest

from gonghui.apps.honours.kinds import kinds
from gonghui.kernel.procedures import registry, shipped
from gonghui.kernel.procedures.rules import checking
from gonghui.kernel.procedures.rules.definition import must_read

BODIES = [body for body in shipped.bodies() if body["key"].startswith("honours.")]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body["key"])
def test_nothing_is_wrong_with_it(body: dict[str, Any]) -> None:
    assert checking.check(body, registry.known()) == []


def test_every_kind_is_offered_by_its_procedure() -> None:
    offered = {
        body["key"]: {option.value for option in must_read(body).form.field("honour").options}  # type: ignore[union-attr]
        for body in BODIES
    }
    assert {key: {one.key for one in kinds().values() if one.procedure == key} for key in offered} == offered


def test_two_reviews_and_three_notices() -> None:
    for key in (
        "honours.model_worker",
        "honours.may_day_medal",
        "honours.worker_pioneer",
        "honours.may_day_certificate",
    ):
        definition = must_read(next(body for body in BODIES if body["key"] == key))
        assert [step.key for step in definition.steps if step.kind == "notice"] == [
            "unit_notice", "county_notice", "city_notice",
        ]  # fmt: skip
        assert {"first_review", "second_review"} <= {step.key for step in definition.steps}
        assert definition.appeal is not None and definition.appeal.then == "go_on"
