"""Every shipped selection can be published as it is."""

from __future__ import annotations

from typing import Any

import pytest

from gonghui.apps.contests.choices import FIVE, PLACES, PROCEDURES
from gonghui.kernel.procedures import registry, shipped
from gonghui.kernel.procedures.rules import checking

BODIES = [body for body in shipped.bodies() if body["key"].startswith("contests.")]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body["key"])
def test_nothing_is_wrong_with_it(body: dict[str, Any]) -> None:
    assert checking.check(body, registry.known()) == []


def test_the_five_selections_and_the_five_small() -> None:
    assert {body["key"]: body["approved"][0]["given"]["selection"] for body in BODIES} == PROCEDURES
    assert {*FIVE, "five_small"} == set(PLACES) == set(PROCEDURES.values())
