"""Who is asked to judge a project and what their answers come to. Pure: everything can be worked out again."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from gonghui.kernel.refusal import Refusal

FORMAT = "gonghui-judging-1"
LOWEST, HIGHEST = 1, 5
CENT = Decimal("0.01")


def seed_of(project: int, round_: int, opened_on: str, head: str) -> str:
    """The seed of a sample: SHA-256 of the format, the project, which evaluation it is, its first day, and the head
    of the sealed trail at that moment, which nobody can choose. One a line."""
    return hashlib.sha256("\n".join((FORMAT, str(project), str(round_), opened_on, head)).encode()).hexdigest()


def number_of(seed: str, key: int) -> bytes:
    return hashlib.sha256(f"{seed}\n{key}".encode()).digest()


def sample(seed: str, keys: Iterable[int], size: int) -> list[int]:
    """So many keys with the smallest numbers SHA-256(seed, key); the order they came in does not matter."""
    return [key for _, key in heapq.nsmallest(size, ((number_of(seed, key), key) for key in keys))]


@dataclass(frozen=True, slots=True)
class Result:
    """:param scores: how many gave which mark; empty when too few answered to tell without telling who."""

    answered: int
    score: Decimal | None
    solved: int
    scores: dict[str, int]
    passed: bool | None


def mean(scores: Sequence[int]) -> Decimal | None:
    if not scores:
        return None
    return (Decimal(sum(scores)) / len(scores)).quantize(CENT, ROUND_HALF_UP)


def result(answers: Sequence[tuple[int, bool]], floor: Decimal, least: int) -> Result:
    """What the answers (score, solved) come to; nobody's answer is no verdict."""
    marks = [score for score, _ in answers]
    score = mean(marks)
    count = Counter(marks)
    told = {str(mark): count[mark] for mark in range(LOWEST, HIGHEST + 1)} if len(marks) >= least else {}
    solved = sum(done for _, done in answers)
    return Result(len(marks), score, solved, told, None if score is None else score >= floor)


def check_mark(score: int) -> None:
    """:raises Refusal: GH-PRJ-060 not one of the five marks."""
    if not LOWEST <= score <= HIGHEST:
        raise Refusal("GH-PRJ-060", f"评分是{LOWEST}至{HIGHEST}分", "score", "选一个分数")
