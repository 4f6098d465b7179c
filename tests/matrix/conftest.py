"""The world of the matrix, made once in one transaction that is never committed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from gonghui.web.shell import Shell

from .unchecked import powerful_visitor
from .world import make_world


def no_shell(request: object) -> Shell:
    """Cells ask what a page shows, not what stands around it: its counts are asked in test_confidential."""
    return Shell()


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    bare = override_settings(GONGHUI_SHELL=f"{__name__}.no_shell")
    connection.close()  # what a test of kills before left behind is not ours to stand on
    with bare, django_db_blocker.unblock(), transaction.atomic():
        made = make_world(powerful_visitor)
        yield made
        transaction.set_rollback(True)
