"""A browser for each role at a place of the fixed cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gonghui.kernel.factories import make_post
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.scope import take_scope

Enter = Callable[..., Client]


class Desk(Client):
    """Requests take their own scope; afterwards the test looks at the whole tree again."""

    def generic(self, *args: Any, **kwargs: Any) -> Any:
        response = super().generic(*args, **kwargs)
        take_scope("", "~")
        return response


@pytest.fixture
def enter(whole: None) -> Enter:
    """Log in with a fresh post: `enter(tree.county)` is staff for organising there."""

    def log_in(organisation: Organisation, role: str = "organising") -> Client:
        post = make_post(organisation, role)
        client = Desk()
        client.force_login(post.account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in
