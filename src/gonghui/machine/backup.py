"""One file holds an installation: database, keys, attachments; counted when written, counted again when restored."""

import hashlib
import io
import json
import os
import secrets as random
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from gonghui.kernel.trail.rules import REBASE
from gonghui.machine import fresh, postgres, supervisor
from gonghui.machine import secrets as keys
from gonghui.machine.config import Config
from gonghui.machine.fault import Fault
from gonghui.machine.postgres import outside, readers

FOLDER, SUFFIX = "backups", ".gonghui"
_FORMAT = 1
_MANIFEST, _DUMP, _SECRETS, _FILES = "manifest.json", "database.dump", "secrets.json", "files"

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What was saved or brought back."""

    file: Path
    tables: int
    rows: int
    attachments: int
    size: int
    checked: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"file": str(self.file)}

    def sentence(self, done: str) -> str:
        checked = "，行数核对一致" if self.checked else ""
        return (
            f"{done} {self.file}：{self.tables} 张表 {self.rows:,} 行，附件 {self.attachments} 个，"
            f"{self.size / (1 << 20):.1f} MB{checked}。文件内含密钥，要与数据同样保管"
        )


def backup(config: Config, file: Path | None = None, *, check: bool = False) -> Result:
    """Write everything into one file, from one snapshot of the database, while the platform goes on working."""
    secrets = keys.load(config.data)
    if file is None:
        folder = config.data / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"{datetime.now():%Y%m%d-%H%M%S}{SUFFIX}"
    if not file.parent.is_dir():
        raise Fault(f"目录 {file.parent} 不存在", f"mkdir -p {file.parent}")
    partial = file.with_name(f".{file.name}.{random.token_hex(4)}")
    try:
        with (
            postgres.running(config, secrets) as cluster,
            tempfile.TemporaryDirectory(dir=file.parent) as scratch,
        ):
            dump = Path(scratch) / _DUMP
            counts = _dump(config, secrets, cluster, dump)
            attachments = _write(config, secrets, partial, dump, counts)
            if check:
                if cluster is None:
                    raise Fault("外部数据库不做试恢复", "去掉 --check，另找一台机器 gonghui restore 演练")
                _try_out(cluster, dump, counts)
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)
    return Result(file, len(counts), sum(counts.values()), attachments, file.stat().st_size, check)


def occupied(config: Config) -> bool:
    """Whether a restore would replace something."""
    return (config.data / "postgres").exists() or config.database_url is not None


def restore(config: Config, file: Path) -> Result:
    """Bring an installation back; what is there now is replaced only after the row counts agree."""
    if supervisor.running(config.data) is not None:
        raise Fault("平台正在运行，不能恢复", "先在运行它的窗口按 Ctrl-C 停止")
    config.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=config.data, prefix=".restore-") as scratch:
        folder = Path(scratch)
        manifest = _unpack(file, folder)
        saved = keys.Secrets(**json.loads((folder / _SECRETS).read_text(encoding="utf-8")))
        current = _current(config, saved)
        fresh.forget(config.data)
        with postgres.running(config, current) as cluster:
            if cluster is not None:
                _replace_database(cluster, folder / _DUMP, manifest["counts"])
            else:
                _fill_outside(config, folder / _DUMP, manifest["counts"])
        keys.save(config.data, current)
        attachments = _bring_files(config, folder / _FILES)
    counts = manifest["counts"]
    return Result(file, len(counts), sum(counts.values()), attachments, file.stat().st_size, True)


# -- writing ------------------------------------------------------------------------------------------------------


def _dump(config: Config, secrets: keys.Secrets, cluster: postgres.Cluster | None, dump: Path) -> dict[str, int]:
    """Dump and count in one snapshot, so that a busy platform cannot make the two differ."""
    if cluster is not None:
        url, extra = cluster.url(postgres.ADMIN), []
    else:
        # An outside owner is under its own forced policies, which let it see every row.
        url, extra = postgres.connections(config, secrets)[0], ["--enable-row-security"]
    with _connected(url) as connection:
        connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        counts = _counts(connection)
        _program("pg_dump", url, "-Fc", "-Z", "gzip:1", f"--snapshot={snapshot}", "-f", str(dump), *extra)
    return counts


def _write(config: Config, secrets: keys.Secrets, file: Path, dump: Path, counts: dict[str, int]) -> int:
    files = config.data / _FILES
    attachments = [path for path in files.rglob("*") if path.is_file()] if files.is_dir() else []
    manifest = {
        "format": _FORMAT,
        "made": datetime.now().astimezone().isoformat(timespec="seconds"),
        "counts": counts,
        "dump_sha256": _digest(dump),
        "attachments": len(attachments),
    }
    handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as tar:
        _add(tar, _MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        _add(tar, _SECRETS, json.dumps(asdict(secrets), indent=1))
        tar.add(dump, _DUMP)
        for path in attachments:
            tar.add(path, f"{_FILES}/{path.relative_to(files)}", recursive=False)
        stream.flush()
        os.fsync(stream.fileno())
    return len(attachments)


def _add(tar: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def _try_out(cluster: postgres.Cluster, dump: Path, counts: dict[str, int]) -> None:
    name = f"check_{random.token_hex(4)}"
    try:
        _fill(cluster, name, dump, counts)
    finally:
        _drop(cluster, name)


# -- reading ------------------------------------------------------------------------------------------------------


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file) as tar:
            for member in tar.getmembers():
                # Only plain files below the folder: a backup may have passed through other hands.
                target = (folder / member.name).resolve()
                if not member.isfile() or not target.is_relative_to(folder.resolve()):
                    raise Fault(f"{file} 里有不该有的内容：{member.name}", "换一份没有被改动过的备份")
                target.parent.mkdir(parents=True, exist_ok=True)
                source = tar.extractfile(member)
                assert source is not None
                with source, open(target, "wb") as sink:
                    shutil.copyfileobj(source, sink)
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        missing = "不存在" if Path(str(error.filename)) == file else "不是 gonghui backup 产生的"
        raise Fault(f"{file} {missing}", "检查文件路径") from None
    except (tarfile.TarError, ValueError, OSError):
        raise Fault(f"{file} 读不了或不完整", "换一份备份") from None
    if manifest.get("format") != _FORMAT:
        raise Fault(f"备份格式为 {manifest.get('format')}，本版本只认 {_FORMAT}", "升级平台后再恢复")
    if _digest(folder / _DUMP) != manifest["dump_sha256"]:
        raise Fault(f"{file} 里的数据库内容与校验值不符", "换一份备份")
    return manifest


def _current(config: Config, saved: keys.Secrets) -> keys.Secrets:
    """The keys of the backup with the passwords of the cluster that is here now."""
    if not (config.data / keys.FILE).exists():
        keys.save(config.data, saved)
        return saved
    here = keys.load(config.data)
    return replace(
        saved,
        owner_password=here.owner_password,
        app_password=here.app_password,
        admin_password=here.admin_password,
    )


def _replace_database(cluster: postgres.Cluster, dump: Path, counts: dict[str, int]) -> None:
    """Restore beside the present database, count, then change their names in one transaction."""
    fresh, former = f"restore_{random.token_hex(4)}", f"former_{random.token_hex(4)}"
    try:
        _fill(cluster, fresh, dump, counts)
        with _connected(cluster.url(postgres.ADMIN, "postgres")) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)",
                [[postgres.DATABASE, fresh]],
            )
            with admin.transaction():
                for old, new in ((postgres.DATABASE, former), (fresh, postgres.DATABASE)):
                    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                    admin.execute(statement.format(sql.Identifier(old), sql.Identifier(new)))
    finally:
        _drop(cluster, fresh)
    _drop(cluster, former)


def _fill(cluster: postgres.Cluster, name: str, dump: Path, counts: dict[str, int]) -> None:
    cluster.ensure_database(name)
    url = cluster.url(postgres.ADMIN, name)
    with psycopg.connect(url, autocommit=True) as admin:
        readers.ensure_group(admin)
    _program("pg_restore", url, "-d", name, "--exit-on-error", "-j", "2", str(dump))
    _verify(url, counts)


def _fill_outside(config: Config, dump: Path, counts: dict[str, int]) -> None:
    assert config.database_url is not None
    with outside.connect(config.database_url) as owner:
        if _counts(owner):
            raise Fault("外部数据库里已有表，不能往里恢复", "建一个空库，把 DATABASE_URL 指向它再恢复")
        name = str(_one(owner, "SELECT current_database()"))
    _program(
        "pg_restore",
        config.database_url,
        "-d",
        name,
        "--no-owner",
        "--enable-row-security",
        str(dump),
        strict=False,
    )
    _verify(config.database_url, counts)


def _verify(url: str, counts: dict[str, int]) -> None:
    with _connected(url) as connection:
        found = _counts(connection)
    if found != counts:
        wrong = sorted(name for name in counts.keys() | found.keys() if counts.get(name) != found.get(name))
        told = "、".join(f"{name} 应 {counts.get(name, 0)} 行，得 {found.get(name, 0)} 行" for name in wrong[:5])
        raise Fault(f"恢复后行数对不上：{told}", "现有数据没有动；换一份备份")
    with _connected(url) as connection:
        connection.execute(REBASE)  # this server counts transactions anew; the trail goes on above its seals


def _bring_files(config: Config, folder: Path) -> int:
    target = config.data / _FILES
    former = config.data / f".files-{random.token_hex(4)}"
    if not folder.is_dir():
        folder.mkdir()
    if target.exists():
        os.replace(target, former)
    os.replace(folder, target)
    shutil.rmtree(former, ignore_errors=True)
    return sum(1 for path in target.rglob("*") if path.is_file())


# -- small things -------------------------------------------------------------------------------------------------


def _drop(cluster: postgres.Cluster, name: str) -> None:
    with _connected(cluster.url(postgres.ADMIN, "postgres")) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _counts(connection: Connection) -> dict[str, int]:
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
    ).fetchall()
    query = sql.SQL("SELECT count(*) FROM {}")
    return {name: int(_one(connection, query.format(sql.Identifier(name)))) for (name,) in names}


def _one(connection: Connection, query: Any) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def _program(name: str, url: str, *arguments: str, strict: bool = True) -> None:
    environment = os.environ | postgres.libpq_environment(url)
    command = [str(postgres.program(name)), *arguments]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    if result.returncode and strict:
        reason = (result.stderr.strip().splitlines() or ["没有说明"])[0]
        raise Fault(f"{name} 失败：{reason}", "按上述原因改正后重试")


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
