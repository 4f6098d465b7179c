"""A whole installation for a journey: its own data directory, a clone of the demonstration, `gonghui up` itself."""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from conftest import clone
from gonghui.machine import fresh
from gonghui.machine import secrets as keys
from gonghui.machine.postgres import ADMIN, APP, OWNER, Cluster
from tests.room import ROOM

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOM / "journeys"
BASE = PLACE / "base"
"""Keys and collected static files, shared by all sites: the demonstration was sealed with these keys."""


def _digest() -> str:
    """What the demonstration depends on: tables, its generator, its catalogue, and today (its data looks fresh)."""
    digest = hashlib.sha256(f"{date.today()}".encode())
    source = ROOT / "src" / "gonghui"
    patterns = ("**/migrations/*.py", "web/demo/*.py", "catalogue/**/*.yaml", "web/migrate.py", "kernel/scope.py")
    for path in sorted(file for pattern in patterns for file in source.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _environment(data: Path, cluster: Cluster, database: str, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GONGHUI_", "DATABASE_"))}
    return kept | {
        "GONGHUI_DATA": str(data),
        "DATABASE_URL": cluster.url(OWNER, database),
        "DATABASE_APP_URL": cluster.url(APP, database),
        "GONGHUI_SENDER": "file",
        **more,
    }


def _command(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gonghui.cli", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"gonghui {arguments[0]}\n{done.stdout}\n{done.stderr}"


@contextmanager
def _alone() -> Iterator[None]:
    """One test process at a time makes or copies the template."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with open(PLACE / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _static_state() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "src").glob("**/static/**/*")):
        if path.is_file():
            digest.update(f"{path}{path.stat().st_size}{path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()


def template(cluster: Cluster) -> str:
    """The database with the migrated tables and the small demonstration, made once a day and for each state of the code."""
    name = f"journey_{_digest()}"
    with _alone(), psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as admin:
        made = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone()
        mark = BASE / "static.txt"
        collected = mark.is_file() and mark.read_text() == _static_state()
        if made and collected:
            return name
        if not made:
            _drop_old(admin)
            clone(cluster, name)  # with its tables, as `gonghui migrate` leaves them
        else:
            admin.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
        BASE.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOM / "test-data" / keys.FILE, BASE / keys.FILE)  # the tests' own process reads it too
        environment = _environment(BASE, cluster, name)
        _command(environment, "migrate", "--quiet")
        if not made:
            _command(environment, "demo", "--size", "small", "--json")
        mark.write_text(_static_state())
        admin.execute(f'ALTER DATABASE "{name}" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false')
    return name


def _drop_old(admin: psycopg.Connection[Any]) -> None:
    for (old,) in admin.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'journey\_%'").fetchall():
        admin.execute(f'ALTER DATABASE "{old}" WITH IS_TEMPLATE false')
        admin.execute(f'DROP DATABASE "{old}" (FORCE)')


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """One running installation with the small demonstration; `gonghui up` brought it up."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster = cluster
        self.database = f"site_{os.getpid()}_{name}"
        self.data = PLACE / f"{os.getpid()}-{name}"
        self.port, self.gate_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.states: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Site:
        origin = template(self.cluster)
        with _alone(), psycopg.connect(self.cluster.url(ADMIN, "postgres"), autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{self.database}" TEMPLATE "{origin}" OWNER {OWNER} STRATEGY FILE_COPY')
            admin.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{self.database}" TO {APP}')
            shutil.rmtree(self.data, ignore_errors=True)
            self.data.mkdir(parents=True)
            shutil.copy2(BASE / keys.FILE, self.data / keys.FILE)
            shutil.copytree(BASE / "static", self.data / "static")
            if (BASE / "files").is_dir():  # what the year of the demonstration handed in
                shutil.copytree(BASE / "files", self.data / "files")
        fresh.keep(
            self.data, self.cluster.url(OWNER, self.database)
        )  # as after `gonghui migrate`: up need not repeat it
        more = {
            "GONGHUI_PORT": str(self.port),
            "GONGHUI_WEB_WORKERS": "1",
            "GONGHUI_GATE_PORT": str(self.gate_port),
            "GONGHUI_GATE_WORKERS": "1",
        }
        with open(self.data / "up.txt", "wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gonghui.cli", "up"],
                env=_environment(self.data, self.cluster, self.database, **more),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._await()
        return self

    def _await(self) -> None:
        assert self._process is not None
        end = time.monotonic() + 90
        while time.monotonic() < end and self._process.poll() is None:
            if "已启动" in self.said():
                return
            time.sleep(0.05)
        raise AssertionError(f"the platform did not come up\n{self.said()}")

    def said(self) -> str:
        return (self.data / "up.txt").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        with psycopg.connect(self.cluster.url(ADMIN, "postgres"), autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{self.database}" (FORCE)')
        kept = PLACE / "log" / self.data.name.partition("-")[2]  # for whoever asks why a page failed
        shutil.rmtree(kept, ignore_errors=True)
        if (self.data / "log").is_dir():
            shutil.copytree(self.data / "log", kept)
        shutil.rmtree(self.data, ignore_errors=True)

    def answers(self, path: str = "/healthz") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    # -- behind the pages -----------------------------------------------------------------------------------

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Ask the database as its owner, who sees everything; only to set the stage and to check the outcome."""
        with psycopg.connect(self.cluster.url(OWNER, self.database), autocommit=True, row_factory=dict_row) as owner:
            cursor = owner.execute(query, values or None)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def one(self, query: str, *values: Any) -> Any:
        (row,) = self.rows(query, *values)
        (value,) = row.values()
        return value

    def handed_in(self, key: str) -> str:
        """The number of the application of a procedure that was handed in last: the demonstration has its own."""
        return str(
            self.rows(
                "SELECT number FROM application WHERE key = %s AND number <> '' ORDER BY submitted_at DESC, id DESC LIMIT 1",
                key,
            )[0]["number"]
        )

    def organisation(self, name: str) -> int:
        """The id of an organisation by its full name."""
        return int(self.one("SELECT id FROM organisation WHERE name = %s", name))

    def newest_code(self, since: int) -> str:
        """The log-in code that the platform has left in the outbox after the given moment."""
        outbox, end = self.data / "outbox", time.monotonic() + 10
        while time.monotonic() < end:
            files = sorted(outbox.glob("*.json")) if outbox.is_dir() else []
            fresh_ones = [file for file in files if int(file.name.split("-")[0]) > since]
            read = [json.loads(text) for file in fresh_ones if (text := file.read_text(encoding="utf-8"))]
            codes = [one["code"] for one in read if one["kind"] == "login_code"]  # notices of others lie there too
            if codes:
                code = str(codes[-1])
                assert re.fullmatch(r"\d{6}", code)
                return code
            time.sleep(0.05)
        raise AssertionError("no code in the outbox")
