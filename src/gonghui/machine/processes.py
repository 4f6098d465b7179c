"""Looking at and ending other processes through /proc, where a zombie is told from a living one."""

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def state(pid: int) -> str | None:
    """The one-letter state of a process, or None when it does not exist."""
    try:
        # The name in parentheses may itself contain spaces and parentheses.
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return None


def living(pid: int) -> bool:
    """Whether the process can still do anything: kill(pid, 0) says yes to a zombie, this does not."""
    return state(pid) not in {None, "Z", "X"}


def born(pid: int) -> int | None:
    """The start time in clock ticks: pid and start time together name a process for good."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return None


def working_in(directory: Path) -> Iterator[int]:
    """Living processes whose working directory is exactly this one."""
    wanted = os.path.realpath(directory)
    for entry in os.listdir("/proc"):
        if entry.isdigit() and living(int(entry)):
            try:
                if os.readlink(f"/proc/{entry}/cwd") == wanted:
                    yield int(entry)
            except OSError:
                continue


def wait(done: Callable[[], bool], seconds: float, step: float = 0.02) -> bool:
    """Poll until done or the time is over; True when done."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def end(pid: int, *, signals: tuple[tuple[signal.Signals, float], ...], group: bool = False) -> bool:
    """Send each signal in turn until the process is gone, waiting the given seconds after each."""
    for number, seconds in signals:
        try:
            (os.killpg if group else os.kill)(pid, number)
        except ProcessLookupError:
            return True
        if wait(lambda: not living(pid), seconds):
            return True
    return not living(pid)


def end_with_parent(parent: int) -> Callable[[], None]:
    """A preexec function: the child gets SIGTERM when its parent dies, even of kill -9.

    Not SIGKILL: the web server must be able to end its own workers, which would go on holding the port.
    """

    def arm() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # the parent died between fork and here
            os._exit(1)

    return arm
