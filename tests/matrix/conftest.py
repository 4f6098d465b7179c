"""The world of the matrix, made once per module and test process in one transaction that is never committed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from .unchecked import powerful_visitor
from .world import make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world(powerful_visitor)
        yield made
        transaction.set_rollback(True)
