"""The cast of the import tests: the fixed tree, committed, because the worker's steps commit."""

from __future__ import annotations

from typing import Any

import pytest

from gonghui.kernel.factories import make_tree, viewer_at
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM


@pytest.fixture
def cast(own_database: str) -> Any:
    """The fixed tree and the organising officer of its first county."""
    with acting(SYSTEM):
        tree = make_tree()
        viewer = viewer_at(tree.county, "organising")
    return tree, viewer
