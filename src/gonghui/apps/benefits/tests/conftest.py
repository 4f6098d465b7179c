"""Members, staff and merchants of the cast, with clients that are logged in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import Tree, make_account, make_member, make_post, make_tree, viewer_at
from gonghui.kernel.models import Account, Membership
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer


@pytest.fixture
def tree(db: None) -> Any:
    with acting(SYSTEM):
        yield make_tree()


def account_of(membership: Membership) -> Account:
    found = Account.objects.filter(person_id=membership.person_id).first()
    return found or make_account(f"m{membership.person_id}", "会员", kind="member", person=membership.person)


def as_member(membership: Membership) -> Viewer:
    return viewer_of_member(account_of(membership))


@pytest.fixture
def phone(tree: Tree) -> Callable[..., tuple[Client, Membership]]:
    """A member's phone, and whose it is."""

    def opened(name: str = "刘春花", **facts: Any) -> tuple[Client, Membership]:
        with acting(SYSTEM):
            membership = make_member(facts.pop("organisation", tree.union), name, **facts)
            account = account_of(membership)
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client, membership

    return opened


@pytest.fixture
def staff(tree: Tree) -> Viewer:
    """A viewer who writes and publishes for the city."""
    return viewer_at(tree.city, "publicity", "editor")


@pytest.fixture
def desk(tree: Tree) -> Callable[..., Client]:
    """A post's browser."""

    def opened(role: str = "publicity", place: Any = None, username: str | None = None) -> Client:
        with acting(SYSTEM):
            post = make_post(place or tree.city, role, username)
        client = Client()
        client.force_login(post.account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return opened
