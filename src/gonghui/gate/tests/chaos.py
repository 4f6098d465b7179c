"""Kills at random moments while a crowd asks: a gate, the database server, the worker that keeps the books."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

from .conftest import Rig
from .world import ROOT, Server

WORKER = """
import os, time
os.environ["DJANGO_SETTINGS_MODULE"] = "gonghui.web.settings"
import django; django.setup()
from django.db import connection
from gonghui.kernel.quotas.services import tick
while True:
    try:
        tick(); time.sleep(0.05)
    except Exception:
        connection.close(); time.sleep(0.2)
"""


class Worker:
    """The books of claims, kept by a process that may die at any moment."""

    def __init__(self, rig: Rig) -> None:
        self._environment = os.environ | rig.environment | {"PYTHONPATH": str(ROOT / "src")}
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", WORKER], env=self._environment, cwd=ROOT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def again(self) -> None:
        self._process = self._start()


class Chaos:
    """Kills one of the three every so often, and brings it back as the supervisor would."""

    def __init__(self, rig: Rig, gates: list[Server], seed: int, pause: tuple[float, float] = (0.3, 1.5)) -> None:
        self.rig, self.gates, self.pause = rig, gates, pause
        self.kills: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._stop = threading.Event()
        self._worker = Worker(rig)
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Chaos:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._worker.kill()

    def _run(self) -> None:
        while not self._stop.wait(self._chance.uniform(*self.pause)):
            what = self._chance.choice(["gate", "database", "worker"])
            getattr(self, f"_kill_{what}")()
            self.kills[what] += 1

    def _kill_gate(self) -> None:
        gate = self._chance.choice(self.gates)
        gate.kill()
        time.sleep(0.1)
        gate.start()

    def _kill_database(self) -> None:
        pid = self.rig.cluster.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
        self.rig.revive()

    def _kill_worker(self) -> None:
        self._worker.kill()
        self._worker.again()
