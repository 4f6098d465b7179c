"""The fixed cast with its desks: a worker, the chair of the union, the county's two desks, the city's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from gonghui.apps.voice import services
from gonghui.apps.voice.choices import Nature, Visibility
from gonghui.apps.voice.models import Voice
from gonghui.kernel.factories import Tree, viewer_at
from gonghui.kernel.procedures.factories import member_viewer
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.viewer import SYSTEM, Viewer


def said(text: str = "食堂的饭菜又少又冷，能不能改善一下", **changes: Any) -> services.Said:
    given: dict[str, Any] = {
        "text": text, "topic": "canteen", "nature": Nature.SUGGEST, "visibility": Visibility.UNION,
    }  # fmt: skip
    return services.Said(**(given | changes))


@dataclass
class Desks:
    tree: Tree
    me: Viewer
    chair: Viewer
    county: Viewer
    rights: Viewer
    city: Viewer

    def raised(self, text: str = "食堂的饭菜又少又冷，能不能改善一下", **changes: Any) -> Voice:
        return services.raise_own(self.me, said(text, **changes))

    def by_poster(self, text: str, **changes: Any) -> tuple[Voice, str]:
        return services.raise_by_poster(self.tree.union.pk, said(text, **changes))


@pytest.fixture
def desks(tree: Tree) -> Desks:
    take_scope_of(SYSTEM)
    made = Desks(
        tree,
        member_viewer(tree.insider.person),
        viewer_at(tree.union, "grassroots_chair", "chair.union"),
        viewer_at(tree.county, "organising", "organising.county"),
        viewer_at(tree.county, "rights", "rights.county"),
        viewer_at(tree.city, "organising", "organising.city"),
    )
    return made
