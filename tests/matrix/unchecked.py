"""Turns the application's own checks off, so that row-level security stands alone.

The database gets the scope of the post as ever. The application is then told that this post may everything and
reaches the whole tree, which answers every `may`, `reaches`, `visible` and range condition with yes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gonghui.kernel.access import api_auth, doors
from gonghui.kernel.access.rules import PERMISSIONS
from gonghui.kernel.factories import make_post
from gonghui.kernel.models import Organisation
from gonghui.kernel.scope import take_scope
from gonghui.kernel.viewer import ALL_HI, ALL_LO, Viewer

from .actors import Actor, Visitor, make_token, session_of


def _believing(viewer: Viewer) -> None:
    """Takes the true scope, then makes the viewer believe in the whole tree."""
    take_scope(viewer.lo, viewer.hi, viewer.person_id)
    if viewer.account_id is None:
        return
    for name, value in (("lo", ALL_LO), ("hi", ALL_HI), ("permissions", frozenset(PERMISSIONS))):
        object.__setattr__(viewer, name, value)


@contextmanager
def checks_off() -> Iterator[None]:
    """Doors, `.visible()`, `reaches` and permissions say yes; only the database decides."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doors, "take_scope_of", _believing)
        patch.setattr(api_auth, "take_scope_of", _believing)
        yield


@contextmanager
def powerful_visitor(root: Organisation) -> Iterator[Visitor]:
    """An organising officer of the root with every permission there is."""
    post = make_post(root, "organising", "powerful", "周全能")
    post.valid_from = timezone.localdate() - timedelta(days=400)
    post.save()
    secret = make_token(post, "gh_test_powerful")
    actor = Actor("organising", "county", "powerful")
    visitor = Visitor(actor, Client(raise_request_exception=False), session_of(post.account), secret)
    with checks_off():
        yield visitor
