"""Moves against joinings on real connections: shown to go wrong without the guard, then to hold with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, connections, transaction

from gonghui.kernel.factories import Tree, make_person, make_tree
from gonghui.kernel.models import Membership, Organisation
from gonghui.kernel.org import services
from gonghui.kernel.org.services import locks
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

DAY = date(2024, 3, 15)
WAIT = 20


class Runner:
    """Work on a connection of its own; its exception comes back with `join`."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.error: BaseException | None = None
        self.pid: int | None = None
        self.work = work
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            with acting(SYSTEM), connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.pid = cursor.fetchone()[0]
                self.work()
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()

    def join(self) -> None:
        self.thread.join(WAIT)
        assert not self.thread.is_alive(), "still waiting for a lock"
        if self.error is not None:
            raise self.error

    def waits_for(self, other: Runner) -> bool:
        """True as soon as this connection waits for the other one; False when it ended without waiting."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end and self.thread.is_alive():
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s = ANY (pg_blocking_pids(%s))", [other.pid, self.pid])
                if cursor.fetchone()[0]:
                    return True
            time.sleep(0.02)
        return False


@pytest.fixture
def cast(own_database: str) -> Iterator[Tree]:
    with acting(SYSTEM):
        tree = make_tree()
    yield tree
    connections.close_all()


def join_union(cast: Tree, look: Callable[[int], Organisation], looked: threading.Event, go: threading.Event) -> None:
    """Somebody joins: the organisation is looked up, time passes, the rows are written with its path."""
    union = look(cast.union.pk)
    looked.set()
    go.wait(WAIT)
    person = make_person("王小红", path=union.path)
    Membership.objects.create(
        person=person,
        organisation=union,
        path=union.path,
        joined_on=DAY,
        valid_from=DAY,
        start_reason="admission",
    )


def move_township(cast: Tree) -> None:
    services.move(SYSTEM, organisation=cast.township, parent=cast.sibling_county, on=DAY, reason="机构改革")


def stale_rows() -> int:
    """Open memberships and their people whose path is not that of the organisation."""
    with acting(SYSTEM):
        rows = Membership.objects.filter(valid_to__isnull=True).select_related("organisation", "person")
        return sum((m.path != m.organisation.path) + (m.person.path != m.organisation.path) for m in rows)


def race(cast: Tree, look: Callable[[int], Organisation]) -> bool:
    """A joining that looked before the move and writes after it; returns whether the move had to wait."""
    looked, go = threading.Event(), threading.Event()
    joining = Runner(lambda: join_union(cast, look, looked, go))
    assert looked.wait(WAIT)
    moving = Runner(lambda: move_township(cast))
    waited = moving.waits_for(joining)
    go.set()
    joining.join()
    moving.join()
    return waited


def test_joining_without_the_guard_writes_a_stale_path(cast):
    assert race(cast, lambda pk: Organisation.objects.get(pk=pk)) is False
    assert stale_rows() == 2


def test_joining_with_the_guard_makes_the_move_wait(cast):
    assert race(cast, services.hold) is True
    assert stale_rows() == 0


def test_joining_during_a_move_gets_the_new_path(cast):
    moved, go = threading.Event(), threading.Event()

    def move_slowly() -> None:
        move_township(cast)
        moved.set()
        go.wait(WAIT)

    moving = Runner(move_slowly)
    assert moved.wait(WAIT)
    ready = threading.Event()
    ready.set()
    joining = Runner(lambda: join_union(cast, services.hold, threading.Event(), ready))
    assert joining.waits_for(moving)
    # Readers are not kept waiting meanwhile: they see the tree as it was.
    with acting(SYSTEM):
        assert Organisation.objects.get(pk=cast.union.pk).path == cast.union.path
    go.set()
    moving.join()
    joining.join()
    assert stale_rows() == 0


def newcomers(cast: Tree) -> None:
    """A branch is founded while the move already waits, and a group below that branch after it."""
    founded, held, group, first, second, third = (threading.Event() for _ in range(6))
    made: dict[str, Organisation] = {}

    def found_branch() -> None:
        made["branch"] = services.found(
            SYSTEM,
            parent=cast.union,
            name="灌装车间分会",
            kind="branch",
            level="branch",
            on=DAY,
            reason="建会",
        )
        founded.set()
        first.wait(WAIT)

    def found_group() -> None:
        services.found(
            SYSTEM, parent=made["branch"], name="甲班小组", kind="group", level="group", on=DAY, reason="建会"
        )
        group.set()
        third.wait(WAIT)

    def hold_branch() -> None:
        services.hold(cast.team.pk)
        held.set()
        second.wait(WAIT)

    branch = Runner(found_branch)
    assert founded.wait(WAIT)
    holder = Runner(hold_branch)
    assert held.wait(WAIT)  # started late, it would find its row taken by the move
    moving = Runner(lambda: move_township(cast))
    assert moving.waits_for(branch)
    first.set()
    branch.join()
    assert moving.waits_for(holder)
    inner = Runner(found_group)
    assert group.wait(WAIT)
    second.set()
    holder.join()
    assert moving.waits_for(inner)
    third.set()
    inner.join()
    moving.join()


def bodies_astray() -> int:
    with acting(SYSTEM):
        return sum(
            one.path[:-5] != one.parent.path
            for one in Organisation.objects.select_related("parent").exclude(parent=None)
        )


def lock_once(organisation_id: int) -> Organisation:
    """The guard taken off: the subtree is locked as it looked at first."""
    organisation = Organisation.objects.get(pk=organisation_id)
    lo, hi = organisation.path, organisation.path + "~"
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM organisation WHERE path >= %s AND path < %s ORDER BY path FOR UPDATE", [lo, hi])
        cursor.fetchall()
    organisation.refresh_from_db()
    return organisation


@pytest.mark.parametrize("guarded", [False, True])
def test_bodies_founded_while_a_move_waits_go_along(cast, monkeypatch, guarded):
    if not guarded:
        monkeypatch.setattr("gonghui.kernel.org.services.moves.lock_subtree", lock_once)
    newcomers(cast)
    assert bodies_astray() == (0 if guarded else 1)


def test_two_moves_into_each_other_leave_a_tree(cast):
    barrier = threading.Barrier(2, timeout=WAIT)

    def move(body: Organisation, parent: Organisation) -> None:
        barrier.wait()
        services.move(SYSTEM, organisation=body, parent=parent, on=DAY, reason="机构改革")

    with acting(SYSTEM):
        services.move(SYSTEM, organisation=cast.sibling_union, parent=cast.county, on=DAY, reason="机构改革")
        services.reclassify(
            SYSTEM, organisation=cast.union, kind="joint_union", level="unit", on=DAY, reason="机构改革"
        )
    pair = [
        Runner(lambda: move(cast.union, cast.sibling_union)),
        Runner(lambda: move(cast.sibling_union, cast.union)),
    ]
    outcomes = []
    for one in pair:
        try:
            one.join()
            outcomes.append("moved")
        except Refusal as refusal:
            outcomes.append(refusal.code)
    assert sorted(outcomes) == ["GH-ORG-510", "moved"] or sorted(outcomes) == ["GH-ORG-205", "moved"]
    assert bodies_astray() == 0


def test_move_gives_up_politely_when_somebody_holds_too_long(cast, monkeypatch):
    monkeypatch.setattr(locks, "WAIT", "200ms")
    held, go = threading.Event(), threading.Event()

    def hold_long() -> None:
        services.hold(cast.union.pk)
        held.set()
        go.wait(WAIT)

    holder = Runner(hold_long)
    assert held.wait(WAIT)
    with acting(SYSTEM):
        with pytest.raises(Refusal) as caught:
            move_township(cast)
        assert caught.value.code == "GH-ORG-514"
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            assert cursor.fetchone()[0] == "0"
        transaction.set_rollback(True)
    go.set()
    holder.join()
