"""What the tests of people share: a county's desk, numbers that pass the check and belong to nobody."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import Any

import pytest

from gonghui.kernel.factories import id_number, viewer_at
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope, take_scope_of
from gonghui.kernel.viewer import Viewer

_sequence = itertools.count(1)


def fresh_number(birth: date = date(1990, 3, 7), female: bool = False) -> str:
    """A number with a real region, generated; every call another one."""
    number = next(_sequence)
    return id_number(number % 500, date(birth.year - number // 500, birth.month, birth.day), female, region="360829")


@pytest.fixture
def county(tree: Any) -> Viewer:
    """The organising post of 安福县总工会, whose scope the test's transaction has."""
    viewer = viewer_at(tree.county)
    take_scope_of(viewer)
    return viewer


@pytest.fixture
def other_county(tree: Any, county: Viewer) -> Viewer:
    """The same post in another city; call `scoped(viewer)` to act as it."""
    take_scope("", "~")
    viewer = viewer_at(tree.other_county)
    take_scope_of(county)
    return viewer


Scoped = Callable[[Viewer], AbstractContextManager[Viewer]]


@pytest.fixture
def scoped(db: None) -> Scoped:
    """Act as somebody else for a block, then return to the whole tree."""

    @contextmanager
    def act(viewer: Viewer) -> Any:
        take_scope_of(viewer)
        yield viewer
        take_scope("", "~")

    return act


@contextmanager
def refused(code: str) -> Any:
    """The block is refused with this code, in Chinese."""
    with pytest.raises(Refusal) as caught:
        yield caught
    assert caught.value.code == code, str(caught.value)
    assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.message)
