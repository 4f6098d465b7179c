"""What several reviewers or a committee came to: scores with their spread, votes with their quorum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .definition import Criterion


@dataclass(frozen=True, slots=True)
class Score:
    """`mean` has two decimals at most in words; kept exact here. `spread` is highest minus lowest."""

    mean: Fraction
    spread: int
    counted: int

    @property
    def words(self) -> str:
        return f"{float(self.mean):.2f}".rstrip("0").rstrip(".")


def total_of(marks: Mapping[str, int], criteria: Iterable[Criterion]) -> int:
    """Sum of one reviewer's marks.

    :raises ValueError: a criterion without mark, or a mark outside its range, in a sentence.
    """
    total = 0
    for one in criteria:
        mark = marks.get(one.key)
        if mark is None:
            raise ValueError(f"“{one.title}”还没有评分")
        if not 0 <= mark <= one.most:
            raise ValueError(f"“{one.title}”应在0至{one.most}分之间")
        total += mark
    return total


def score(totals: Sequence[int], trim: bool = False) -> Score:
    """Mean and spread of the reviewers' totals; with `trim` the highest and the lowest are left out of the mean.

    :raises ValueError: nobody has scored.
    """
    if not totals:
        raise ValueError("还没有人评分")
    ordered = sorted(totals)
    kept = ordered[1:-1] if trim and len(ordered) > 2 else ordered
    return Score(Fraction(sum(kept), len(kept)), ordered[-1] - ordered[0], len(kept))


@dataclass(frozen=True, slots=True)
class Ballot:
    """A committee's vote: how many should be there, were there, and how they voted."""

    committee: int
    present: int
    yes: int
    no: int
    abstain: int = 0


Passes = Literal["half_of_all", "half_of_present", "two_thirds_of_all"]


def check_ballot(ballot: Ballot, quorum: Literal["half", "two_thirds"]) -> str | None:
    """Why a vote does not count, in a sentence; None when it does.

    Two thirds must be present for elections and congresses (工会基层组织选举工作条例); more than half for committees.
    """
    if min(ballot.committee, ballot.present, ballot.yes, ballot.no, ballot.abstain) < 0 or ballot.committee < 1:
        return "人数不能是负数，应到人数至少1人"
    if ballot.present > ballot.committee:
        return f"实到{ballot.present}人，多于应到{ballot.committee}人"
    if ballot.yes + ballot.no + ballot.abstain != ballot.present:
        return f"赞成、反对、弃权合计{ballot.yes + ballot.no + ballot.abstain}票，与实到{ballot.present}人不符"
    if quorum == "two_thirds" and ballot.present * 3 < ballot.committee * 2:
        return f"实到{ballot.present}人，不足应到{ballot.committee}人的三分之二，表决无效"
    if quorum == "half" and ballot.present * 2 <= ballot.committee:
        return f"实到{ballot.present}人，没有超过应到{ballot.committee}人的半数，表决无效"
    return None


def passed(ballot: Ballot, passes: Passes) -> bool:
    """More than half of all (or of those present), or at least two thirds of all."""
    if passes == "two_thirds_of_all":
        return ballot.yes * 3 >= ballot.committee * 2
    base = ballot.committee if passes == "half_of_all" else ballot.present
    return ballot.yes * 2 > base
