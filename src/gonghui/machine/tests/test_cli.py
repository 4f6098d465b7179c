"""The command line answers in sentences and exit codes, and its output can be read by programs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gonghui.machine.config import Config


def gonghui(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment: dict[str, Any] = os.environ | variables
    command = [sys.executable, "-m", "gonghui.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_config_is_readable_by_programs() -> None:
    result = gonghui("config", "--json", GONGHUI_PORT="8123")
    assert json.loads(result.stdout)["port"] == 8123


def test_wrong_setting_is_a_sentence_not_a_traceback() -> None:
    result = gonghui("config", GONGHUI_PORT="x")
    assert result.returncode == 2
    assert result.stderr.startswith("✗ 设置有误。GONGHUI_PORT：应为整数") and "Traceback" not in result.stderr
    assert "处理办法" in result.stderr


@pytest.mark.parametrize(
    "arguments", [("doctor", "--run", "nothing"), ("restore", "/none", "-y"), ("psql", "--role", "x")]
)
def test_wrong_argument_is_a_sentence(installation: Config, arguments: tuple[str, ...]) -> None:
    result = gonghui(*arguments)
    assert result.returncode == 2 and result.stderr.startswith("✗ ") and "Traceback" not in result.stderr


@pytest.mark.parametrize("scenario", ["backup", "../data"])
def test_a_scenario_that_is_none_throws_nothing_away(tmp_path: Path, scenario: str) -> None:
    kept = tmp_path / "data-backup" / "kept"
    kept.parent.mkdir()
    kept.write_text("一份备份")
    result = gonghui("report", scenario, "--fresh", GONGHUI_DATA=str(tmp_path / "data"))
    assert result.returncode == 2 and f"没有“{scenario}”这个情景" in result.stderr and "jian、" in result.stderr
    assert kept.read_text() == "一份备份" and sorted(one.name for one in tmp_path.iterdir()) == ["data-backup"]


def test_psql_enters_as_either_role(installation: Config) -> None:
    for role, rows in (("owner", "500"), ("app", "111")):
        result = gonghui("psql", "--role", role, "--", "-XAtc", "SELECT current_user, count(*) FROM organisation")
        assert result.stdout.strip() == f"gonghui_{role}|{rows}", result.stderr


def test_doctor_exit_code_and_json(installation: Config) -> None:
    sound = gonghui("doctor", "--run", "secrets", "--json")
    assert (sound.returncode, json.loads(sound.stdout)["level"]) == (0, "ok")
    (installation.data / "secrets.json").chmod(0o644)
    broken = gonghui("doctor", "--run", "secrets", "--json")
    assert broken.returncode == 2 and json.loads(broken.stdout)["findings"][0]["mend"].startswith("chmod 600")
    mended = gonghui("doctor", "--run", "secrets", "--fix", "--json")
    assert mended.returncode == 0 and json.loads(mended.stdout)["findings"][0]["fixed"]


def test_backup_and_restore_speak_json(installation: Config) -> None:
    saved = json.loads(gonghui("backup", "--json").stdout)
    assert (saved["rows"], saved["checked"]) == (500, False)
    result = gonghui("restore", saved["file"], "--yes", "--json")
    assert json.loads(result.stdout)["rows"] == 500, result.stderr
