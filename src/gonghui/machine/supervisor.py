"""`gonghui up`: database, tables, demonstration, web, jobs and gate, started in order and stopped together."""

import contextlib
import fcntl
import http.client
import importlib.util
import json
import os
import secrets as random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

import psycopg

from gonghui.machine import children, fresh, ports, postgres, processes, show
from gonghui.machine import secrets as keys
from gonghui.machine.children import Child
from gonghui.machine.config import Config
from gonghui.machine.fault import Fault
from gonghui.machine.postgres import outside

_READY_SECONDS = 120.0


class Stopped(Exception):
    """Someone pressed Ctrl-C before everything was up."""


class Supervisor:
    """One run of the whole platform on this machine."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.mark = random.token_hex(8)
        self.children: list[Child] = []
        self.cluster: postgres.Cluster | None = None
        self._stop = threading.Event()
        self._hurry = False

    def run(self) -> int:
        """Bring everything up and stay until told to stop; the exit code."""
        config = self.config
        if os.environ.get("MAKELEVEL"):
            processes.end_with_parent(os.getppid())()  # a killed make takes the platform with it
        secrets = keys.load(config.data)
        with self._alone(), self._signals():
            ports.check(config.host, config.port)
            ports.check(config.host, config.gate_port, "GONGHUI_GATE_PORT")
            try:
                with contextlib.ExitStack() as stack:
                    with show.step("数据库"):
                        self.cluster = stack.enter_context(postgres.running(config, secrets))
                    self._prepare(secrets)
                    try:
                        self._serve()
                        self._watch()
                    finally:
                        show.say("正在停止…")
                        children.stop_all(self.children, lambda: self._hurry)
                        children.sweep(self.mark)
            except Stopped:
                children.sweep(self.mark)
                show.say("已停止")
                return 130
        show.say("已停止")
        return 0

    # -- steps ----------------------------------------------------------------------------------------------

    def _prepare(self, secrets: keys.Secrets) -> None:
        owner, _ = postgres.connections(self.config, secrets)
        if not fresh.is_fresh(self.config.data, owner):
            with show.step("表结构与静态文件"):
                self._once("migrate", "--quiet")
        if self.config.demo and importlib.util.find_spec("gonghui.web.demo") and self._empty(secrets):
            show.say("第一次启动，载入演示数据（GONGHUI_DEMO=false 可跳过）")
            self._once("demo", "--background", talk=True)
            show.say("一年的业务（评定、帮扶、荣誉等）在后台补上，大约一分钟后齐全")

    def _empty(self, secrets: keys.Secrets) -> bool:
        """No organisation yet: the demonstration never mixes with a real roster."""
        owner, _ = postgres.connections(self.config, secrets)
        with outside.connect(owner) as connection:
            try:
                row = connection.execute("SELECT NOT EXISTS (SELECT 1 FROM organisation)").fetchone()
            except psycopg.errors.UndefinedTable:
                return False
        return bool(row and row[0])

    def _serve(self) -> None:
        config = self.config
        python = [sys.executable, "-m"]
        web = [*python, "granian", "--interface", "wsgi", "--host", config.host, "--port", str(config.port)]
        threads = min(8, 2 * (os.cpu_count() or 1) + 1)
        web += ["--workers", str(config.web_workers), "--blocking-threads", str(threads)]
        web += ["--no-ws", "--no-access-log"]
        web += ["--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "10"]
        self._add("web", "网页服务", [*web, "gonghui.web.wsgi:application"])
        # Not `-m`: the queue warns of tasks that live in the main module.
        start = "import sys; from gonghui.web.worker import main; sys.exit(main())"
        self._add("worker", "后台任务", [sys.executable, "-c", start])
        if importlib.util.find_spec("gonghui.gate") is not None:
            self._add("gate", "领取闸口", [*python, "gonghui.gate"])
        with show.step("网页服务"):
            self.children[0].start()
            self._await_page()
        for child in self.children[1:]:  # after the page, which a person is waiting for
            child.start()
        show.addresses(config, demo=config.demo)

    def _add(self, name: str, title: str, command: Sequence[str]) -> None:
        log = self.config.data / "log" / f"{name}.log"
        self.children.append(Child(name, title, command, self._environment(), log, show.say))

    def _await_page(self) -> None:
        web = self.children[0]
        end, refused = time.monotonic() + _READY_SECONDS, 0
        while (status := self._answers()) is None or status >= 500:
            web.tend()
            self._pause(0.1)
            if status is not None:
                refused += 1
                self._pause(1.0)  # each try leaves a traceback in the log
            if web.deaths >= 3 or refused >= 8 or time.monotonic() > end:
                raise Fault("网页服务起不来", f"查看 {self.config.data / 'log' / 'web.log'}，或运行 gonghui doctor")

    def _answers(self) -> int | None:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.config.host, self.config.host)
        connection = http.client.HTTPConnection(host, self.config.port, timeout=20)
        try:
            connection.request("GET", "/", headers={"Host": self.config.allowed_hosts[0]})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _watch(self) -> None:
        while True:
            try:
                self._tend()
            except Stopped:
                return

    def _tend(self) -> None:
        if self.cluster is not None and self.cluster.revive():
            show.say("数据库意外退出，已重新启动")
        for child in self.children:
            child.tend()
        self._pause(0.1)

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Stopped

    # -- surroundings ---------------------------------------------------------------------------------------

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            children.MARK: self.mark,
            "GONGHUI_DATA": str(self.config.data),
            "DJANGO_SETTINGS_MODULE": "gonghui.web.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def _once(self, *arguments: str, talk: bool = False) -> None:
        """Run one command of our own to its end, in a group of its own so that Ctrl-C reaches it through us."""
        process = subprocess.Popen(
            [sys.executable, "-m", "gonghui.cli", *arguments],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=None if talk else subprocess.PIPE,
            stderr=None if talk else subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=processes.end_with_parent(os.getpid()),
        )
        output: list[str] = []
        reader = threading.Thread(target=_drain, args=(process.stdout, output), daemon=True)
        reader.start()
        while process.poll() is None:
            if self._stop.wait(0.05):
                processes.end(process.pid, signals=((signal.SIGTERM, 5), (signal.SIGKILL, 5)), group=True)
                raise Stopped
        reader.join()
        if process.returncode != 0:
            tail = "\n".join(output[-15:])
            raise Fault(f"gonghui {arguments[0]} 没有完成\n{tail}".rstrip(), "改正后再运行，已完成的部分不会重做")

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        def told(number: int, frame: FrameType | None) -> None:
            self._hurry = self._stop.is_set()  # the second Ctrl-C does not wait
            self._stop.set()

        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means to outlive the window
            numbers.append(signal.SIGHUP)
        former = {number: signal.signal(number, told) for number in numbers}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One run per data directory; what an earlier, killed run left over is ended first."""
        with open(self.config.data / children.LOCK, "a+", encoding="utf-8") as lock:
            former = _read(lock)
            if not processes.wait(lambda: _taken(lock), 0.5):  # `running` below holds it for a moment
                raise Fault(
                    f"平台已在运行（进程 {former.get('pid', '未知')}，{former.get('url', '')}）",
                    "用浏览器打开它，或在原来的窗口按 Ctrl-C 停止",
                )
            if former.get("mark") and children.sweep(former["mark"]):
                show.say("清理了上次没有正常停止的进程")
            lock.truncate(0)
            json.dump({"pid": os.getpid(), "mark": self.mark, "url": self.config.public_url}, lock)
            lock.flush()
            yield
            lock.truncate(0)


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(lock: IO[str]) -> dict[str, str]:
    lock.seek(0)
    try:
        former = json.loads(lock.read() or "{}")
    except ValueError:
        return {}
    return {name: str(value) for name, value in former.items()}


def _drain(stream: IO[str] | None, into: list[str]) -> None:
    for line in stream or ():
        into.append(line.rstrip())


def running(data: Path) -> dict[str, str] | None:
    """The run that holds this data directory now, or None."""
    try:
        with open(data / children.LOCK, encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read(lock)
    except FileNotFoundError:
        pass
    return None
