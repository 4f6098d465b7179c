"""A quiz and a plan of the county, a member on the phone, the county's publicity officer."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gonghui.apps.learning.factories import make_plan, make_quiz
from gonghui.apps.learning.models import Quiz, ReadingPlan
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import make_account, make_post
from gonghui.kernel.scope import take_scope
from gonghui.kernel.viewer import Viewer

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def quiz(tree: Any) -> Quiz:
    return make_quiz(tree.county)


@pytest.fixture
def plan(tree: Any) -> ReadingPlan:
    return make_plan(tree.county)


@pytest.fixture
def member(tree: Any) -> Viewer:
    """刘细妹, a member below the county, with the scope of the phone: none."""
    account = make_account("m-insider", "刘细妹", "member", tree.insider.person)
    take_scope("", "", tree.insider.person_id)
    return viewer_of_member(account)


@pytest.fixture
def stranger(tree: Any) -> Viewer:
    """曾玉珍, a member of another city."""
    return viewer_of_member(make_account("m-outsider", "曾玉珍", "member", tree.outsider.person))


@pytest.fixture
def phone(tree: Any) -> Client:
    client = Client()
    client.force_login(make_account("m-insider", "刘细妹", "member", tree.insider.person), backend=BACKEND)
    return client


@pytest.fixture
def desk(tree: Any) -> Client:
    client = Client()
    client.force_login(make_post(tree.county, "publicity", "publisher").account, backend=BACKEND)
    return client
