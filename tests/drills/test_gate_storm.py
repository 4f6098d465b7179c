"""A million attempts at the gate while a gate, the database and the worker are killed at random moments."""

from __future__ import annotations

import pytest

from gonghui.gate.tests.chaos import Chaos
from gonghui.gate.tests.conftest import Rig, rig  # noqa: F401  (the fixture)
from gonghui.gate.tests.rushing import Crowd, faults
from gonghui.gate.tests.world import GATE, Server, fill, truth

ATTEMPTS, PEOPLE = 1_000_000, 100_000
PLACES = (9_000, 7_000, 5_000)


def test_a_million_attempts_under_kills(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    fill(rig.owner, PEOPLE)
    attempts, waves, sums = 0, 0, {}
    with (
        Server(GATE, rig.environment) as one,
        Server(GATE, rig.environment) as two,
        Chaos(rig, [one, two], seed=2026, pause=(1.0, 4.0)) as chaos,
    ):
        while attempts < ATTEMPTS:
            offer, counters = rig.offer(*PLACES)
            crowd = Crowd(rig.secret, offer)
            crowd.join(PEOPLE, counters, seed=waves)
            crowd.storm([one.port, two.port], 256, lambda _: None, longest=900)
            attempts, waves = attempts + crowd.attempts, waves + 1
            found = faults(crowd, truth(rig.owner, offer))
            sums = {name: sums.get(name, 0) + count for name, count in found.items()}
            assert crowd.outcomes()["granted"] == sum(PLACES)
    with capsys.disabled():
        print(f"\n  {attempts:,} attempts in {waves} offers, kills {dict(chaos.kills)}: {sums}", end="")
    assert set(sums.values()) == {0}, sums
    assert min(chaos.kills[what] for what in ("gate", "database", "worker")) >= 3
