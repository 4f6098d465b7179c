"""Stopping in the middle of a statement, two workers at one import, a database that lost the staged rows."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest
from django.db import connection

from gonghui.apps.rosters import services
from gonghui.apps.rosters.factories import as_csv, checked, people
from gonghui.apps.rosters.models import ImportedChange, RosterProgress, RosterRow
from gonghui.apps.rosters.services.pulse import Busy, Pulse
from gonghui.kernel.people.models import Membership, Person
from gonghui.kernel.scope import acting
from gonghui.machine.postgres import ADMIN


def ready_to_commit(cast):
    tree, viewer = cast
    roster = checked(viewer, tree.county, as_csv(people(30, [tree.union.name])))
    with acting(viewer):
        services.commit(viewer, roster=roster, mode="good_only")
    return tree, viewer, roster


def test_stopping_breaks_off_a_statement_that_waits(cluster, own_database, cast):
    tree, viewer, roster = ready_to_commit(cast)
    outcome = []

    def work():
        try:
            outcome.append(services.run(roster.pk, viewer))
        finally:
            connection.close()

    with psycopg.connect(cluster.url(ADMIN, own_database)) as other:
        other.execute("SELECT 1 FROM organisation WHERE id = %s FOR UPDATE", [tree.union.pk])
        worker = threading.Thread(target=work)
        worker.start()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with acting(viewer):
                if RosterProgress.objects.get(roster=roster).phase == "正在导入":
                    break
            time.sleep(0.05)
        with acting(viewer):
            services.cancel(viewer, roster=roster)
        worker.join(30)
        assert outcome == ["cancelled"]
    with acting(viewer):
        assert not Membership.objects.filter(start_reason="import").exists() and not ImportedChange.objects.exists()


def test_a_second_worker_leaves_an_import_alone(cast):
    _, viewer, roster = ready_to_commit(cast)
    with Pulse(roster.pk, viewer), pytest.raises(Busy):
        services.run(roster.pk, viewer)
    assert services.run(roster.pk, viewer) == "done"
    assert services.run(roster.pk, viewer) == "done"
    with acting(viewer):
        assert Membership.objects.filter(start_reason="import").count() == 30


def test_staged_rows_lost_in_a_crash_are_made_again_from_the_file(cast):
    _, viewer, roster = ready_to_commit(cast)
    with acting(viewer):
        RosterRow.objects.filter(roster=roster).delete()
    assert services.run(roster.pk, viewer) == "ready"
    with acting(viewer):
        roster.refresh_from_db()
        assert roster.new_rows == 30 and any("重新检查" in notice for notice in roster.notices)
        assert not Person.objects.filter(memberships__start_reason="import").exists()
        services.commit(viewer, roster=roster, mode="good_only")
    assert services.run(roster.pk, viewer) == "done"


def test_a_post_that_was_taken_back_imports_nothing_more(cast):
    from gonghui.kernel.models import Post
    from gonghui.kernel.viewer import SYSTEM

    _, viewer, roster = ready_to_commit(cast)
    with acting(SYSTEM):
        Post.objects.filter(pk=viewer.post_id).update(valid_to="2020-01-01")
    assert services.run(roster.pk) == "failed"
    with acting(SYSTEM):
        roster.refresh_from_db()
        assert roster.failure["code"] == "GH-IMP-512"
        assert not Membership.objects.filter(start_reason="import").exists()
