"""Keys are made once, kept private, and never replaced behind the administrator's back."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from gonghui.machine import secrets
from gonghui.machine.fault import Fault


def test_load_makes_once_and_keeps(tmp_path: Path) -> None:
    first = secrets.load(tmp_path / "data")
    assert secrets.load(tmp_path / "data") == first
    assert len(bytes.fromhex(first.lookup_key)) == 32
    assert stat.S_IMODE((tmp_path / "data" / "secrets.json").stat().st_mode) == 0o600


def test_two_installations_share_nothing(tmp_path: Path) -> None:
    one, two = asdict(secrets.load(tmp_path / "a")), asdict(secrets.load(tmp_path / "b"))
    assert [name for name in one if one[name] == two[name]] == ["sealing_current"]


def test_first_starts_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: secrets.load(tmp_path), range(24)))
    assert all(result == results[0] for result in results)
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_repr_shows_nothing(tmp_path: Path) -> None:
    assert repr(secrets.load(tmp_path)) == "Secrets(sealing_current='k1')"


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json"])
def test_damaged_file_refused_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.json").write_text(text)
    with pytest.raises(Fault, match="损坏"):
        secrets.load(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == text


def test_short_key_refused(tmp_path: Path) -> None:
    good = secrets.load(tmp_path)
    (tmp_path / "secrets.json").write_text(json.dumps(asdict(replace(good, lookup_key="00"))))
    with pytest.raises(Fault, match="损坏"):
        secrets.load(tmp_path)


def test_missing_file_beside_a_database_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "cluster.json").write_text("{}")
    with pytest.raises(Fault, match="不见了"):
        secrets.load(tmp_path)
    assert not (tmp_path / "secrets.json").exists()
