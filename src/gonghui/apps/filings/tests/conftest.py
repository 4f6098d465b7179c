"""Filings' tests have the small tree, with figures counted."""

from __future__ import annotations

from typing import Any

import pytest

from gonghui.kernel.factories import make_member, make_tree
from gonghui.kernel.figures import services
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM


@pytest.fixture
def tree(db: None) -> Any:
    with acting(SYSTEM):
        made = make_tree()
        services.install_shipped(using="default")
        services.fill()
        for n in range(3):
            make_member(made.union, f"会员{n}")
        services.drain()
        yield made
