"""What bench/roster.py needs of the platform: unions to import into, and one import from the file to the records."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from gonghui.apps.rosters import services
from gonghui.apps.rosters.factories import HEADERS, upload
from gonghui.kernel.factories import make_organisation, viewer_at
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer


def union_names(count: int) -> list[str]:
    return [f"吉安市某某物流第{number}有限公司工会委员会" for number in range(count)]


def make_unions(names: list[str]) -> tuple[Viewer, Organisation]:
    """A city federation with its unions, and an organising officer of the city."""
    with acting(SYSTEM):
        city = make_organisation("吉安市总工会", "federation", "city", region_code="360800")
        for name in names:
            make_organisation(name, parent=city)
        return viewer_at(city, "organising"), city


def write_csv(path: Path, rows: Iterator[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(rows)


def whole_import(
    viewer: Viewer, home: Organisation, path: Path, name: str, new: int, unchanged: int
) -> Iterator[tuple[str, float]]:
    """Upload, columns, check, commit: the seconds of each; the outcome has to be exactly what was asked for."""
    clock = time.perf_counter()

    def lap() -> float:
        nonlocal clock
        before, clock = clock, time.perf_counter()
        return clock - before

    roster = upload(viewer, home, path, name=name)
    yield "upload", lap()
    services.run(roster.pk, viewer)
    with acting(viewer):
        roster.refresh_from_db()
        services.confirm_columns(viewer, roster=roster, choices={})
    yield "columns", lap()
    services.run(roster.pk, viewer)
    yield "check", lap()
    with acting(viewer):
        roster.refresh_from_db()
        if roster.state == "ready":
            services.commit(viewer, roster=roster, mode="all_or_nothing")
    services.run(roster.pk, viewer)
    yield "merge", lap()
    with acting(viewer):
        roster.refresh_from_db()
    got: tuple[Any, ...] = (roster.state, roster.new_rows, roster.unchanged_rows, roster.rejected_rows)
    if got != ("done", new, unchanged, 0):
        raise AssertionError(f"expected {new} new and {unchanged} unchanged rows, got {got}")
    connection.close()
