"""`gonghui up` for real: starts, serves, survives kills of any of its parts, and leaves nothing behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gonghui.machine import children, processes, supervisor
from gonghui.machine import secrets as keys
from gonghui.machine.postgres import Cluster


class Up:
    """One `gonghui up` in a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.data, self.port = folder / "data", port
        self.output = open(folder / "output.txt", "w+", encoding="utf-8")  # noqa: SIM115 (closed by end)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GONGHUI_")}
        environment |= {"GONGHUI_DATA": str(self.data), "GONGHUI_PORT": str(port), "GONGHUI_DEMO": "false"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gonghui.cli", "up"],
            env=environment,
            cwd=folder,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def said(self) -> str:
        self.output.flush()
        return Path(self.output.name).read_text(encoding="utf-8")

    def ready(self, seconds: float = 300) -> "Up":
        assert processes.wait(lambda: "已启动" in self.said() or self.process.poll() is not None, seconds), self.said()
        assert self.process.poll() is None, self.said()
        return self

    def serves(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/", headers={"Host": "localhost"})
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def mark(self) -> str:
        return children.last_mark(self.data)

    def postmaster(self) -> int | None:
        return Cluster(self.data / "postgres", keys.load(self.data)).status().pid

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        code = self.process.wait(60)
        self.output.close()
        return code


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gonghui-test-", dir="/tmp", ignore_cleanup_errors=True) as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture
def up(folder: Path) -> Iterator[Up]:
    run = Up(folder, free_port())
    yield run
    if run.process.poll() is None:
        run.end(signal.SIGTERM)


def test_interrupt_stops_every_process(up: Up) -> None:
    up.ready()
    assert up.serves()
    mark = up.mark()
    assert len(children.marked(mark)) >= 3  # web with its workers, jobs
    postmaster = up.postmaster()
    assert postmaster is not None
    assert (up.data / "postgres" / "pgdata").is_dir()  # the account of the database reaches it here
    open_to_others = [path for path in up.data.iterdir() if path.is_dir() and path.stat().st_mode & 0o066]
    assert open_to_others == [] and up.data.stat().st_mode & 0o777 == 0o711
    assert up.end() == 0
    assert children.marked(mark) == [] and not processes.living(postmaster) and free(up.port)
    assert children.last_mark(up.data) == "" and supervisor.running(up.data) is None


def test_signal_while_starting_stops_too(folder: Path) -> None:
    run = Up(folder, free_port())
    assert processes.wait(lambda: "数据库" in run.said(), 60)
    assert run.end() == 130
    assert run.postmaster() is None


def test_killed_supervisor_leaves_nothing_and_blocks_nothing(up: Up, folder: Path) -> None:
    up.ready()
    mark, postmaster = up.mark(), up.postmaster()
    assert postmaster is not None
    up.end(signal.SIGKILL)
    assert processes.wait(lambda: not children.marked(mark), 30)
    assert processes.wait(lambda: not processes.living(postmaster), 30)
    assert free(up.port)
    again = Up(folder, up.port)
    again.ready()
    assert again.serves()
    mark = again.mark()
    again.end(signal.SIGKILL)
    at_once = Up(folder, up.port)  # while the old processes are still dying
    at_once.ready()
    assert at_once.serves() and children.marked(mark) == []
    assert at_once.end(signal.SIGTERM) == 0


def test_killed_parts_come_back_and_a_second_run_is_refused(up: Up) -> None:
    up.ready()
    environment = os.environ | {"GONGHUI_DATA": str(up.data), "GONGHUI_PORT": str(free_port())}
    command = [sys.executable, "-m", "gonghui.cli", "up"]
    second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert second.returncode == 2 and f"进程 {up.process.pid}" in second.stderr

    postmaster = up.postmaster()
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    assert processes.wait(lambda: up.postmaster() not in (None, postmaster), 30)
    before = set(children.marked(up.mark()))
    leaders = {pid for pid in before if os.getpgid(pid) == pid}
    for pid in leaders:
        os.kill(pid, signal.SIGKILL)
    assert processes.wait(lambda: not leaders & set(children.marked(up.mark())), 20)
    # first the word, then the page: a worker of the killed server still answers for a moment
    assert processes.wait(lambda: "重新启动" in up.said(), 60, 0.3), up.said()
    assert processes.wait(up.serves, 60, 0.3), up.said()


def test_taken_port_refused_before_anything_starts(folder: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # the trap: binding beside it succeeds
        other.bind(("127.0.0.1", 0))
        other.listen()
        began = time.monotonic()
        run = Up(folder, other.getsockname()[1])
        assert run.process.wait(30) == 2
        assert "已被占用" in run.said() and time.monotonic() - began < 20
        assert run.postmaster() is None
