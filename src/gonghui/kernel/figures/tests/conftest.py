"""Figures' tests look at everything, as the platform does."""

from __future__ import annotations

from typing import Any

import pytest

from gonghui.kernel.factories import make_tree
from gonghui.kernel.figures import services
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM


@pytest.fixture
def tree(db: None) -> Any:
    with acting(SYSTEM):
        made = make_tree()
        services.fill()
        services.drain()
        yield made
