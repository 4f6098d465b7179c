"""The shipped definitions of casework can be published, and hide what they must."""

from __future__ import annotations

from typing import Any

import pytest

from gonghui.kernel.procedures import registry, shipped
from gonghui.kernel.procedures.rules import checking

BODIES = [body for body in shipped.bodies() if body["key"].startswith("casework.")]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body["key"])
def test_it_can_be_published(body: dict[str, Any]) -> None:
    assert checking.check(body, registry.known()) == []


def test_all_are_confidential_and_ask_for_consent() -> None:
    assert sorted(body["key"] for body in BODIES) == [
        "casework.aid",
        "casework.arrears",
        "casework.hardship",
        "casework.hardship_exit",
        "casework.legal_aid",
        "casework.mediation",
        "casework.mutual",
        "casework.serious_illness",
    ]
    assert all(body["confidential"] and body["consent"] for body in BODIES)
    assert not any(step["kind"] == "notice" for body in BODIES for step in body["steps"])
