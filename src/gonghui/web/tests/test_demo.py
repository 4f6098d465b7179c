"""The year of business of the demonstration: at once or left to the worker, and once in either case."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gonghui.apps.assessment.models import ItemSheet
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.trail.models import TrailRecord
from gonghui.web.demo import load
from gonghui.web.demo.year import TASK
from gonghui.web.jobs import fill_year


@pytest.fixture
def no_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job closes its connection, which here is that of the test's transaction."""
    monkeypatch.setattr("gonghui.web.jobs.connection.close", lambda: None)


def _queued() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs WHERE task_name = %s", [TASK])
        return [json.loads(row[0]) for row in cursor.fetchall()]


@pytest.mark.usefixtures("whole", "no_closing")
def test_the_year_is_left_to_one_job_that_works_once() -> None:
    load("small", background=True)
    assert not ItemSheet.objects.exists()
    assert _queued() == [{"today": timezone.localdate().isoformat(), "seed": 2022}]
    counts = []
    for _ in range(2):
        fill_year(today=timezone.localdate().isoformat(), seed=2022)
        assert ItemSheet.objects.filter(application__state="approved").count() == 40
        assert TrailRecord.objects.filter(verb=TASK).count() == 1
        counts.append((Application.objects.count(), TrailRecord.objects.count()))
    assert counts[0] == counts[1]
