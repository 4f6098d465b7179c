"""What is backed up comes back whole, and what is damaged does not replace anything."""

import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gonghui.machine import backup, postgres, secrets
from gonghui.machine import config as configuration
from gonghui.machine.config import Config
from gonghui.machine.fault import Fault

Run = Callable[..., list[Any]]


def test_backup_is_private_counted_and_checked(installation: Config) -> None:
    result = backup.backup(installation, check=True)
    assert (result.tables, result.rows, result.checked) == (2, 500, True)
    assert stat.S_IMODE(result.file.stat().st_mode) == 0o600
    assert [path.name for path in result.file.parent.iterdir()] == [result.file.name]


def test_restore_brings_back_rows_policies_rights_keys_and_files(
    installation: Config, as_owner: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = installation.data / "files" / "2026"
    files.mkdir(parents=True)
    (files / "佐证.pdf").write_bytes(b"evidence")
    before = secrets.load(installation.data)
    saved = backup.backup(installation, place / "one.gonghui").file

    monkeypatch.setenv("GONGHUI_DATA", str(place / "elsewhere-data"))
    fresh = configuration.read()
    assert not backup.occupied(fresh)
    result = backup.restore(fresh, saved)
    assert (result.rows, result.attachments) == (500, 1)
    assert (fresh.data / "files" / "2026" / "佐证.pdf").read_bytes() == b"evidence"
    after = secrets.load(fresh.data)
    assert after.sealing_keys == before.sealing_keys and after.lookup_key == before.lookup_key
    with postgres.running(fresh, after) as cluster:
        assert cluster is not None
        with postgres.outside.connect(cluster.url(postgres.APP)) as app:
            seen = app.execute("SELECT count(*) FROM organisation").fetchone()
            assert seen == (111,)  # 2, 20–29, 200–299: the policy came along
        with postgres.outside.connect(cluster.url(postgres.OWNER)) as owner:
            owner.execute("INSERT INTO organisation VALUES (9999, '9', '新')")


def test_restore_over_existing_data_replaces_it(installation: Config, as_owner: Run) -> None:
    saved = backup.backup(installation).file
    as_owner("DELETE FROM organisation WHERE id > 10")
    as_owner("CREATE TABLE later (n int)")
    backup.restore(installation, saved)
    assert as_owner("SELECT count(*) FROM organisation") == [(500,)]
    assert as_owner("SELECT to_regclass('later')") == [(None,)]
    names = as_owner("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1")
    assert names == [("gonghui",), ("postgres",)]


@pytest.mark.parametrize("damage", ["cut", "other", "dump"])
def test_damaged_backup_refused_and_data_kept(installation: Config, as_owner: Run, place: Path, damage: str) -> None:
    saved = backup.backup(installation).file
    content = bytearray(saved.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "other":
        content = bytearray(b"PK\x03\x04 not ours")
    else:
        with tarfile.open(saved) as tar:
            content[tar.getmember("database.dump").offset_data + 2000] ^= 1
    (place / "bad.gonghui").write_bytes(content)
    with pytest.raises(Fault):
        backup.restore(installation, place / "bad.gonghui")
    assert as_owner("SELECT count(*) FROM organisation") == [(500,)]


def test_missing_rows_found_before_anything_is_replaced(
    installation: Config, as_owner: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = backup._counts
    monkeypatch.setattr(backup, "_counts", lambda connection: counted(connection) | {"note": 7})
    saved = backup.backup(installation).file
    monkeypatch.setattr(backup, "_counts", counted)
    with pytest.raises(Fault, match="note 应 7 行，得 0 行"):
        backup.restore(installation, saved)
    assert as_owner("SELECT count(*) FROM organisation") == [(500,)]


def test_link_out_of_the_folder_refused(installation: Config, place: Path) -> None:
    with tarfile.open(place / "evil.gonghui", "w") as tar:
        tar.addfile(tarfile.TarInfo("../outside"))
    with pytest.raises(Fault, match="不该有"):
        backup.restore(installation, place / "evil.gonghui")
    assert not os.path.exists(place / "outside")
