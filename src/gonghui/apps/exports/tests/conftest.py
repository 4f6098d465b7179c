"""The fixed cast with kept values, seen from posts at the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from gonghui.kernel.factories import make_post, make_tree
from gonghui.kernel.figures import services as figures
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

Enter = Callable[..., Client]


@pytest.fixture
def tree(db: None) -> Iterator[Any]:
    with acting(SYSTEM):
        made = make_tree()
        figures.fill()
        figures.drain()
        yield made


@pytest.fixture
def enter(tree: Any) -> Enter:
    def made(organisation: Any, role: str = "leader") -> Client:
        client = Client()
        with acting(SYSTEM):
            client.force_login(make_post(organisation, role).account)
        return client

    return made
