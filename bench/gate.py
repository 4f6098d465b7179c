"""The gate under a rush: durable claims, refusals from memory, a whole city over a thousand seats."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connection

from gonghui.kernel.quotas import contract
from gonghui.machine.postgres import APP, OWNER

from . import Context
from ._rush import Result, request, rush

NAME = "领取闸口（同一台机器、同一次运行，含发压程序）"
PEOPLE = 120_000
CLAIMS, SOLD_OUT_ASKS = 60_000, 60_000
RUSH_PEOPLE, RUSH_SEATS = 50_000, 1_026
HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parent.parent

PEOPLE_SQL = """
INSERT INTO person (id, path, name, name_key, id_kind, id_hash, id_sealed, id_mask, phone_mask, sex, birth, ethnicity,
  education, politics, skill_level, version)
SELECT n, %s, '测量' || n, '', 'identity_card', int8send(n), '', '', '', '1', '1990-01-01', '', '', '', '', 1
FROM generate_series(1::bigint, %s) AS n
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(module: str, port: int, environment: dict[str, str], workers: int) -> Iterator[list[int]]:
    """A granian with RSGI processes; their numbers, for the processor time they used."""
    command = [
        sys.executable, "-m", "granian", "--interface", "rsgi", "--host", HOST, "--port", str(port), "--workers",
        str(workers), "--no-ws", "--no-access-log", "--log-level", "warning", "--backlog", "4096", module,
    ]  # fmt: skip
    process = subprocess.Popen(command, env=os.environ | environment, cwd=ROOT)
    try:
        for _ in range(200):
            try:
                with socket.create_connection((HOST, port), timeout=1):
                    break
            except OSError:
                time.sleep(0.05)
        time.sleep(1.5)  # the gate looks at the database once a second
        yield _family(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def processor_seconds(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def fill(context: Context, name: str, people: int = PEOPLE) -> None:
    """A city with people: rows without services, as many as a rush needs."""
    with context.connect(name, OWNER) as filling:
        cursor = filling.cursor()
        cursor.execute(
            "INSERT INTO organisation (id, path, name, kind, level, short_name, name_key, state, code, uscc, union_kind,"
            " unit_kind, industry, region_code, address, office_phone, listed, intro, version)"
            " VALUES (1, '00001', '量城总工会', 'federation', 'city', '', '', 'active', '', '', '', '', '', '', '', '',"
            " true, '', 1)"
        )
        cursor.execute(PEOPLE_SQL, ["00001", people])
        filling.commit()
        filling.autocommit = True
        cursor.execute("VACUUM ANALYZE person")


def offer(capacity: int) -> tuple[int, int]:
    """An open offer with one counter: (offer, counter)."""
    from gonghui.kernel.models import Counter, Organisation
    from gonghui.kernel.quotas.factories import make_offer
    from gonghui.kernel.scope import acting
    from gonghui.kernel.viewer import SYSTEM

    with acting(SYSTEM):
        made = make_offer(Organisation.objects.get(pk=1), capacity, title="测量用项目")
        return made.pk, Counter.objects.get(offer=made).pk


def requests_for(offer_id: int, counter: int, people: range, port: int) -> list[bytes]:
    """One signed request for each person, as their pages would send them."""
    key, now = contract.gate_key(settings.SECRET_KEY), int(time.time())
    return [
        request(
            HOST, port,
            contract.sign(key, contract.Ticket(offer_id, counter, person, now, now + contract.LIVES)), str(uuid4()),
        )
        for person in people
    ]  # fmt: skip


def taken(counter: int) -> tuple[int, int]:
    """(what the counter says, claims that are there)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gonghui.lo', '', false), set_config('gonghui.hi', '~', false)")
        cursor.execute(
            "SELECT taken, (SELECT count(*) FROM offer_claim WHERE counter_id = k.id AND ended = 0) FROM offer_counter k "
            "WHERE k.id = %s", [counter],
        )  # fmt: skip
        row = cursor.fetchone()
    return int(row[0]), int(row[1])


def _row(
    name: str, value: float, unit: str, reference: str, reference_value: float, goal: str, **more: Any
) -> dict[str, Any]:
    return {"name": f"gate {name}", "value": value, "unit": unit, "reference": reference,
            "reference_value": reference_value, "goal": goal, "better": "higher", **more}  # fmt: skip


class _Measured:
    """Rates and processor time of one rush."""

    def __init__(self, pids: list[int], act: Any) -> None:
        before = processor_seconds(pids)
        self.result: Result = act()
        self.micros = (processor_seconds(pids) - before) / max(1, len(self.result.latencies)) * 1e6


def _one_by_one(url: str, counter: int, people: range, connections: int) -> float:
    """The design of one transaction for each claim: the same function, one person at a time, many connections."""
    import threading

    left, lock = iter(people), threading.Lock()

    def work() -> None:
        with psycopg.connect(url, autocommit=True) as line:
            while True:
                with lock:
                    person = next(left, None)
                if person is None:
                    return
                line.execute(contract.CLAIM_SQL, (counter, str(person), str(uuid4()), "gate"), prepare=True)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(people) / (time.perf_counter() - began)


def run(context: Context) -> list[dict[str, Any]]:
    """Echo, claims, refusals, the rush over 1,026 seats, and one transaction a claim beside them."""
    name = context.database("bench_gate")
    fill(context, name)
    environment = {
        "GONGHUI_DATABASE_URL": context.cluster.url(OWNER, name), "GONGHUI_DATABASE_APP_URL": context.cluster.url(APP, name),
        "GONGHUI_GATE_ADDRESS_TRIES": "100000000",
    }  # fmt: skip
    workers = int(os.environ.get("GATE_WORKERS", "1"))
    rows: list[dict[str, Any]] = []
    port = free_port()
    some, counter = offer(CLAIMS)
    asked = requests_for(some, counter, range(1, CLAIMS + 1), port)
    with serving("bench._echo:app", port, environment, workers) as pids:
        rush(HOST, [port], asked[:5_000], 256)
        echo = _Measured(pids, lambda: rush(HOST, [port], asked, 256))
        wide_echo = _Measured(pids, lambda: rush(HOST, [port], asked, 1024))
    context.progress(
        f"空应答 {echo.result.rate:,.0f}/s，每次 {echo.micros:.0f} µs；1,024连接 p99 {wide_echo.result.percentile(0.99):.0f} ms"
    )
    port = free_port()
    with serving("gonghui.gate.app:app", port, environment, workers) as pids:
        warm, warm_counter = offer(5_000)
        rush(HOST, [port], requests_for(warm, warm_counter, range(1, 5_001), port), 256)
        time.sleep(1.2)
        asked = requests_for(some, counter, range(1, CLAIMS + 1), port)
        claims = _Measured(pids, lambda: rush(HOST, [port], asked, 256))
        assert claims.result.outcomes == {"granted": CLAIMS}, claims.result.outcomes
        assert taken(counter) == (CLAIMS, CLAIMS), taken(counter)
        context.progress(
            f"落盘领取 {claims.result.rate:,.0f}/s，每次 {claims.micros:.0f} µs，p99 {claims.result.percentile(0.99):.0f} ms"
        )
        reference = "空应答（同样验票），同一次运行"
        rows.append(
            _row(
                "落盘领取，256连接",
                claims.result.rate,
                "次/s",
                reference,
                echo.result.rate,
                "≥ 0.6 × 空应答，≥ 12,000/s",
            )
        )
        rows.append(_row("领取的处理器时间", claims.micros, "µs", reference, echo.micros, "只作说明", better="lower"))
        other, other_counter = offer(CLAIMS)
        time.sleep(1.2)
        asked = requests_for(other, other_counter, range(1, CLAIMS + 1), port)
        wide = _Measured(pids, lambda: rush(HOST, [port], asked, 1024))
        assert wide.result.outcomes == {"granted": CLAIMS}, wide.result.outcomes
        rows.append(
            _row(
                "领取 p99，1,024连接",
                wide.result.percentile(0.99),
                "ms",
                "空应答 p99",
                wide_echo.result.percentile(0.99),
                "≤ 100 ms",
                better="lower",
            )
        )
        context.progress(f"1,024连接 {wide.result.rate:,.0f}/s，p99 {wide.result.percentile(0.99):.0f} ms")
        small, small_counter = offer(1)
        time.sleep(1.2)
        rush(HOST, [port], requests_for(small, small_counter, range(1, 200), port), 64)
        time.sleep(0.5)
        asked = requests_for(small, small_counter, range(200, 200 + SOLD_OUT_ASKS), port)
        full = _Measured(pids, lambda: rush(HOST, [port], asked, 256))
        assert full.result.outcomes == {"sold_out": SOLD_OUT_ASKS}, full.result.outcomes
        rows.append(_row("已满的答复", full.result.rate, "次/s", reference, echo.result.rate, "≥ 0.9 × 空应答"))
        context.progress(f"已满 {full.result.rate:,.0f}/s，每次 {full.micros:.0f} µs")
        rows.append(_city(context, port, echo.result.rate))
    one, one_counter = offer(4_000)
    slow = _one_by_one(context.cluster.url(APP, name), one_counter, range(1, 4_001), 64)
    context.progress(f"一次领取一个事务 {slow:,.0f}/s")
    rows.append(
        _row("相对一次领取一个事务", claims.result.rate, "次/s", "同一个函数，64个连接各领各的", slow, "≥ 10 ×")
    )
    return rows


def _city(context: Context, port: int, echo: float) -> dict[str, Any]:
    """50,000 people over 1,026 seats: everybody gets a true answer."""
    some, counter = offer(RUSH_SEATS)
    time.sleep(1.2)
    asked = requests_for(some, counter, range(1, RUSH_PEOPLE + 1), port)
    result = rush(HOST, [port], asked, 1024)
    assert result.outcomes == {"granted": RUSH_SEATS, "sold_out": RUSH_PEOPLE - RUSH_SEATS}, result.outcomes
    assert taken(counter) == (RUSH_SEATS, RUSH_SEATS), taken(counter)
    context.progress(f"{RUSH_PEOPLE:,}人抢{RUSH_SEATS:,}个名额：{result.seconds:.1f} s")
    return _row(
        f"{RUSH_PEOPLE:,}人抢{RUSH_SEATS:,}个名额", result.seconds, "s", "同样多的空应答", RUSH_PEOPLE / echo, "≤ 15 s",
        better="lower",
    )  # fmt: skip


def _health(port: int) -> bytes:
    with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5) as answer:
        return bytes(answer.read())
