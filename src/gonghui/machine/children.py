"""The processes of a running installation: started in groups, watched, restarted, and never left behind."""

import json
import logging
import logging.handlers
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from gonghui.machine import processes

MARK = "GONGHUI_RUN"
LOCK = "up.lock"
_ROUTINE = re.compile(r"^[\d-]+ [\d:,]+ INFO procrastinate\b")  # kept in the log file, not on the screen
_GRACE = 25.0
_STEADY = 60.0


class Child:
    """One process with its helpers, in a group of its own, restarted with growing pauses when it dies."""

    def __init__(
        self,
        name: str,
        title: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        say: Callable[[str], None],
    ) -> None:
        self.name = name
        self.title = title
        self.command = list(command)
        self.environment = dict(environment)
        self.say = say
        self.deaths = 0
        self._log = _logger(name, log)
        self._process: subprocess.Popen[str] | None = None
        self._began = 0.0
        self._again = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it; must be called from the main thread, whose death the kernel reports to the child."""
        self._process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=processes.end_with_parent(os.getpid()),
        )
        self._began = time.monotonic()
        assert self._process.stdout is not None
        threading.Thread(target=self._relay, args=(self._process.stdout,), daemon=True).start()

    def tend(self) -> None:
        """Notice a death, clear away what is left of the group, and start again after a pause."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._again:
                self.start()
            return
        code = self._process.poll()
        if code is None:
            if self.deaths and now - self._began > _STEADY:
                self.deaths = 0
            return
        self._kill_group()
        self._process = None
        pause = min(30.0, 2.0**self.deaths)
        self.deaths += 1
        self._again = now + pause
        self.say(f"{self.title}退出（{_cause(code)}），{pause:.0f} 秒后重新启动")

    def ask_to_stop(self) -> None:
        """The first, polite signal."""
        if self._process is not None and self._process.poll() is None:
            _signal_group(self._process.pid, signal.SIGTERM)

    def finish(self, until: float) -> None:
        """Wait until the given moment, then kill whatever is left of the group."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.say(f"{self.title}没有按时结束，强制结束")
        self._kill_group()
        self._process.wait()
        self._process = None

    def _kill_group(self) -> None:
        if self._process is not None:
            _signal_group(self._process.pid, signal.SIGKILL)

    def _relay(self, stream: IO[str]) -> None:
        for line in stream:
            text = line.rstrip()
            self._log.info("%s", text)
            if not _ROUTINE.match(text):
                self.say(text)


def stop_all(children: Sequence[Child], hurry: Callable[[], bool]) -> None:
    """Stop all at once, so that the slowest decides how long it takes."""
    for child in children:
        child.ask_to_stop()
    end = time.monotonic() + _GRACE
    while time.monotonic() < end and not hurry() and any(_running(child) for child in children):
        time.sleep(0.05)
    for child in children:
        child.finish(time.monotonic())


def sweep(mark: str) -> list[int]:
    """End every process that carries the mark of a run: what a kill -9 of the supervisor left over."""
    found = [pid for pid in marked(mark) if pid != os.getpid()]
    for pid in found:
        processes.end(pid, signals=((signal.SIGTERM, 3), (signal.SIGKILL, 3)))
    return found


def marked(mark: str) -> list[int]:
    """Living processes whose environment carries the mark; unlike a number it is never used twice."""
    needle = f"{MARK}={mark}".encode()
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if needle in Path(f"/proc/{entry}/environ").read_bytes().split(b"\0"):
                    found.append(int(entry))
            except OSError:
                continue
    return [pid for pid in found if processes.living(pid)]


def last_mark(data: Path) -> str:
    """The mark of the run that used this data directory last, empty when it stopped as it should."""
    try:
        return str(json.loads((data / LOCK).read_text(encoding="utf-8") or "{}").get("mark", ""))
    except (OSError, ValueError):
        return ""


def _running(child: Child) -> bool:
    return child._process is not None and child._process.poll() is None


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _cause(code: int) -> str:
    return f"信号 {signal.Signals(-code).name}" if code < 0 else f"代码 {code}"


def _logger(name: str, path: Path) -> logging.Logger:
    path.parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger(f"gonghui.child.{name}.{path}")
    if not logger.handlers:
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=10 << 20, backupCount=3, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger
