"""A real worker process is killed with SIGKILL at random points of an import; afterwards everything is counted."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app

from gonghui.apps.rosters import services
from gonghui.apps.rosters.factories import as_csv, people, upload
from gonghui.apps.rosters.jobs import SILENT_SECONDS
from gonghui.apps.rosters.models import ImportedChange, RosterImport, RosterProblem, RosterProgress
from gonghui.kernel.org.models import Tally
from gonghui.kernel.people.models import Membership, Person, PersonGram
from gonghui.kernel.people.rules import name_grams
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import SYSTEM, Viewer
from gonghui.machine.postgres import ADMIN

_WORKER = """
import django, sys
from django.conf import settings
for alias in ("default", "owner"):
    settings.DATABASES[alias]["NAME"] = sys.argv[1]
from gonghui.web.worker import main
main()
"""
_PATIENCE = 120


class Killing:
    """One database, one union after another imported into it; each import is interrupted once or more."""

    def __init__(self, cluster: Any, database: str, tree: Any, viewer: Viewer, rows: int, seed: int) -> None:
        self._cluster, self._database, self._tree, self._viewer, self._rows = cluster, database, tree, viewer, rows
        self._chance = random.Random(seed)
        self._imported = 0
        self._durations: dict[str, float] = {}

    def rehearse(self) -> None:
        """One import that nobody disturbs, to know how long each step takes."""
        roster = self._file()
        with self._worker():
            for step, begin in (("check", self._confirm), ("merge", self._commit)):
                if step == "check":
                    self._until(roster, "matching")
                begin(roster)
                self._taken_up(roster)
                started = time.monotonic()
                self._until(roster, "ready" if step == "check" else "done")
                self._durations[step] = time.monotonic() - started
        self._everything_once(roster)

    def one_point(self, step: str) -> float:
        """Kill the worker at a random moment of `step`, let another one finish, and count. Returns the moment."""
        roster = self._file()
        with self._worker():
            self._until(roster, "matching")
            if step == "merge":
                self._confirm(roster)
                self._until(roster, "ready")
        begin = self._confirm if step == "check" else self._commit
        begin(roster)
        moment = self._chance.uniform(0, self._durations[step])
        with self._worker() as worker:
            self._taken_up(roster)
            time.sleep(moment)
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self._notice_the_dead()
        with self._worker():
            if step == "check":
                self._until(roster, "ready")
                self._commit(roster)
            self._until(roster, "done")
        self._everything_once(roster)
        return moment

    def _file(self) -> RosterImport:
        union = self._tree.union if self._imported % 2 else self._tree.sibling_union
        self._content = list(people(self._rows, [union.name], start=self._imported * self._rows, seed=self._imported))
        self._union = union
        return upload(self._viewer, self._tree.county, as_csv(self._content))

    def _confirm(self, roster: RosterImport) -> None:
        with acting(self._viewer):
            services.confirm_columns(self._viewer, roster=roster, choices={})

    def _commit(self, roster: RosterImport) -> None:
        with acting(self._viewer):
            services.commit(self._viewer, roster=roster, mode="all_or_nothing")

    @contextmanager
    def _worker(self) -> Iterator[subprocess.Popen[bytes]]:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[4])}
        worker = subprocess.Popen(
            [sys.executable, "-c", _WORKER, self._database], env=environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield worker
        finally:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def _until(self, roster: RosterImport, state: str) -> None:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            with acting(self._viewer):
                roster.refresh_from_db()
            if roster.state == state:
                return
            if roster.state in ("failed", "cancelled"):
                raise AssertionError(f"{roster.state}: {roster.failure}")
            time.sleep(0.05)
        raise AssertionError(f"still {roster.state} after {_PATIENCE} s, expected {state}")

    def _taken_up(self, roster: RosterImport) -> None:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            with acting(self._viewer):
                roster.refresh_from_db()
                if RosterProgress.objects.get(roster=roster).phase or not roster.step.is_running:
                    return
            time.sleep(0.01)
        raise AssertionError("no worker took the import up")

    def _notice_the_dead(self) -> None:
        """What half a minute of silence and the job `jobs.retry_lost` do, without the wait."""
        with psycopg.connect(self._cluster.url(ADMIN, self._database), autocommit=True) as admin:
            admin.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'")
        manager = app.job_manager
        for job in async_to_sync(manager.get_stalled_jobs)(seconds_since_heartbeat=SILENT_SECONDS):
            async_to_sync(manager.retry_job)(job)

    def _everything_once(self, roster: RosterImport) -> None:
        self._imported += 1
        expected = self._imported * self._rows
        with acting(SYSTEM):
            imported = Membership.objects.filter(start_reason="import")
            assert imported.count() == expected
            assert imported.values("person_id").distinct().count() == expected
            assert Person.objects.filter(memberships__in=imported).distinct().count() == expected
            assert Membership.objects.filter(person=None).count() == 0
            mine = set(imported.filter(organisation=self._union).values_list("staff_no", flat=True))
            assert {row[9] for row in self._content} <= mine
            changes = ImportedChange.objects.filter(roster=roster)
            assert changes.count() == self._rows
            grams = sum(len(set(name_grams(row[0]))) for row in self._content)
            assert PersonGram.objects.filter(person__in=changes.values("person_id")).count() == grams
            assert not RosterProblem.objects.filter(roster=roster, serious=True).exists()
            assert TrailRecord.objects.filter(verb="roster.committed", object_id=str(roster.pk)).count() == 1
            for union in (self._tree.union, self._tree.sibling_union):
                actual = Membership.objects.filter(organisation=union, status="active").count()
                assert Tally.objects.get(organisation=union).active == actual
        connection.close()
