"""One million rows of a member roster: read, checked, merged; against a plain COPY of the same final rows."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from . import ADMIN, Context

NAME = "roster"
ROWS = int(os.environ.get("GONGHUI_BENCH_ROWS", "1000000"))
_UNIONS = 400
_TABLES = ("person", "membership", "person_gram")


class Memory:
    """Peak memory of this process, its children and every process of the database, sampled twice a second.

    Shared pages count once. The database's shared buffers are left out: their size is set by the installation
    (an eighth of the machine), whatever runs.
    """

    def __init__(self, postmaster: int) -> None:
        self._postmaster = postmaster
        self._stop = threading.Event()
        self.peak = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            self.peak = max(self.peak, sum(_pss(pid) for pid in (*_tree(os.getpid()), *_tree(self._postmaster))))


def _tree(root: int) -> set[int]:
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parents[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    found, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines[1:]}
    return sizes["Pss"] - sizes.get("Pss_Shmem", 0)


def run(context: Context) -> list[dict[str, Any]]:
    """csv, the same file again, and xlsx, each in its own database; the reference is measured beside each."""
    # Django is set up by the runner.
    from gonghui.apps.rosters.factories import as_xlsx, people

    from . import _roster_steps as steps

    with tempfile.TemporaryDirectory(prefix="roster-bench-") as folder:
        unions = steps.union_names(_UNIONS)
        csv_file, xlsx_file = Path(folder) / "名册.csv", Path(folder) / "名册.xlsx"
        context.progress(f"writing {ROWS:,} rows as csv and xlsx")
        steps.write_csv(csv_file, people(ROWS, unions))
        as_xlsx(people(ROWS, unions), xlsx_file)
        gc.collect()

        name = context.database("bench_roster")
        viewer, home = steps.make_unions(unions)
        postmaster = _postmaster(context, name)
        with Memory(postmaster) as memory:
            first = _timed(context, "csv, new", lambda: steps.whole_import(viewer, home, csv_file, "名册.csv", ROWS, 0))
            again = _timed(
                context, "csv, unchanged", lambda: steps.whole_import(viewer, home, csv_file, "名册.csv", 0, ROWS)
            )
        plain = _copy(context, name, folder)

        name = context.database("bench_roster_xlsx")
        viewer, home = steps.make_unions(unions)
        with Memory(postmaster) as memory_xlsx:
            xlsx = _timed(
                context, "xlsx, new", lambda: steps.whole_import(viewer, home, xlsx_file, "名册.xlsx", ROWS, 0)
            )
        reference = f"plain COPY of the {ROWS:,} persons, memberships and name pieces into the same indexed tables"
        peak = max(memory.peak, memory_xlsx.peak) / 1e9
    return [
        _row("roster csv, new", first, plain, reference, "≥ 0.25 × a plain COPY"),
        _row("roster xlsx, new", xlsx, plain, reference, "≥ 0.15 × a plain COPY"),
        _row("roster csv, unchanged", again, plain, reference, "≥ 1 × a plain COPY"),
        {
            "name": "roster peak memory of all processes, without shared buffers", "value": round(peak, 3),
            "unit": "GB", "reference": "limit",
            "reference_value": 1.5, "better": "lower", "goal": "≤ 1.5 GB",
        },
    ]  # fmt: skip


def _row(name: str, seconds: float, reference_value: float, reference: str, goal: str) -> dict[str, Any]:
    return {
        "name": name, "value": round(seconds, 2), "unit": "s", "reference": reference,
        "reference_value": round(reference_value, 2), "better": "lower", "goal": goal,
    }  # fmt: skip


def _timed(context: Context, what: str, work: Callable[[], Iterator[tuple[str, float]]]) -> float:
    started = time.perf_counter()
    parts = "，".join(f"{phase} {seconds:.1f}s" for phase, seconds in work())
    spent = time.perf_counter() - started
    context.progress(f"{what}: {spent:.1f} s ({parts})")
    return spent


def _postmaster(context: Context, name: str) -> int:
    with context.connect(name, ADMIN) as admin:
        path = admin.execute("SELECT current_setting('data_directory')").fetchone()
    assert path
    return int((Path(path[0]) / "postmaster.pid").read_text().splitlines()[0])


def _copy(context: Context, name: str, folder: str) -> float:
    """Write the final rows out, empty the tables, and COPY them back in one transaction, constraints and"
    " triggers on."""
    with context.connect(name, ADMIN) as admin:
        columns = {table: _columns(admin, table) for table in _TABLES}
        for table in _TABLES:
            _out(admin, table, columns[table], Path(folder) / table)
        admin.execute("TRUNCATE person, membership, person_gram, roster_change CASCADE")
        admin.execute("UPDATE organisation_tally SET active = 0, women = 0, new_form = 0, migrant = 0")
        admin.commit()
        admin.autocommit = True
        admin.execute("VACUUM ANALYZE")
        admin.autocommit = False
        started = time.perf_counter()
        for table in _TABLES:
            with (
                (Path(folder) / table).open("rb") as file,
                admin.cursor().copy(f"COPY {table} ({', '.join(columns[table])}) FROM STDIN") as stream,
            ):
                while data := file.read(1 << 20):
                    stream.write(data)
        admin.commit()
        spent = time.perf_counter() - started
    context.progress(f"plain COPY: {spent:.1f} s")
    return spent


def _columns(admin: psycopg.Connection[Any], table: str) -> list[str]:
    rows = admin.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND"
        " attgenerated = ''"
        " ORDER BY attnum",
        [table],
    )
    return [row[0] for row in rows]


def _out(admin: psycopg.Connection[Any], table: str, columns: list[str], path: Path) -> None:
    with path.open("wb") as file, admin.cursor().copy(f"COPY {table} ({', '.join(columns)}) TO STDOUT") as stream:
        for data in stream:
            file.write(data)
