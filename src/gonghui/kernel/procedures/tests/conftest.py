"""An effect of the tests' own, so that definitions have something to bring about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gonghui.kernel.manifest import Effect
from gonghui.kernel.procedures import registry
from gonghui.kernel.refusal import Refusal

HAPPENED: list[int] = []


def _noted(actor: Any, made: Any) -> dict[str, Any]:
    if made.given.get("refuse"):
        raise Refusal("GH-TST-001", "台账不允许")
    HAPPENED.append(made.application.pk)
    return {"noted": made.application.number}


@pytest.fixture(autouse=True)
def happened() -> Iterator[list[int]]:
    """What the effect was called for."""
    HAPPENED.clear()
    registry.effects()["test.noted"] = Effect("test.noted", "记一笔", "org.restructure", _noted)
    yield HAPPENED
    registry.effects().pop("test.noted")
