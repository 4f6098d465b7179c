"""Tests run against a real PostgreSQL, as the application's own role, under row-level security.

One throw-away cluster serves all test processes; a template database is migrated once per state of the
migrations, and every process works in a clone of it.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from xdist.scheduler import LoadFileScheduling

from tests.room import ROOM

pytest_plugins = ("tests.canary",)  # looks for numbers of the cast in every answer of every test

ROOT = Path(__file__).resolve().parent
TEST_DATA = ROOM / "test-data"
os.environ["GONGHUI_DATA"] = str(TEST_DATA)
os.environ.setdefault("GONGHUI_SENDER", "file")
(ROOM / "tmp").mkdir(parents=True, exist_ok=True)
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(ROOM / "tmp"))  # where tmp_path lies
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.web.settings")
for name in ("DATABASE_URL", "DATABASE_APP_URL"):
    os.environ.pop(name, None)
# Only now: settings named in pyproject.toml would be read before this file, with the data of the installation.
django.setup()  # here, so that conftests below may import models

from django.conf import settings  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one only costs time here
# Pages are rendered in the test process without collecting static files first.
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}

from gonghui.machine import config as machine_config  # noqa: E402
from gonghui.machine import secrets as machine_secrets  # noqa: E402
from gonghui.machine.postgres import ADMIN, APP, OWNER, Cluster  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "/usr/bin/chromium")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs Chromium; `make test BROWSER=no` leaves these out")


@pytest.hookimpl(wrapper=True, tryfirst=True)  # marks before -m is applied, orders after pytest-django did
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Files in the order of pyproject's testpaths: the longest begin, and nobody waits for them at the end."""
    place = {item: number for number, item in enumerate(items)}
    files = set()
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            files.add(item.path)
    yield
    # a browser's driver leaves its event loop in the process: whole files, after those with loops of their own
    items.sort(key=lambda item: (item.path in files, place[item]))


class _ByFile(LoadFileScheduling):
    """A file's tests stay in one process; those of the matrix too, whose world takes half a minute to make."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return "tests/matrix" if file.startswith("tests/matrix/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFile:
    return _ByFile(config, log)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for each test process: its driver cannot be started twice in one thread."""
    # the driver keeps an event loop in this thread; the database is used beside it, never inside it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*CHROMIUM_ARGUMENTS, "--lang=zh-CN"],
            env={**os.environ, "LANGUAGE": "zh_CN"},  # date fields are written as in a Chinese browser
        )
        yield chromium
        chromium.close()


def _cluster() -> Cluster:
    config = machine_config.load()
    TEST_DATA.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(config.data / "postgres", machine_secrets.load(config.data), fast=True)
    with open(TEST_DATA / "start.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cluster.start()
    return cluster


def _state() -> str:
    """Digest of all migrations of the project, which names the template database."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "src").rglob("migrations/*.py")):
        digest.update(path.read_bytes())
    for path in ("src/gonghui/kernel/scope.py", "src/gonghui/web/migrate.py"):
        digest.update((ROOT / path).read_bytes())
    catalogue = ROOT / "src/gonghui/catalogue"
    installed = [catalogue / part for part in ("procedures", "standards", "figures")]
    for path in sorted(one for folder in installed for one in folder.glob("*.yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _admin(cluster: Cluster) -> psycopg.Connection[Any]:
    return psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True)


def _template(cluster: Cluster) -> str:
    """The name of a migrated template database, made when the migrations have changed."""
    name = f"template_{_state()}"
    with open(TEST_DATA / "template.lock", "w") as lock, _admin(cluster) as admin:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone():
            return name
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" (FORCE)')
        cluster.ensure_database(name)
        _point_at(name)
        from gonghui.web.migrate import migrate  # Django must be set up first

        migrate(verbosity=0)
        _close()
        admin.execute(f'ALTER DATABASE "{name}" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false')
        for (old,) in admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%%' AND datistemplate AND datname <> %s",
            [name],
        ).fetchall():
            if old not in ("template0", "template1"):
                admin.execute(f'ALTER DATABASE "{old}" WITH IS_TEMPLATE false')
                admin.execute(f'DROP DATABASE IF EXISTS "{old}"')
    return name


def _close() -> None:
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].close()


def _point_at(name: str) -> None:
    from django.db import connections

    _close()
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = name


def clone(cluster: Cluster, name: str, template: str = "") -> None:
    """A fresh copy of a template, of the migrated one unless told."""
    template = template or _template(cluster)
    with open(TEST_DATA / "template.lock", "w") as lock, _admin(cluster) as admin:
        fcntl.flock(lock, fcntl.LOCK_EX)
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {OWNER} STRATEGY FILE_COPY')
        admin.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO {APP}')


def drop(cluster: Cluster, name: str) -> None:
    with _admin(cluster) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" (FORCE)')


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    return _cluster()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, cluster: Cluster) -> Iterator[None]:
    """The process's own database; replaces pytest-django's, which would need a superuser."""
    name = f"run_{os.getpid()}"
    atexit.register(drop, cluster, name)  # also when the run is interrupted
    with django_db_blocker.unblock():
        clone(cluster, name)
        _point_at(name)
    yield
    with django_db_blocker.unblock():
        _close()
        drop(cluster, name)


@contextmanager
def own_copy(cluster: Cluster, template: str = "") -> Iterator[str]:
    """The process works in a copy of its own of a template; it is thrown away afterwards."""
    from django.db import connection

    before, name = connection.settings_dict["NAME"], f"own_{os.getpid()}"
    clone(cluster, name, template)
    _point_at(name)
    try:
        yield name
    finally:
        _close()
        _point_at(before)
        drop(cluster, name)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any, cluster: Cluster) -> Iterator[str]:
    """A database of its own for a test that commits (workers, races, kills); thrown away afterwards."""
    with django_db_blocker.unblock(), own_copy(cluster) as name:
        yield name


@pytest.fixture
def whole(db: None) -> Iterator[None]:
    """The test's transaction reaches the whole tree, for making what a test needs and for looking at the result."""
    from gonghui.kernel.scope import take_scope

    take_scope("", "~")
    yield


@pytest.fixture
def tree(whole: None) -> Any:
    """The fixed cast of organisations and people; see gonghui.kernel.factories."""
    from gonghui.kernel.factories import make_tree

    return make_tree()
