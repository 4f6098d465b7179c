"""A city of numbers for the gate: people and offers by plain rows, gates as real processes, and what must hold after."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from gonghui.kernel.quotas import contract

from .rush import request

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[4]
GATE = "gonghui.gate.app:app"

ORGANISATION = """
INSERT INTO organisation (id, path, name, kind, level, short_name, name_key, state, code, uscc, union_kind, unit_kind,
  industry, region_code, address, office_phone, listed, intro, version)
VALUES (1, '00001', '量城总工会', 'federation', 'city', '', '', 'active', '', '', '', '', '', '', '', '', true, '', 1)
ON CONFLICT DO NOTHING
"""
PEOPLE = """
INSERT INTO person (id, path, name, name_key, id_kind, id_hash, id_sealed, id_mask, phone_mask, sex, birth, ethnicity,
  education, politics, skill_level, version)
SELECT n, '00001', '会员' || n, '', 'identity_card', int8send(n), '', '', '', '1', '1990-01-01', '', '', '', '', 1
FROM generate_series(1::bigint, %s) AS n
ON CONFLICT DO NOTHING
"""
OFFER = """
INSERT INTO offer (id, path, number, organisation_id, kind, title, allocation, state, opens_at, closes_at, audience,
  again_after_months, waits, answer_hours, cancel_until_hours, transferable, weights, uses, procedure, version)
VALUES (nextval(pg_get_serial_sequence('offer', 'id')), '00001', gen_random_uuid()::text::varchar(24), 1, 'course', '夜校',
  'first_come', 'published', now() + %s * interval '1 second', now() + interval '1 day', '{}', 0, 0, 24, 24, false, '[]', 1,
  '', 1)
RETURNING id
"""
SESSION = """
INSERT INTO offer_session (path, offer_id, title, "order", place, teacher, state)
VALUES ('00001', %s, '第一场', 0, '', '', 'planned') RETURNING id
"""
COUNTER = """
INSERT INTO offer_counter (path, offer_id, session_id, share, title, audience, capacity, taken, freed)
VALUES ('00001', %s, %s, '', '', '{}', %s, 0, 0) RETURNING id
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def fill(owner_url: str, people: int) -> None:
    """The city and its people."""
    with psycopg.connect(owner_url) as line:
        line.execute(ORGANISATION)
        line.execute(PEOPLE, [people])
    with psycopg.connect(owner_url, autocommit=True) as line:
        line.execute("VACUUM ANALYZE person")


def make_offer(owner_url: str, capacity: Sequence[int], opens_in: float = -3600) -> tuple[int, list[int]]:
    """A first-come offer with a session and counter for each capacity: (offer, counters)."""
    with psycopg.connect(owner_url) as line:
        offer = line.execute(OFFER, [opens_in]).fetchone()[0]  # type: ignore[index]
        counters = []
        for places in capacity:
            session = line.execute(SESSION, [offer]).fetchone()[0]  # type: ignore[index]
            counters.append(line.execute(COUNTER, [offer, session, places]).fetchone()[0])  # type: ignore[index]
    return offer, counters


def key_of(people: int) -> list[str]:
    return [str(uuid4()) for _ in range(people)]


def token(secret: str, offer: int, counter: int, person: int, *, shift: int = 0) -> str:
    """A token as the pages make it; `shift` seconds by a wrong clock."""
    now = int(time.time()) + shift
    return contract.sign(contract.gate_key(secret), contract.Ticket(offer, counter, person, now, now + contract.LIVES))


def requests_for(secret: str, offer: int, counter: int, people: Sequence[int], port: int) -> list[bytes]:
    """One signed request for each person with a key of its own."""
    return [request(HOST, port, token(secret, offer, counter, person), str(uuid4())) for person in people]


class Server:
    """A granian with RSGI processes, watched by itself as in production."""

    def __init__(self, module: str, environment: dict[str, str], *, workers: int = 1, port: int = 0) -> None:
        self.port = port or free_port()
        self._module, self._environment, self._workers = module, environment, workers
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        command = [
            sys.executable, "-m", "granian", "--interface", "rsgi", "--host", HOST, "--port", str(self.port),
            "--workers", str(self._workers), "--runtime-mode", "st", "--no-ws", "--no-access-log", "--log-level", "error", "--backlog", "4096",
            self._module,
        ]  # fmt: skip
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])} | self._environment
        self._process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
        self.wait()

    def wait(self) -> None:
        """Until it answers; a gate says 503 until it has asked the database for the first time."""
        self._until("/healthz", {200, 404})

    def hears(self, counter: int) -> None:
        """Until the gate has heard of a counter: it looks once a second."""
        self._until(f"/look?counter={counter}", {200})

    def _until(self, path: str, wanted: set[int]) -> None:
        end = time.monotonic() + 20
        while self._status(path) not in wanted:
            assert time.monotonic() < end, f"{self._module} did not answer {path}"
            time.sleep(0.02)

    def _status(self, path: str) -> int:
        line = http.client.HTTPConnection(HOST, self.port, timeout=2)
        try:
            line.request("GET", path)
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            line.close()

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """kill -9 of the whole server, at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def pids(self) -> list[int]:
        assert self._process is not None
        return _family(self._process.pid)

    def processor_seconds(self) -> float:
        """Time that the server's processes have computed."""
        ticks = 0
        for pid in self.pids():
            try:
                words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except FileNotFoundError:
                continue
            ticks += int(words[11]) + int(words[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def truth(owner_url: str, offer: int) -> dict[str, Any]:
    """What the database holds of an offer: claims by key, persons served, counters."""
    with psycopg.connect(owner_url) as line:
        claims = line.execute(
            "SELECT key::text, person_id, counter_id FROM offer_claim WHERE offer_id = %s AND ended = 0", [offer]
        ).fetchall()
        counters = line.execute("SELECT id, capacity, taken FROM offer_counter WHERE offer_id = %s", [offer]).fetchall()
    return {"claims": claims, "counters": {pk: (capacity, taken) for pk, capacity, taken in counters}}
