"""Two tabs of one member begin at the same moment: one paper, never more than the tries of a day."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from gonghui.apps.learning import services
from gonghui.apps.learning.factories import make_quiz
from gonghui.apps.learning.models import Attempt, Quiz
from gonghui.apps.learning.services import attempts
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import make_account, make_tree
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, take_scope_of
from gonghui.kernel.viewer import SYSTEM, Viewer

TABS = 6


@pytest.fixture
def cast(own_database: str) -> Iterator[tuple[Viewer, Quiz]]:
    with acting(SYSTEM):
        tree = make_tree()
        quiz = make_quiz(tree.county, tries_daily=1)
        account = make_account("m-insider", "刘细妹", "member", tree.insider.person)
    yield viewer_of_member(account), quiz


def _tabs(member: Viewer, quiz: Quiz) -> list[Any]:
    """What each tab got: the id of its paper, or what stopped it."""
    together = threading.Barrier(TABS)

    def tab(_: int) -> Any:
        try:
            with transaction.atomic():
                take_scope_of(member)
                together.wait(10)
                return services.begin(member, quiz_id=quiz.pk).pk
        except (IntegrityError, Refusal) as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(TABS) as pool:
        return list(pool.map(tab, range(TABS)))


def test_many_tabs_share_one_paper(cast: tuple[Viewer, Quiz]) -> None:
    member, quiz = cast
    for _ in range(3):
        with acting(SYSTEM):
            Attempt.objects.all().delete()
        assert len(set(_tabs(member, quiz))) == 1
        with acting(SYSTEM):
            assert Attempt.objects.count() == 1


def test_without_the_lock_tabs_collide(cast: tuple[Viewer, Quiz], monkeypatch: pytest.MonkeyPatch) -> None:
    """The constraints still hold the number of papers, but a tab would show a fault instead of the paper."""
    member, quiz = cast
    together = threading.Barrier(TABS)

    def unguarded(quiz_id: int, person_id: int) -> None:
        together.wait(10)

    monkeypatch.setattr(attempts, "one_at_a_time", unguarded)
    got = _tabs(member, quiz)
    assert IntegrityError in got
    with acting(SYSTEM):
        assert Attempt.objects.count() == 1
