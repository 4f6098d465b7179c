"""The gate as its callers meet it: a real process, plain HTTP, a real database."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from uuid import uuid4

import psycopg
import pytest

from gonghui.kernel.quotas import contract

from .conftest import Rig
from .rush import request, rush
from .world import GATE, HOST, Server, requests_for, token, truth


@pytest.fixture(scope="module")
def gate(rig: Rig):
    with Server(GATE, rig.environment) as server:
        yield server


def post(port: int, body: bytes, path: str = "/claim", **headers: str) -> tuple[int, dict, dict[str, str]]:
    line = http.client.HTTPConnection(HOST, port, timeout=10)
    line.request("POST", path, body, headers)
    answer = line.getresponse()
    found = json.loads(answer.read() or b"{}")
    line.close()
    return answer.status, found, {name.lower(): value for name, value in answer.getheaders()}


def ask(rig: Rig, port: int, offer: int, counter: int, person: int, key: str | None = None) -> tuple[int, dict]:
    body = f"{token(rig.secret, offer, counter, person)} {key or uuid4()}".encode()
    status, found, _ = post(port, body)
    return status, found


def test_a_place_is_given_once_and_the_same_key_hears_the_same(rig: Rig, gate: Server) -> None:
    offer, [counter] = rig.offer(1)
    gate.hears(counter)
    key = str(uuid4())
    status, first = ask(rig, gate.port, offer, counter, 1, key)
    assert (status, first["outcome"], first["words"]) == (200, "granted", "已领到")
    assert ask(rig, gate.port, offer, counter, 1, key)[1] == first
    assert ask(rig, gate.port, offer, counter, 1)[1]["outcome"] == "yours"
    assert ask(rig, gate.port, offer, counter, 2) == (409, {"outcome": "sold_out", "words": "名额已满"})
    time.sleep(0.3)  # now it is remembered
    assert ask(rig, gate.port, offer, counter, 3)[1]["outcome"] == "sold_out"
    assert ask(rig, gate.port, offer, counter, 1, key)[1] == first
    assert ask(rig, gate.port, offer, counter, 1)[1]["outcome"] == "yours"


def test_a_place_that_comes_back_is_given_at_once_by_every_process(rig: Rig, gate: Server) -> None:
    offer, [counter] = rig.offer(1)
    with Server(GATE, rig.environment) as other:
        ask(rig, gate.port, offer, counter, 1)
        for server in (gate, other):
            assert ask(rig, server.port, offer, counter, 2)[1]["outcome"] == "sold_out"
        time.sleep(0.5)
        with psycopg.connect(rig.owner) as line:  # what services.give_back does
            line.execute("UPDATE offer_claim SET state = 'cancelled', ended = id WHERE offer_id = %s", [offer])
            line.execute("UPDATE offer_counter SET taken = 0, freed = freed + 1 WHERE id = %s", [counter])
            line.execute("SELECT pg_notify(%s, %s)", [contract.CHANNEL, str(counter)])
        time.sleep(0.2)
        assert ask(rig, other.port, offer, counter, 2)[1]["outcome"] == "granted"


def test_the_same_kind_is_refused_at_the_gate_too(rig: Rig, gate: Server) -> None:
    first, [one] = rig.offer(5)
    second, [two] = rig.offer(5)
    with psycopg.connect(rig.owner) as line:
        line.execute("UPDATE offer SET kind = 'across', again_after_months = 36 WHERE id = ANY(%s)", [[first, second]])
    gate.hears(two)
    assert ask(rig, gate.port, first, one, 7)[1]["outcome"] == "granted"
    status, told = ask(rig, gate.port, second, two, 7)
    assert (status, told["outcome"]) == (409, "again") and "间隔期" in told["words"]
    assert ask(rig, gate.port, second, two, 8)[1]["outcome"] == "granted"


def test_it_opens_in_the_second_that_the_database_says(rig: Rig, gate: Server) -> None:
    offer, [counter] = rig.offer(50, opens_in=3)
    gate.hears(counter)
    body = f"{token(rig.secret, offer, counter, 1)} {uuid4()}".encode()
    status, found, headers = post(gate.port, body)
    assert (status, found["outcome"]) == (425, "early")
    assert 0 < found["again"] < 3 and int(headers["retry-after"]) >= 1
    while post(gate.port, body)[1]["outcome"] == "early":
        time.sleep(0.7)
    with psycopg.connect(rig.owner) as line:
        late = line.execute(
            "SELECT extract(epoch FROM c.made_at - o.opens_at) FROM offer_claim c JOIN offer o ON o.id = c.offer_id "
            "WHERE o.id = %s", [offer],
        ).fetchone()  # fmt: skip
    assert late is not None and late[0] >= 0


@pytest.mark.parametrize("shift", [-7200, 7200])
def test_a_process_whose_clock_is_two_hours_wrong_decides_the_same(rig: Rig, tmp_path, shift: int) -> None:
    seen = tmp_path / "seen"
    wrong_clock = f"import time\n_t = time.time\ntime.time = lambda: _t() + {shift}\nopen({str(seen)!r}, 'w').close()\n"
    (tmp_path / "sitecustomize.py").write_text(wrong_clock)
    environment = rig.environment | {"PYTHONPATH": os.pathsep.join([str(tmp_path), "src", "."])}
    offer, [counter] = rig.offer(5)
    coming, [later] = rig.offer(5, opens_in=600)
    with Server(GATE, environment) as wrong:
        assert ask(rig, wrong.port, offer, counter, 1)[1]["outcome"] == "granted"
        assert ask(rig, wrong.port, coming, later, 1)[1]["outcome"] == "early"
        # a page whose clock is wrong signs tokens that nobody takes
        body = f"{token(rig.secret, offer, counter, 2, shift=shift)} {uuid4()}".encode()
        assert post(wrong.port, body)[:2] == (401, {"outcome": "token", "words": "页面过期了，刷新后再领"})
    assert seen.exists(), "the process ran with the right clock: nothing was shown"


def test_a_token_for_one_person_and_counter_gives_nothing_else(rig: Rig, gate: Server) -> None:
    offer, [one] = rig.offer(5)
    gate.hears(one)
    good = token(rig.secret, offer, one, 1)
    forged = token("another installation", offer, one, 2)
    changed = good[:-5] + ("A" if good[-5] != "A" else "B") + good[-4:]
    for body in (f"{forged} {uuid4()}", f"{changed} {uuid4()}", f"{good}x {uuid4()}", f" {uuid4()}"):
        assert post(gate.port, body.encode())[0] == 401
    for body in (good, f"{good} ", f"{good} 1", f"{good} {uuid4()} x", f"{good} {str(uuid4()).upper()}", ""):
        assert post(gate.port, body.encode())[0] in (400, 401)
    assert post(gate.port, b"x" * 600)[0] == 400
    assert truth(rig.owner, offer)["claims"] == []


def test_an_unknown_counter_is_closed_and_a_draft_is_not_told_apart(rig: Rig, gate: Server) -> None:
    offer, [counter] = rig.offer(5)
    with psycopg.connect(rig.owner) as line:
        line.execute("UPDATE offer SET state = 'draft' WHERE id = %s", [offer])
    assert ask(rig, gate.port, offer, counter, 1) == ask(rig, gate.port, offer, 99_999_999, 1)
    assert ask(rig, gate.port, offer, counter, 1)[1]["outcome"] == "closed"


def test_who_clicks_too_fast_is_told_when_to_come_again(rig: Rig, gate: Server) -> None:
    offer, [counter] = rig.offer(5)
    gate.hears(counter)
    word = token(rig.secret, offer, counter, 77)
    answers = [post(gate.port, f"{word} {uuid4()}".encode()) for _ in range(25)]
    late = [answer for answer in answers if answer[0] == 429]
    assert len(late) == 5
    assert int(late[0][2]["retry-after"]) <= 10


def test_only_the_pages_may_read_answers_and_nothing_is_in_an_address(gate: Server) -> None:
    _, _, headers = post(gate.port, b"x")
    assert headers["access-control-allow-origin"] == "http://127.0.0.1:8000"
    assert "set-cookie" not in headers
    assert post(gate.port, b"", path="/claim?token=abc")[0] in (400, 401)


def test_while_the_database_is_away_people_wait_and_are_served_when_it_is_back(rig: Rig, gate: Server) -> None:
    offer, [counter] = rig.offer(300)
    gate.hears(counter)
    asked = requests_for(rig.secret, offer, counter, range(100, 400), gate.port)
    pid = rig.cluster.status().pid
    assert pid is not None
    os.kill(pid, 9)
    back = threading.Timer(1.0, rig.revive)
    back.start()
    result = rush(HOST, [gate.port], asked, 64)
    back.join()
    again = rush(HOST, [gate.port], [asked[n] for n in range(300)], 64)
    assert set(result.outcomes) <= {"granted", "unknown"} and not result.broken
    assert dict(again.outcomes) == {"granted": 300}
    assert len(truth(rig.owner, offer)["claims"]) == 300


def test_a_crowd_beyond_the_waiting_room_is_told_how_many_wait(rig: Rig) -> None:
    offer, [counter] = rig.offer(10)
    with psycopg.connect(rig.owner) as line, Server("gonghui.gate.tests.narrow:app", rig.environment) as narrow:
        line.execute("SELECT 1 FROM offer_counter WHERE id = %s FOR UPDATE", [counter])  # the database is slow
        requests = [
            request(HOST, narrow.port, token(rig.secret, offer, counter, n), str(uuid4())) for n in range(1, 41)
        ]
        done: list = []
        crowd = threading.Thread(target=lambda: done.append(rush(HOST, [narrow.port], requests, 40, keep=True)))
        crowd.start()
        time.sleep(1)
        line.rollback()
        crowd.join()
    outcomes = done[0].outcomes
    assert outcomes["busy"] > 0 and outcomes["granted"] == 10
    busy = next(json.loads(one) for one in done[0].answers.values() if '"busy"' in one)
    assert busy["ahead"] == 10 and busy["again"] >= 1


def test_its_health_names_nobody(gate: Server) -> None:
    line = http.client.HTTPConnection(HOST, gate.port, timeout=5)
    line.request("GET", "/healthz")
    answer = line.getresponse()
    found = json.loads(answer.read())
    assert answer.status == 200 and found["database"] is True
    assert set(found) == {"database", "counters", "batches", "claims", "answers"}
