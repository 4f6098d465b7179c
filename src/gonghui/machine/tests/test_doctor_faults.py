"""`gonghui doctor --json` on a real, migrated installation: each planted fault is named, and nothing else is blamed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gonghui.machine import children
from gonghui.machine import secrets as keys
from gonghui.machine.postgres import ADMIN, OWNER, Cluster
from tests.whole import WHOLE

PATCHES = Path("sitecustomize.py")


@dataclass
class Installation:
    """A migrated installation in a folder of its own, and the ways to break it."""

    folder: Path
    cluster: Cluster
    environment: dict[str, str]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gonghui.cli", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False
        )

    def doctor(self) -> tuple[int, dict[str, Any], dict[str, str]]:
        """(exit code, the answer, level of each check)."""
        done = self.run("doctor", "--json")
        answer = json.loads(done.stdout)
        return done.returncode, answer, {one["name"]: one["level"] for one in answer["findings"]}

    def sql(self, *statements: str, role: str = OWNER) -> None:
        with psycopg.connect(self.cluster.url(role), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    def patch(self, code: str) -> None:
        """Code that the examined process runs first: stands in for a disk that is full or a package that is wrong."""
        (self.folder / "patches").mkdir(exist_ok=True)
        (self.folder / "patches" / PATCHES).write_text(code, encoding="utf-8")
        self.environment["PYTHONPATH"] = str(self.folder / "patches")

    def unpatch(self) -> None:
        self.environment.pop("PYTHONPATH", None)
        shutil.rmtree(self.folder / "patches", ignore_errors=True)


@pytest.fixture(scope="module")
def sound() -> Iterator[Installation]:
    """Made once; every fault is taken out again by the test that planted it."""
    folder = Path(tempfile.mkdtemp(prefix="gonghui-faults-", dir="/tmp"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("GONGHUI_", "DATABASE_", "DJANGO_"))
    }
    environment |= {"GONGHUI_DATA": str(folder / "data"), "GONGHUI_PORT": str(port), "GONGHUI_DEMO": "false"}
    with Cluster(folder / "data" / "postgres", keys.load(folder / "data"), fast=True) as cluster:
        cluster.ensure_database()
        one = Installation(folder, cluster, environment)
        made = one.run("migrate", "--quiet")
        assert made.returncode == 0, made.stderr
        backups = folder / "data" / "backups"
        backups.mkdir(parents=True)
        (backups / "today.gonghui").touch()
        yield one
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def before(sound: Installation) -> dict[str, str]:
    """The level of each check while nothing is broken."""
    return sound.doctor()[2]


@dataclass(frozen=True)
class Fault:
    """What is broken, how it is mended again, the check that must name it, and words of its sentence."""

    name: str
    check: str
    says: str
    plant: Callable[[Installation], Any]
    mend: Callable[[Installation], Any]
    level: str = "error"
    also: tuple[str, ...] = ()
    """Other checks that may suffer from the same fault."""


def _settings(**values: str) -> Callable[[Installation], None]:
    return lambda one: one.environment.update(values)


def _unset(*names: str) -> Callable[[Installation], None]:
    def unset(one: Installation) -> None:
        for name in names:
            one.environment.pop(name, None)

    return unset


def _mode(file: str, mode: int) -> Callable[[Installation], None]:
    return lambda one: (one.data / file).chmod(mode)


def _sql(*statements: str, role: str = OWNER) -> Callable[[Installation], None]:
    return lambda one: one.sql(*statements, role=role)


def _patched(code: str) -> Callable[[Installation], None]:
    return lambda one: one.patch(code)


def _aged(one: Installation) -> None:
    os.utime(one.data / "backups" / "today.gonghui", (time.time() - 40 * 86400,) * 2)


def _fresh(one: Installation) -> None:
    os.utime(one.data / "backups" / "today.gonghui")


_TAKEN: list[socket.socket] = []


def _take_port(one: Installation) -> None:
    other = socket.socket()
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    other.bind(("127.0.0.1", int(one.environment["GONGHUI_PORT"])))
    other.listen()
    _TAKEN.append(other)


def _leave_port(one: Installation) -> None:
    _TAKEN.pop().close()


_LEFT: list[subprocess.Popen[bytes]] = []


def _leave_process(one: Installation) -> None:
    """A killed run: its mark is on record, and one of its processes lives."""
    (one.data / children.LOCK).write_text(json.dumps({"pid": 1, "mark": "feedbeef00000001"}))
    marked = {**os.environ, children.MARK: "feedbeef00000001"}
    _LEFT.append(subprocess.Popen(["sleep", "300"], env=marked, start_new_session=True))


def _end_process(one: Installation) -> None:
    left = _LEFT.pop()
    left.kill()
    left.wait()
    (one.data / children.LOCK).write_text("")


CATALOGUE = "import pathlib\n_open = pathlib.Path.open\n"
MISSING_REGIONS = (
    CATALOGUE
    + """
def _missing(self, *a, **k):
    if self.name == "regions.csv":
        raise FileNotFoundError(self)
    return _open(self, *a, **k)
pathlib.Path.open = _missing
"""
)
FULL_DISK = """
import collections, shutil
_usage = collections.namedtuple("usage", "total used free")
shutil.disk_usage = lambda place: _usage(1 << 40, (1 << 40) - (1 << 20), 1 << 20)
"""
NO_FONTS = """
import shutil
_which = shutil.which
shutil.which = lambda name, *a, **k: None if name == "fc-list" else _which(name, *a, **k)
"""
WRONG_PACKAGE = """
import importlib.metadata as metadata
_version = metadata.version
metadata.version = lambda name: "0.0.1" if name == "django" else _version(name)
"""
OLD_CALENDAR = """
import sys
class _Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "gonghui.machine.doctor.ground":
            import chinese_calendar.constants as constants
            for day in [day for day in constants.holidays if day.year >= 2024]:
                del constants.holidays[day]
        return None
