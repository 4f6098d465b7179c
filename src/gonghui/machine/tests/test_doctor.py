"""Planted faults are found under their own names, with a command that mends them; sound parts stay quiet."""

import json
import os
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gonghui.machine import doctor, secrets
from gonghui.machine.config import Config
from gonghui.machine.doctor import ground
from gonghui.machine.doctor.report import Level
from gonghui.machine.fault import Fault
from gonghui.machine.postgres import ADMIN

Run = Callable[..., list[Any]]


def look(name: str, *, fix: bool = False) -> doctor.Finding:
    (finding,) = doctor.examine(only=[name], fix=fix).findings
    return finding


def test_names_are_unique_and_short() -> None:
    names = [name for name, _ in doctor.catalogue()]
    assert len(names) == len(set(names)) >= 20
    assert all(re.fullmatch(r"[a-z]{3,12}", name) for name in names)


def test_unknown_name_refused() -> None:
    with pytest.raises(Fault, match="没有名为 nothing 的检查"):
        doctor.examine(only=["nothing"])


SOUND = (
    *(
        "python",
        "glibc",
        "settings",
        "exposure",
        "data",
        "secrets",
        "disk",
        "database",
        "version",
        "encoding",
    ),
    *("roles", "policies", "clock", "calendar", "regions", "leftovers"),
)


