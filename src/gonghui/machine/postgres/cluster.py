"""One embedded PostgreSQL cluster: started by whoever comes first, stopped when the last one leaves."""

import contextlib
import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from gonghui.machine import processes
from gonghui.machine.fault import Fault
from gonghui.machine.postgres import conf, keeper
from gonghui.machine.postgres import home as homes
from gonghui.machine.secrets import Secrets

DATABASE = "gonghui"
OWNER, APP, ADMIN = "gonghui_owner", "gonghui_app", "gonghui_admin"
_PREPARED = "gonghui.prepared"
_START_SECONDS = 300  # a crash recovery may take minutes; it must not be cut short


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a cluster without touching it."""

    made: bool
    running: bool
    pid: int | None = None
    directory: Path | None = None
    sockets: Path | None = None
    account: str | None = None
    version: str | None = None


class Cluster:
    """An embedded cluster below one directory; `fast` gives up durability and is for tests only."""

    def __init__(self, directory: Path, secrets: Secrets, *, fast: bool = False) -> None:
        self.directory = directory.absolute()
        self.secrets = secrets
        self.fast = fast
        self._home: homes.Home | None = None
        self._users: IO[str] | None = None

    @property
    def home(self) -> homes.Home:
        """Where it lives; asking for the first time decides it."""
        if self._home is None:
            self._home = homes.settle(self.directory)
        return self._home

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database for one role; needs no running server."""
        password = self.secrets.password(role)
        return f"postgresql://{role}:{password}@/{quote(database)}?host={quote(str(self.home.sockets), safe='')}"

    def start(self) -> None:
        """Bring the server up, or join the one that already runs, and hold it up until stop()."""
        if self._users is not None:
            return
        home = self.home
        with self._locked("start.lock"):
            users = self._open("users.lock")
            fcntl.flock(users, fcntl.LOCK_SH)  # waits for a keeper that is just stopping the server
            try:
                self._initialise(home)
                self._bring_up(home)
                self._prepare()
            except BaseException:
                users.close()
                raise
            self._users = users

    def revive(self) -> bool:
        """Bring a server back that died under its users; True when it had to be done."""
        if self._users is None or self._postmaster() is not None:
            return False
        with self._locked("start.lock"):
            self._bring_up(self.home)
        return True

    def stop(self) -> bool:
        """Let go of the server; the last one to do so stops it. True when it no longer runs."""
        users, self._users = self._users, None
        if users is None:
            return self._postmaster() is None
        with users:
            others = 0
            while others < 5:  # two who leave at once look like users to each other for a moment
                if _try(users, fcntl.LOCK_EX):
                    self._shutdown()
                    return True
                if _try(users, fcntl.LOCK_SH):  # not its keeper just stopping it, so another user
                    others += 1
                time.sleep(random.uniform(0.01, 0.05))
            return False

    def status(self) -> Status:
        """Look without starting, settling or writing anything."""
        if not homes.recorded(self.directory):
            return Status(made=False, running=False)
        home, pid = self.home, self._postmaster()
        version = home.pgdata / "PG_VERSION"
        return Status(
            made=version.exists(),
            running=pid is not None,
            pid=pid,
            directory=home.directory,
            sockets=home.sockets,
            account=home.account,
            version=version.read_text().strip() if version.exists() else None,
        )

    def ensure_database(self, name: str = DATABASE) -> None:
        """Make the database, owned by the owner role and closed to everybody but the two roles."""
        with self._admin("postgres") as admin:
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            identifier = sql.Identifier(name)
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(identifier, sql.Identifier(OWNER)))
            admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(identifier))
            admin.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(identifier, sql.Identifier(APP))
            )

    def run(self, program: str, *arguments: str, **given: Any) -> subprocess.CompletedProcess[str]:
        """Run a client program of the wheel (psql, pg_dump, pg_restore) as the calling account."""
        command = [str(homes.wheel() / "bin" / program), *arguments]
        return subprocess.run(command, text=True, check=False, **given)

    # -- making ---------------------------------------------------------------------------------------------

    def _initialise(self, home: homes.Home) -> None:
        version = home.pgdata / "PG_VERSION"
        if version.exists():
            self._check_version(version.read_text().strip())
            return
        if home.drops:
            home.directory.chmod(0o711)
        partial = home.directory / "pgdata.new"  # renamed when whole: a kill in the middle leaves no half cluster
        shutil.rmtree(partial, ignore_errors=True)
        home.own(partial)
        password = home.own(home.directory / "init") / "password"
        try:
            password.write_text(self.secrets.admin_password, encoding="utf-8")
            if home.drops:
                os.chown(password, home.uid, home.gid)
            self._program(
                home,
                "initdb",
                *("-D", str(partial), "-U", ADMIN, f"--pwfile={password}", "--auth=scram-sha-256"),
                *(
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                ),
                *(["--no-sync"] if self.fast else []),
            )
        finally:
            shutil.rmtree(password.parent, ignore_errors=True)
        with open(partial / "postgresql.conf", "a", encoding="utf-8") as stream:
            stream.write("\ninclude = 'gonghui.conf'\ninclude_dir = 'conf.d'\n")
        home.own(partial / "conf.d")
        os.replace(partial, home.pgdata)

    def _check_version(self, made_with: str) -> None:
        listing = self.run("postgres", "--version", capture_output=True).stdout.split()
        major = listing[2].split(".")[0] if len(listing) > 2 else made_with
        if major != made_with:
            raise Fault(
                f"数据由 PostgreSQL {made_with} 建立，当前程序带的是 {major}",
                "装回原来的版本，gonghui backup 后在新的数据目录 gonghui restore",
            )

    def _prepare(self) -> None:
        """Roles and what the app role may do in every database made later, once."""
        marker = self.home.pgdata / _PREPARED
        if marker.exists():
            return
        with self._admin("postgres") as admin:
            for role, options in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
                known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
                verb = "ALTER" if known else "CREATE"
                admin.execute(
                    sql.SQL(
                        "{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS {} PASSWORD {}"
                    ).format(
                        sql.SQL(verb),
                        sql.Identifier(role),
                        sql.SQL(options),
                        sql.Literal(self.secrets.password(role)),
                    )
                )
        with self._admin("template1") as admin:
            for statement in default_privileges(OWNER):
                admin.execute(statement)
        marker.touch()

    # -- running --------------------------------------------------------------------------------------------

    def _launch(self, home: homes.Home) -> None:
        for folder in (home.sockets, home.log):
            _no_trap(folder, home)
            home.own(folder)
        for name, text in (
            ("gonghui.conf", conf.text(home.sockets, fast=self.fast)),
            ("pg_hba.conf", conf.HBA),
        ):
            fresh = home.directory / f".{name}"  # written beside and moved in, so never half a file
            fresh.unlink(missing_ok=True)
            fresh.write_text(text, encoding="utf-8")
            fresh.chmod(0o600)
            if home.drops:
                os.chown(fresh, home.uid, home.gid)
            os.replace(fresh, home.pgdata / name)
        log = home.log / "start.log"
        log.unlink(missing_ok=True)
        self._program(
            home,
            *(
                "pg_ctl",
                "start",
                "-D",
                str(home.pgdata),
                "-w",
                "-t",
                str(_START_SECONDS),
                "-s",
                "-l",
                str(log),
            ),
        )
        pid = self._postmaster()
        if pid is None:
            raise Fault("PostgreSQL 启动后随即退出", f"查看 {home.log} 下的日志")
        script = [sys.executable, "-I", "-S", str(keeper.__file__)]
        subprocess.Popen(
            [*script, str(self.directory / "users.lock"), str(home.pgdata), str(pid)],
            start_new_session=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ).returncode = 0  # it outlives us on purpose; this keeps the destructor from warning

    def _bring_up(self, home: homes.Home) -> None:
        for _ in range(3):  # a server found running may be one that is dying of a kill just now
            if self._postmaster() is None:
                self._clear(home)
                self._launch(home)
            if self._answers():
                return
        raise Fault("PostgreSQL 没有应答", f"查看 {home.log} 下的日志")

    def _answers(self) -> bool:
        """Wait until it takes connections (it may be recovering); False when it is gone."""
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(ADMIN, "postgres"), connect_timeout=10).close()
                return True
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise Fault(
                        "密钥文件与数据库对不上：数据库不认其中的口令",
                        "把当初的 secrets.json 放回数据目录，或从备份恢复：gonghui restore 备份文件",
                    ) from None
                if self._postmaster() is None or time.monotonic() > end:
                    return False
            time.sleep(0.1)

    def _postmaster(self) -> int | None:
        """The living postmaster of this cluster; a stale file, a reused number and a zombie do not count."""
        if self._home is None and not homes.recorded(self.directory):
            return None
        pgdata = self.home.pgdata
        try:
            pid = int((pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
            place = os.readlink(f"/proc/{pid}/cwd")
        except (OSError, ValueError):
            return None
        return pid if processes.living(pid) and place == os.path.realpath(pgdata) else None

    def _clear(self, home: homes.Home) -> None:
        """After a kill -9: end orphaned backends, then remove what would make PostgreSQL refuse to start.

        PostgreSQL itself asks kill(pid, 0), which a zombie postmaster (no init reaps it in a bare container)
        or a reused number answers. The order matters: with no backend left the files protect nothing.
        """
        for pid in list(processes.working_in(home.pgdata)):
            processes.end(pid, signals=((signal.SIGQUIT, 5), (signal.SIGKILL, 5)))
        if list(processes.working_in(home.pgdata)):
            raise Fault("上次的数据库进程结束不了，不能安全启动", f"lsof +d {home.pgdata} 找出进程并结束它")
        for file in (home.pgdata / "postmaster.pid", home.sockets / f"{homes.SOCKET}.lock"):
            file.unlink(missing_ok=True)

    def _shutdown(self) -> None:
        if (pid := self._postmaster()) is not None:
            steps = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
            if not processes.end(pid, signals=steps):
                raise Fault(f"PostgreSQL（进程 {pid}）停不下来", "稍后再试，或重启机器")

    # -- small things ---------------------------------------------------------------------------------------

    def _program(self, home: homes.Home, program: str, *arguments: str) -> None:
        command = [str(homes.binaries(home) / program), *arguments]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **home.popen())
        if result.returncode != 0:
            log = home.log / "start.log"
            told = log.read_text(errors="replace") if program == "pg_ctl" and log.exists() else result.stdout
            raise Fault(f"{program} 失败：{_reason(told)}", f"查看 {home.log} 下的日志")

    def _admin(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(ADMIN, database), autocommit=True)

    def _open(self, name: str) -> IO[str]:
        return open(self.directory / name, "a+", encoding="utf-8")

    @contextlib.contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with self._open(name) as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def default_privileges(owner: str) -> list[sql.Composed]:
    """What the app role may do with whatever the owner makes; migrations take away where that is too much."""
    grants = (
        ("SELECT, INSERT, UPDATE, DELETE", "TABLES"),
        ("USAGE, SELECT", "SEQUENCES"),
        ("EXECUTE", "FUNCTIONS"),
    )
    return [
        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} GRANT {} ON {} TO {}").format(
            sql.Identifier(owner), sql.SQL(rights), sql.SQL(kind), sql.Identifier(APP)
        )
        for rights, kind in grants
    ]


def _try(stream: IO[str], mode: int) -> bool:
    try:
        fcntl.flock(stream, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _no_trap(folder: Path, home: homes.Home) -> None:
    """/tmp is everybody's: a folder of that name made by someone else is refused, not used."""
    try:
        made = folder.lstat()
    except FileNotFoundError:
        return
    if folder.is_symlink() or made.st_uid not in {home.uid, os.geteuid()}:
        raise Fault(f"{folder} 已被别的账号占用", f"核对后删除 {folder} 再启动")


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(mark in line for mark in ("FATAL", "PANIC", "error:", "HINT"))]
    return " / ".join((telling or lines)[-3:]) or "没有输出"
