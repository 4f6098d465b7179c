"""A token for each role, on the fixed cast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gonghui.kernel.access import rules
from gonghui.kernel.factories import make_post
from gonghui.kernel.models import ApiToken, Organisation
from gonghui.kernel.scope import take_scope


@pytest.fixture
def token_for(tree: Any) -> Callable[[Organisation, str], str]:
    """Makes a token of a role at an organisation; the secret is what goes into the header."""

    def make(organisation: Organisation, role: str = "organising", expires: date | None = None) -> str:
        take_scope("", "~")
        post = make_post(organisation, role, f"{role}-{organisation.pk}-{ApiToken.objects.count()}")
        secret = f"gh_test_{post.pk}"
        ApiToken.objects.create(
            post=post,
            name="测试",
            prefix="gh_test",
            digest=rules.token_digest(secret),
            created_by=post.account_id,
            expires_on=expires or timezone.localdate() + timedelta(days=30),
        )
        return secret

    return make


class Api:
    """A small client: `api.get("/organisations")`."""

    def __init__(self, secret: str) -> None:
        self.client, self.headers = Client(), {"Authorization": f"Bearer {secret}"}

    def get(self, address: str, **params: Any) -> Any:
        return self.client.get("/api/v1" + address, params, headers=self.headers)

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        return self.client.post("/api/v1" + address, body, "application/json", headers=self.headers | headers)

    def patch(self, address: str, body: Any) -> Any:
        return self.client.patch("/api/v1" + address, body, "application/json", headers=self.headers)


@pytest.fixture
def api(tree: Any, token_for: Callable[..., str]) -> Api:
    return Api(token_for(tree.county))


@pytest.fixture
def api_as(token_for: Callable[..., str]) -> Callable[..., Api]:
    return lambda *args, **kwargs: Api(token_for(*args, **kwargs))
