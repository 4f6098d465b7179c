"""Places for private clusters that an ordinary account can reach, and their removal."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gonghui.machine import config as configuration
from gonghui.machine import secrets as secret_files
from gonghui.machine.config import Config
from gonghui.machine.postgres import OWNER, Cluster
from gonghui.machine.postgres import home as homes
from gonghui.machine.secrets import Secrets, generate


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder anyone may enter; pytest's own are 0700 below /tmp/pytest-of-root."""
    folder = Path(tempfile.mkdtemp(prefix="gonghui-test-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setattr(homes, "_ELSEWHERE", (folder / "elsewhere",))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def keys() -> Secrets:
    return generate()


@pytest.fixture(scope="session")
def pattern() -> Iterator[Path]:
    """A small installation, stopped, from which each test takes its own copy: far quicker than making it."""
    folder = Path(tempfile.mkdtemp(prefix="gonghui-test-", dir="/tmp"))
    folder.chmod(0o755)
    data = folder / "data"
    with Cluster(data / "postgres", secret_files.load(data), fast=True) as cluster:
        cluster.ensure_database()
        with psycopg.connect(cluster.url(OWNER), autocommit=True) as owner:
            for statement in _TABLES:
                owner.execute(statement)
    yield data
    shutil.rmtree(folder, ignore_errors=True)


_TABLES = (
    'CREATE TABLE organisation (id int PRIMARY KEY, path text COLLATE "C", name text)',
    "INSERT INTO organisation SELECT n, n::text, '工会' || n FROM generate_series(1, 500) n",
    "ALTER TABLE organisation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    "CREATE POLICY owner_all ON organisation TO gonghui_owner USING (true)",
    "CREATE POLICY scope ON organisation FOR SELECT USING (path >= '2' AND path < '3')",
    "CREATE TABLE note (id int, text text)",
)


@pytest.fixture
def installation(place: Path, pattern: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """A small installation with a running database and two tables, apart from any other."""
    for name in ("DATABASE_URL", "DATABASE_APP_URL", "GONGHUI_PORT", "GONGHUI_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GONGHUI_DATA", str(place / "data"))
    monkeypatch.chdir(place)
    subprocess.run(["cp", "-a", str(pattern), str(place / "data")], check=True)
    config = configuration.read()
    with Cluster(config.data / "postgres", secret_files.load(config.data), fast=True):
        yield config


@pytest.fixture
def as_owner(installation: Config) -> Callable[[str], list[Any]]:
    """Run one statement as the owner of the installation's database."""
    cluster = Cluster(installation.data / "postgres", secret_files.load(installation.data))

    def run(statement: str, role: str = OWNER) -> list[Any]:
        with psycopg.connect(cluster.url(role), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return run