sys.meta_path.insert(0, _Finder())
"""
STUCK = (
    "INSERT INTO procrastinate_jobs (id, queue_name, task_name, lock, args, status)"
    " VALUES (987654321, 'default', 'stuck', NULL, '{}', 'todo')",
    "UPDATE procrastinate_events SET at = now() - interval '3 hours' WHERE job_id = 987654321",
)
UNSTUCK = (
    "DELETE FROM procrastinate_events WHERE job_id = 987654321",
    "DELETE FROM procrastinate_jobs WHERE id = 987654321",
)
UNSEALED = (
    "INSERT INTO trail_record (path, at, verb, actor_name, role, object_type, object_id, object_name, reason, detail, request_id, refused)"
    " VALUES ('', now() - interval '2 hours', 'test.planted', '', '', 'test', '', '', '', '{}', '', false)"
)
FAULTS = (
    Fault("secrets readable by all", "secrets", "secrets.json", _mode("secrets.json", 0o644), _mode("secrets.json", 0o600)),
    Fault("data directory writable by all", "data", "任何账号都能写", _mode(".", 0o777), _mode(".", 0o755)),
    Fault(
        "app role made superuser", "roles", "行级权限失效",
        _sql("ALTER ROLE gonghui_app SUPERUSER", role=ADMIN), _sql("ALTER ROLE gonghui_app NOSUPERUSER", role=ADMIN),
    ),
    Fault(
        "app role bypasses policies", "roles", "行级权限失效",
        _sql("ALTER ROLE gonghui_app BYPASSRLS", role=ADMIN), _sql("ALTER ROLE gonghui_app NOBYPASSRLS", role=ADMIN),
    ),
    Fault(
        "policies switched off on a table", "policies", "membership",
        _sql("ALTER TABLE membership DISABLE ROW LEVEL SECURITY"), _sql("ALTER TABLE membership ENABLE ROW LEVEL SECURITY"),
    ),
    Fault(
        "a new table without a policy", "policies", "planted",
        _sql("CREATE TABLE planted (path text)"), _sql("DROP TABLE planted"),
    ),
    Fault(
        "unmigrated database", "migrations", "1 项升级没有执行",
        _sql("DELETE FROM django_migrations WHERE app = 'vitality' AND name = '0004_figures'"),
        _sql("INSERT INTO django_migrations (app, name, applied) VALUES ('vitality', '0004_figures', now())"),
    ),
    Fault("stuck queue", "queue", "等了 180 分钟", _sql(*STUCK), _sql(*UNSTUCK)),
    Fault("full disk", "disk", "", _patched(FULL_DISK), Installation.unpatch),
    Fault("no Chinese fonts", "fonts", "fontconfig", _patched(NO_FONTS), Installation.unpatch, level="warning"),
    Fault("wrong package version", "packages", "django 应为", _patched(WRONG_PACKAGE), Installation.unpatch),
    Fault("calendar ran out", "calendar", "放假安排只到 2023 年", _patched(OLD_CALENDAR), Installation.unpatch),
    Fault("missing region data", "regions", "没有行政区划数据", _patched(MISSING_REGIONS), Installation.unpatch),
    Fault("port taken", "port", "已被占用", _take_port, _leave_port),
    Fault("stale backup", "backup", "40 天前", _aged, _fresh, level="warning"),
    Fault(
        "open to all with demo accounts", "exposure", "演示账号",
        _settings(GONGHUI_HOST="0.0.0.0", GONGHUI_DEMO="true"),
        lambda one: one.environment.update(GONGHUI_DEMO="false") or one.environment.pop("GONGHUI_HOST"),
        also=("sender", "account"),
    ),
    Fault(
        "setting out of range", "settings", "GONGHUI_WEB_WORKERS", _settings(GONGHUI_WEB_WORKERS="900"),
        _unset("GONGHUI_WEB_WORKERS"), also=("*",),
    ),
    Fault("process left over by a killed run", "leftovers", "1 个进程", _leave_process, _end_process, level="warning"),
    Fault("trail not sealed", "seal", "没有封签", _sql(UNSEALED), lambda one: None, level="warning"),
)  # fmt: skip


def test_a_sound_installation_has_no_errors(sound: Installation) -> None:
    _, answer, levels = sound.doctor()
    assert [one for one in answer["findings"] if one["level"] == "error"] == []
    assert {fault.check for fault in FAULTS} <= set(levels)


# `make test` plants every second fault, `make drills` all of them.
@pytest.mark.parametrize("fault", FAULTS if WHOLE else FAULTS[::2], ids=lambda fault: fault.name.replace(" ", "-"))
def test_planted_fault_is_named(sound: Installation, before: dict[str, str], fault: Fault) -> None:
    fault.plant(sound)
    try:
        code, answer, after = sound.doctor()
    finally:
        fault.mend(sound)
    (finding,) = [one for one in answer["findings"] if one["name"] == fault.check]
    assert finding["level"] == fault.level, finding
    assert fault.says in finding["message"]
    assert finding["mend"], "says how to mend it"
    assert code == {"error": 2, "warning": 1}[answer["level"]]
    blamed = {name for name, level in after.items() if level != before[name]} - {fault.check, *fault.also}
    assert "*" in fault.also or blamed == set()


def test_at_least_twelve_different_checks_are_put_to_the_proof() -> None:
    assert len({fault.check for fault in FAULTS}) >= 12
