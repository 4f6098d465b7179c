"""Whatever is killed: nothing oversold, nothing acknowledged and lost, nobody twice, no counter that drifts.

The long form, a million attempts, is `make drills`. Three saboteurs show that the test can go red.
"""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest

from .chaos import Chaos
from .conftest import Rig
from .rushing import Crowd, faults
from .sabotage import WITHOUT_KEY, WITHOUT_LOCK
from .world import GATE, ROOT, Server, truth

PEOPLE, PLACES = 6_000, (900, 700)


def crowd_at(rig: Rig, seed: int, people: int = PEOPLE, places: tuple[int, ...] = PLACES) -> tuple[Crowd, int]:
    offer, counters = rig.offer(*places)
    crowd = Crowd(rig.secret, offer)
    crowd.join(people, counters, seed)
    return crowd, offer


def nothing(*_: object) -> None:
    """Between rounds nothing happens."""


def test_nothing_is_oversold_lost_or_doubled_under_kills(rig: Rig) -> None:
    crowd, offer = crowd_at(rig, seed=20261129)
    with (
        Server(GATE, rig.environment) as one,
        Server(GATE, rig.environment) as two,
        Chaos(rig, [one, two], seed=7) as chaos,
    ):
        crowd.storm([one.port, two.port], 64, nothing, longest=120)
        while sum(chaos.kills.values()) < 3:  # a storm that was over too soon: more people come
            more, _ = crowd_at(rig, seed=sum(chaos.kills.values()), people=3_000)
            more.storm([one.port, two.port], 64, nothing, longest=120)
            assert set(faults(more, truth(rig.owner, more.offer)).values()) == {0}
    found = faults(crowd, truth(rig.owner, offer))
    assert set(found.values()) == {0}, found
    assert crowd.outcomes()["granted"] == sum(PLACES)


TICK = """
import os, signal
os.environ["DJANGO_SETTINGS_MODULE"] = "gonghui.web.settings"
import django; django.setup()
from gonghui.kernel.quotas.services import ticking
real = ticking.record_many
def dies(*given, **named):
    real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
if os.environ["DIES"] == "recording":
    ticking.record_many = dies
ticking.tick()
if os.environ["DIES"] == "afterwards":
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_each_claim_has_one_record_of_the_trail_however_often_the_worker_died(rig: Rig) -> None:
    crowd, offer = crowd_at(rig, seed=3, people=1_500, places=(1_200,))
    with Server(GATE, rig.environment) as gate:
        crowd.storm([gate.port], 64, nothing, longest=60)
    for dies in ("recording", "afterwards", "never"):
        environment = os.environ | rig.environment | {"PYTHONPATH": str(ROOT / "src"), "DIES": dies}
        subprocess.run([sys.executable, "-c", TICK], env=environment, check=dies == "never")
    with psycopg.connect(rig.owner) as line:
        written = line.execute(
            "SELECT count(*), count(DISTINCT object_id) FROM trail_record t JOIN offer_claim c ON c.id::text = t.object_id"
            " WHERE t.verb = 'quotas.claimed' AND t.object_type = 'offer_claim' AND c.offer_id = %s", [offer],
        ).fetchone()  # fmt: skip
    assert written == (1_200, 1_200)


@pytest.fixture
def broken(rig: Rig):
    """The database with a part of the promise taken out, mended again afterwards."""
    with psycopg.connect(rig.owner, autocommit=True) as line:
        body = line.execute("SELECT pg_get_functiondef('quota_claim'::regproc)").fetchone()[0]

    def sabotage(sql: str) -> None:
        with psycopg.connect(rig.owner, autocommit=True) as line:
            line.execute(sql)

    yield sabotage
    with psycopg.connect(rig.owner, autocommit=True) as line:
        line.execute("DELETE FROM offer_claim; DELETE FROM offer_counter")
        line.execute(body)
        line.execute("ALTER TABLE offer_counter DROP CONSTRAINT IF EXISTS counter_never_over")
        line.execute("ALTER TABLE offer_counter ADD CONSTRAINT counter_never_over CHECK (taken <= capacity)")
        line.execute("ALTER TABLE offer_claim DROP CONSTRAINT IF EXISTS claim_once")
        line.execute("ALTER TABLE offer_claim ADD CONSTRAINT claim_once UNIQUE (person_id, offer_id, ended)")


def test_without_the_lock_it_is_oversold(rig: Rig, broken) -> None:
    broken(WITHOUT_LOCK)
    crowd, offer = crowd_at(rig, seed=11, people=2_000, places=(300,))
    with Server(GATE, rig.environment) as one, Server(GATE, rig.environment) as two:
        crowd.storm([one.port, two.port], 128, nothing, longest=60)
    assert faults(crowd, truth(rig.owner, offer))["oversold"] > 0


def test_without_the_unique_key_somebody_is_served_twice(rig: Rig, broken) -> None:
    broken(WITHOUT_KEY)
    crowd, offer = crowd_at(rig, seed=12, people=1_000, places=(1_000, 1_000))
    with Server(GATE, rig.environment) as one, Server(GATE, rig.environment) as two:
        crowd.storm([one.port, two.port], 128, nothing, longest=60)
    assert faults(crowd, truth(rig.owner, offer))["served twice"] > 0


def test_without_the_wait_for_commit_acknowledged_places_are_lost(rig: Rig) -> None:
    crowd, offer = crowd_at(rig, seed=13, people=3_000, places=(2_500,))
    with (
        Server("gonghui.gate.tests.sabotage:hasty", rig.environment) as gate,
        Chaos(rig, [gate], seed=1, pause=(1.0, 1.2)) as chaos,
    ):
        chaos._kill_worker = chaos._kill_database  # type: ignore[method-assign]
        chaos._kill_gate = chaos._kill_database  # type: ignore[method-assign]
        crowd.storm([gate.port], 256, nothing, longest=90)
    assert faults(crowd, truth(rig.owner, offer))["acknowledged and lost"] > 0
