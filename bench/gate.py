"""The gate under a rush: durable claims, refusals from memory, a whole city over a thousand seats."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings

from gonghui.gate.tests.rush import Result, rush
from gonghui.gate.tests.world import GATE, HOST, Server, fill, make_offer, requests_for, truth
from gonghui.kernel.quotas import contract
from gonghui.machine.postgres import APP, OWNER

from . import Context

NAME = "领取闸口（同一台机器、同一次运行，含发压程序）"
PEOPLE, CLAIMS, TURNS = 60_000, 25_000, 5
RUSH_PEOPLE, RUSH_SEATS = 50_000, 1_026
WORKERS = int(os.environ.get("GATE_WORKERS", "1"))
ECHO_WORDS = "空应答（同样的服务器、同样验票），同一次运行"


def _row(
    name: str, value: float, unit: str, reference: str, reference_value: float, goal: str, better: str = "higher"
) -> dict[str, Any]:
    return {"name": f"gate {name}", "value": value, "unit": unit, "reference": reference,
            "reference_value": reference_value, "goal": goal, "better": better}  # fmt: skip


class _Measured:
    """One rush with the server's processor time for each request."""

    def __init__(self, server: Server, requests: Sequence[bytes], connections: int) -> None:
        before = server.processor_seconds()
        self.result: Result = rush(HOST, [server.port], requests, connections)
        self.micros = (server.processor_seconds() - before) / max(1, len(self.result.latencies)) * 1e6
        self.p99 = self.result.percentile(0.99)


class _Rig:
    """A database with people, and the ways to ask for places in it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        name = context.database("bench_gate")
        self.owner, self.app = context.cluster.url(OWNER, name), context.cluster.url(APP, name)
        fill(self.owner, PEOPLE)
        self.environment = {
            "GONGHUI_DATABASE_URL": self.owner,
            "GONGHUI_DATABASE_APP_URL": self.app,
            "GONGHUI_GATE_ADDRESS_TRIES": "100000000",
        }

    def asked(self, server: Server, capacity: int, people: range, hears: bool = True) -> tuple[int, list[bytes]]:
        """A new offer and everybody's request; the gate has heard of it when this returns."""
        offer, [counter] = make_offer(self.owner, [capacity])
        if hears:
            server.hears(counter)
        return offer, requests_for(settings.SECRET_KEY, offer, counter, people, server.port)

    def expect(self, offer: int, result: Result, outcomes: dict[str, int], given: int) -> None:
        assert dict(result.outcomes) == outcomes, result.outcomes
        found = truth(self.owner, offer)
        assert len(found["claims"]) == given and all(taken == given for _, taken in found["counters"].values()), found


def _one_by_one(url: str, counter: int, people: range, connections: int) -> float:
    """The design of one transaction for each claim: the same function, one person at a time, many connections."""
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


class _Rounds:
    """The same rush several times: what is said of it is the round in the middle, for machines are not steady."""

    def __init__(self, measured: list[_Measured]) -> None:
        self.rate = median(one.result.rate for one in measured)
        self.micros = median(one.micros for one in measured)
        self.p99 = median(one.p99 for one in measured)


def run(context: Context) -> list[dict[str, Any]]:
    """Echo, claims and refusals by turns, the rush over 1,026 seats, and one transaction a claim beside them."""
    rig, say = _Rig(context), context.progress
    with (
        Server("bench._echo:app", rig.environment, workers=WORKERS) as bare,
        Server(GATE, rig.environment, workers=WORKERS) as server,
    ):
        _, asked = rig.asked(server, 5_000, range(1, 5_001))
        rush(HOST, [server.port], asked, 256)  # warm
        _echo(rig, bare, 256)
        turns = [
            (_echo(rig, bare, 256), _claims(rig, server, 256), _full(rig, server),
             _echo(rig, bare, 1024), _claims(rig, server, 1024))
            for _ in range(TURNS)
        ]  # fmt: skip
        echo, claims, full, wide_echo, wide = (_Rounds(list(column)) for column in zip(*turns, strict=True))
        say(f"空应答 {echo.rate:,.0f}/s，每次 {echo.micros:.0f} µs；1,024连接 p99 {wide_echo.p99:.0f} ms")
        say(f"落盘领取 {claims.rate:,.0f}/s，每次 {claims.micros:.0f} µs，p99 {claims.p99:.0f} ms")
        say(f"1,024连接 {wide.rate:,.0f}/s，p99 {wide.p99:.0f} ms")
        say(f"已满 {full.rate:,.0f}/s，每次 {full.micros:.0f} µs")
        offer, asked = rig.asked(server, RUSH_SEATS, range(1, RUSH_PEOPLE + 1))
        city = rush(HOST, [server.port], asked, 1024)
        rig.expect(offer, city, {"granted": RUSH_SEATS, "sold_out": RUSH_PEOPLE - RUSH_SEATS}, RUSH_SEATS)
        say(f"{RUSH_PEOPLE:,}人抢{RUSH_SEATS:,}个名额 {city.seconds:.1f} s")
    _, [counter] = make_offer(rig.owner, [4_000])
    slow = _one_by_one(rig.app, counter, range(1, 4_001), 64)
    say(f"一次领取一个事务 {slow:,.0f}/s")
    rate = echo.rate
    return [
        _row("落盘领取，256连接", claims.rate, "次/s", ECHO_WORDS, rate, "≥ 0.6 × 空应答，≥ 12,000/s"),
        _row("领取的处理器时间", claims.micros, "µs", ECHO_WORDS, echo.micros, "只作说明", "lower"),
        _row("领取 p99，1,024连接", wide.p99, "ms", "空应答 p99，1,024连接", wide_echo.p99, "≤ 100 ms", "lower"),
        _row("已满的答复", full.rate, "次/s", ECHO_WORDS, rate, "≥ 0.9 × 空应答"),
        _row(
            f"{RUSH_PEOPLE:,}人抢{RUSH_SEATS:,}个名额", city.seconds, "s", "同样多的空应答", RUSH_PEOPLE / rate,
            "≤ 15 s", "lower",
        ),
        _row("相对一次领取一个事务", claims.rate, "次/s", "同一个函数，64个连接各领各的", slow, "≥ 10 ×"),
    ]  # fmt: skip


def _echo(rig: _Rig, bare: Server, connections: int) -> _Measured:
    _, asked = rig.asked(bare, 1, range(1, CLAIMS + 1), hears=False)
    return _Measured(bare, asked, connections)


def _claims(rig: _Rig, server: Server, connections: int) -> _Measured:
    offer, asked = rig.asked(server, CLAIMS, range(1, CLAIMS + 1))
    measured = _Measured(server, asked, connections)
    rig.expect(offer, measured.result, {"granted": CLAIMS}, CLAIMS)
    return measured


def _full(rig: _Rig, server: Server) -> _Measured:
    _, asked = rig.asked(server, 1, range(1, CLAIMS + 1))
    rush(HOST, [server.port], asked[:200], 64)
    time.sleep(0.5)
    measured = _Measured(server, asked[200:], 256)
    assert dict(measured.result.outcomes) == {"sold_out": CLAIMS - 200}, measured.result.outcomes
    return measured
