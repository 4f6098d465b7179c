"""Stops an embedded server when its last user is gone, be it by Ctrl-C or by kill -9.

Run as a script of its own with the standard library only. Every user of the cluster holds a shared lock on one
file; the kernel drops it when the user dies, however it dies. The exclusive lock tried for here is granted
then, and no new user can come in before the server is down.
"""

import fcntl
import os
import signal
import sys
import time


def _living(pid: int, pgdata: str) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
            dead = stream.read().rpartition(")")[2].split()[0] in "ZX"
        return not dead and os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(pgdata)
    except OSError:
        return False


def main(lock: str, pgdata: str, pid: int) -> None:
    """Wait for the last user, then ask for a fast shutdown, then insist."""
    with open(lock, encoding="utf-8") as stream:
        while True:
            if not _living(pid, pgdata):
                return  # the next server brings a keeper of its own
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.5)
        for number, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
            if not _living(pid, pgdata):
                return
            os.kill(pid, number)
            end = time.monotonic() + seconds
            while _living(pid, pgdata) and time.monotonic() < end:
                time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
