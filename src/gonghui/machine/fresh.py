"""Whether tables and page assets are as this code wants them, told without starting Django: a second start is quick."""

import hashlib
import json
import os
from pathlib import Path

import psycopg

from gonghui.machine import config as configuration
from gonghui.machine.fault import Fault
from gonghui.machine.postgres import outside

_RECORD = "fresh.json"
_PACKAGE = Path(__file__).resolve().parents[1]
_COUNT = "SELECT count(*), coalesce(max(id), 0) FROM django_migrations"


def is_fresh(data: Path, owner_url: str) -> bool:
    """True when the last `gonghui migrate` met this very code and the database has not changed since."""
    try:
        record = json.loads((data / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not (data / "static" / "staticfiles.json").is_file() or record.get("code") != _code():
        return False
    try:
        return bool(record.get("applied") == _applied(owner_url))
    except (psycopg.Error, Fault):
        return False


def keep(data: Path, owner_url: str) -> None:
    """Remember, after a migration that went well."""
    record = json.dumps({"code": _code(), "applied": _applied(owner_url)})
    partial = data / f"{_RECORD}.{os.getpid()}"
    partial.write_text(record, encoding="utf-8")
    os.replace(partial, data / _RECORD)


def forget(data: Path) -> None:
    """The database was replaced: look again at the next start."""
    (data / _RECORD).unlink(missing_ok=True)


def _applied(owner_url: str) -> list[int]:
    with outside.connect(owner_url) as owner:
        row = owner.execute(_COUNT).fetchone() or (0, 0)
        place = owner.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone() or (0,)
    return [int(str(value)) for value in (*row, *place)]


def _code() -> str:
    """Migrations and grants by content, assets by size and time, packages by their lock."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(_PACKAGE):
        folders[:] = sorted(name for name in folders if name not in {"__pycache__", "tests"})
        parts = Path(folder).relative_to(_PACKAGE).parts
        for name in sorted(names):
            file = Path(folder) / name
            if "static" in parts:
                status = file.stat()
                digest.update(f"{file}{status.st_size}{status.st_mtime_ns}".encode())
            elif (parts[-1:] == ("migrations",) and name.endswith(".py")) or (*parts, name) == (
                "web",
                "migrate.py",
            ):
                digest.update(f"{file}".encode() + file.read_bytes())
    lock = configuration.root() / "requirements" / "run.lock"
    digest.update(lock.read_bytes() if lock.is_file() else b"")
    return digest.hexdigest()