def test_sound_installation_has_nothing_to_say(installation: Config) -> None:
    found = doctor.examine(only=SOUND).findings
    assert [finding for finding in found if finding.level is not Level.OK] == []
    assert len(found) == len(SOUND)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that has its keys and nothing else."""
    for name in ("DATABASE_URL", "DATABASE_APP_URL", "GONGHUI_PORT", "GONGHUI_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GONGHUI_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    secrets.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "variables", "says"),
    [
        ("settings", {"GONGHUI_PORT": "x"}, "GONGHUI_PORT：应为整数"),
        ("exposure", {"GONGHUI_HOST": "0.0.0.0"}, "演示账号"),
        ("exposure", {"GONGHUI_HOST": "0.0.0.0", "GONGHUI_DEMO": "0", "GONGHUI_DEBUG": "1"}, "调试模式"),
        (
            "exposure",
            {"GONGHUI_HOST": "0.0.0.0", "GONGHUI_DEMO": "0", "GONGHUI_ALLOWED_HOSTS": "*"},
            "任何主机名",
        ),
        ("exposure", {"GONGHUI_HOST": "0.0.0.0", "GONGHUI_DEMO": "0"}, "不是 https"),
        ("sender", {"GONGHUI_HOST": "0.0.0.0"}, "验证码"),
        (
            "database",
            {"DATABASE_URL": "postgresql://u:topsecret@127.0.0.1:1/x"},
            "连不上数据库 127.0.0.1:1/x",
        ),
    ],
)
def test_wrong_setting_found(
    bare: None, monkeypatch: pytest.MonkeyPatch, name: str, variables: dict[str, str], says: str
) -> None:
    for key, value in variables.items():
        monkeypatch.setenv(key, value)
    finding = look(name)
    assert finding.level is not Level.OK and says in finding.message and finding.mend
    assert "topsecret" not in finding.message


def test_open_secrets_found_and_closed(installation: Config) -> None:
    file = installation.data / "secrets.json"
    file.chmod(0o644)
    assert look("secrets").level is Level.ERROR
    finding = look("secrets", fix=True)
    assert (finding.level, finding.fixed, file.stat().st_mode & 0o777) == (Level.OK, True, 0o600)


def test_missing_secrets_beside_a_database_found(installation: Config) -> None:
    (installation.data / "secrets.json").rename(installation.data / "away")
    assert "不见了" in look("secrets").message
    assert look("roles").level is Level.WARNING  # cannot be told without them
    (installation.data / "away").rename(installation.data / "secrets.json")


def test_open_data_directory_found_and_closed(installation: Config) -> None:
    installation.data.chmod(0o777)
    assert "任何账号都能写" in look("data").message
    assert look("data", fix=True).fixed
    assert installation.data.stat().st_mode & 0o002 == 0


def test_open_attachments_found_and_closed(bare: None, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir(mode=0o755)
    assert "别的账号却能读" in look("files").message
    assert look("files", fix=True).fixed


def test_full_disk_found(bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1 << 20, "total": 1 << 40})
    monkeypatch.setattr("gonghui.machine.doctor.data.shutil.disk_usage", lambda place: usage)
    assert look("disk").level is Level.ERROR


def test_wrong_package_found(bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ground.version
    monkeypatch.setattr(ground, "version", lambda name: "0.0.1" if name == "django" else found(name))
    assert "django 应为" in look("packages").message


@pytest.mark.parametrize("power", ["SUPERUSER", "BYPASSRLS"])
def test_app_role_above_the_policies_found_and_tamed(installation: Config, as_owner: Run, power: str) -> None:
    as_owner(f"ALTER ROLE gonghui_app {power}", ADMIN)
    finding = look("roles")
    assert finding.level is Level.ERROR and "行级权限失效" in finding.message
    assert look("roles", fix=True).fixed


def test_app_role_owning_a_table_found(installation: Config, as_owner: Run) -> None:
    as_owner("ALTER TABLE note OWNER TO gonghui_app", ADMIN)
    assert "拥有 1 张表" in look("roles").message


@pytest.mark.parametrize(
    ("statement", "says", "fixed"),
    [
        ("CREATE TABLE bare (path text)", "没有策略：bare", False),
        ("DROP POLICY scope ON organisation", "没有策略：organisation", False),
        ("ALTER TABLE organisation DISABLE ROW LEVEL SECURITY", "没有启用：organisation", True),
        ("ALTER TABLE organisation NO FORCE ROW LEVEL SECURITY", "没有启用：organisation", True),
    ],
)
def test_unguarded_table_found(installation: Config, as_owner: Run, statement: str, says: str, fixed: bool) -> None:
    as_owner(statement)
    finding = look("policies")
    assert finding.level is Level.ERROR and says in finding.message and finding.mend
    assert look("policies", fix=True).fixed is fixed


def test_missing_migrations_found(installation: Config) -> None:
    finding = look("migrations")
    assert finding.level is Level.ERROR and finding.mend == "gonghui migrate"


def test_taken_port_found(bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("GONGHUI_PORT", str(other.getsockname()[1]))
        finding = look("port")
        assert finding.level is Level.ERROR and f"进程 {os.getpid()}" in finding.message
    assert look("port").level is Level.OK


def test_old_backup_found(bare: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGHUI_DEMO", "false")
    assert "还没有备份" in look("backup").message
    folder = tmp_path / "backups"
    folder.mkdir()
    old = folder / "old.gonghui"
    old.touch()
    os.utime(old, (time.time() - 30 * 86400,) * 2)
    assert "30 天前" in look("backup").message


def test_silent_worker_stuck_queue_and_stale_seal_found(
    installation: Config, as_owner: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_owner("CREATE TABLE procrastinate_workers (last_heartbeat timestamptz)")
    as_owner("CREATE TABLE procrastinate_jobs (id int, status text, scheduled_at timestamptz)")
    as_owner("CREATE TABLE procrastinate_events (job_id int, type text, at timestamptz)")
    as_owner("CREATE TABLE trail_seal (sealed_at timestamptz)")
    as_owner("CREATE TABLE trail_record (at timestamptz)")
    monkeypatch.setattr(doctor.Patient, "run", {"url": "http://127.0.0.1:8000"})
    assert "没有后台任务进程" in look("worker").message
    as_owner("INSERT INTO procrastinate_workers VALUES (now() - interval '5 minutes')")
    assert "300 秒没有动静" in look("worker").message
    assert look("queue").level is Level.OK and look("seal").level is Level.OK
    as_owner("INSERT INTO procrastinate_jobs VALUES (1, 'todo', NULL)")
    as_owner("INSERT INTO procrastinate_events VALUES (1, 'deferred', now() - interval '1 hour')")
    assert "等了 60 分钟" in look("queue").message
    as_owner("INSERT INTO trail_record VALUES (now() - interval '1 hour')")
    assert "60 分钟没有封签" in look("seal").message
    as_owner("INSERT INTO trail_seal VALUES (now())")
    assert look("seal").level is Level.OK


def test_calendar_that_ran_out_found(bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ground.calendar, "holidays", {d: n for d, n in ground.calendar.holidays.items() if d.year < 2025}
    )
    assert "放假安排只到 2024 年" in look("calendar").message


def test_exit_code_is_the_worst_level_and_json_is_complete(installation: Config) -> None:
    report = doctor.examine(only=["python", "secrets"])
    assert report.code == 0
    (installation.data / "secrets.json").chmod(0o666)
    report = doctor.examine(only=["python", "secrets"])
    assert report.code == 2
    told = json.loads(json.dumps(report.as_dict()))
    assert told["level"] == "error" and [one["level"] for one in told["findings"]] == ["ok", "error"]


def test_examining_makes_no_database(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGHUI_DATA", str(place / "never"))
    doctor.examine(only=[name for name, _ in doctor.catalogue() if name != "migrations"])
    assert not (place / "never").exists()
