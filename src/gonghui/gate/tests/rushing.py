"""A crowd that does not give up: every wish is asked until it is answered for good, whatever is killed meanwhile."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from .rush import request, rush
from .world import HOST, token

AGAIN = {"unknown", "busy", "tries", "early"}


@dataclass
class Wish:
    """One device's wish for a place: the same key at every try."""

    person: int
    counter: int
    key: str
    outcome: str = ""
    claim: int = 0


@dataclass
class Crowd:
    """People with one or two devices each, at the counters of one offer."""

    secret: str
    offer: int
    wishes: list[Wish] = field(default_factory=list)
    attempts: int = 0
    rounds: int = 0

    def join(self, people: int, counters: Sequence[int], seed: int) -> None:
        """Everybody wishes for a place; four in ten with a second device, at whatever counter."""
        chance = random.Random(seed)
        for person in range(1, people + 1):
            for _ in range(2 if chance.random() < 0.4 else 1):
                self.wishes.append(Wish(person, chance.choice(counters), str(uuid4())))
        chance.shuffle(self.wishes)

    def storm(self, ports: Sequence[int], connections: int, between: Callable[[int], None], longest: float) -> None:
        """Ask until every wish has its final answer; `between` is called before each round."""
        end = time.monotonic() + longest
        open_wishes = self.wishes
        while open_wishes:
            assert time.monotonic() < end, f"{len(open_wishes)} wishes without an answer"
            between(self.rounds)
            wave, self.rounds = open_wishes[:20_000], self.rounds + 1
            requests = [
                request(HOST, ports[0], token(self.secret, self.offer, one.counter, one.person), one.key)
                for one in wave
            ]
            result = rush(HOST, ports, requests, connections, keep=True)
            self.attempts += len(result.latencies) + len(result.broken)
            for number, body in result.answers.items():
                answer = json.loads(body)
                if answer["outcome"] not in AGAIN:
                    wave[number].outcome, wave[number].claim = answer["outcome"], answer.get("claim", 0)
            open_wishes = [one for one in self.wishes if not one.outcome]
            if any(not one.outcome for one in wave):
                time.sleep(0.2)

    def outcomes(self) -> Counter[str]:
        return Counter(one.outcome for one in self.wishes)


def faults(crowd: Crowd, truth: dict) -> dict[str, int]:
    """What must be 0: oversold, acknowledged and lost, served twice, counter drift, and answers that are not true."""
    by_key = {key: person for key, person, _ in truth["claims"]}
    served = Counter(person for _, person, _ in truth["claims"])
    at = Counter(counter for _, _, counter in truth["claims"])
    granted = [one for one in crowd.wishes if one.outcome == "granted"]
    given = {one.person for one in granted}
    return {
        "oversold": sum(max(0, at[pk] - capacity) for pk, (capacity, _) in truth["counters"].items()),
        "acknowledged and lost": sum(1 for one in granted if by_key.get(one.key) != one.person),
        "served twice": sum(1 for count in served.values() if count > 1),
        "counter drift": sum(abs(at[pk] - taken) for pk, (_, taken) in truth["counters"].items()),
        "never acknowledged": sum(1 for person in served if person not in given),
        "told theirs without a place": sum(1 for one in crowd.wishes if one.outcome == "yours" and not served[one.person]),
        "refused while there was room": sum(
            1 for one in crowd.wishes
            if one.outcome == "sold_out" and at[one.counter] < truth["counters"][one.counter][0]
        ),
    }  # fmt: skip
