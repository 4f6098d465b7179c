"""Scoring one union by one standard: points of every item, why, and the grade. Whole numbers, reproducible."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gonghui.kernel.rules.expressions import Unanswered, evaluate

from .standard import Item, Standard


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of an item that the records cannot fill: points, done (1/0) or a number; None when unanswered."""

    value: int | None = None
    files: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One item as it was scored."""

    item: Item
    points: int
    why: str
    answered: bool = True

    @property
    def met(self) -> bool:
        return self.points >= self.item.least


@dataclass(frozen=True, slots=True)
class Score:
    """What it all comes to."""

    lines: tuple[Line, ...]
    total: int
    grade: str
    rank: int
    unmet: tuple[str, ...] = ()
    """Titles of mandatory items that were not met."""
    vetoed: tuple[str, ...] = ()

    def line(self, key: str) -> Line:
        return next(one for one in self.lines if one.item.key == key)

    @property
    def automatic(self) -> int:
        """Points that the records gave."""
        return sum(one.points for one in self.lines if one.item.automatic)


def needs_evidence(item: Item, value: int | None) -> bool:
    """Every point has evidence: the records for automatic items, papers for all others."""
    return not item.automatic and bool(value)


def score(standard: Standard, facts: Mapping[str, Any], answers: Mapping[str, Answer]) -> Score:
    """Points of every item from the records and from what was said, and the grade they reach."""
    lines = tuple(_line(item, facts, answers.get(item.key, Answer())) for item in standard.items())
    total = sum(one.points for one in lines)
    unmet = tuple(one.item.title for one in lines if one.item.mandatory and not one.met)
    vetoed = tuple(one.item.title for one in lines if one.item.veto and not one.met)
    if vetoed:
        grade = standard.veto_title
    elif unmet:
        grade = standard.grades[-1].title
    else:
        grade = next(one.title for one in standard.grades if total >= one.least)
    return Score(lines, total, grade, standard.rank(grade), unmet, vetoed)


def _line(item: Item, facts: Mapping[str, Any], answer: Answer) -> Line:
    if item.automatic:
        return _computed(item, facts)
    if answer.value is None:
        return Line(item, 0, "还没有填写", answered=False)
    if item.kind == "yes_no":
        return Line(item, item.points if answer.value else 0, "做到" if answer.value else "没有做到")
    if item.kind == "band":
        points = _banded(item, answer.value)
        return Line(item, points, f"填报{answer.value}{item.unit}，得{points}分")
    points = max(0, min(item.points, answer.value))
    return Line(item, points, f"凭佐证得{points}分" if points else "没有得分")


def _banded(item: Item, value: int) -> int:
    reached = [band for band in item.bands if value >= band.least]
    return max(reached, key=lambda band: band.least).points if reached else 0


_WORD = re.compile(r"[A-Za-z_]\w*")


@lru_cache(maxsize=4096)
def _speaks_of(formula: str) -> tuple[str, ...]:
    return tuple(sorted(set(_WORD.findall(formula))))


@lru_cache(maxsize=65536)
def _answered(formula: str, known: tuple[tuple[str, Any], ...]) -> Any:
    """Thousands of unions share the same few values: each combination is evaluated once."""
    return evaluate(formula, dict(known))


def _evaluated(formula: str, facts: Mapping[str, Any]) -> Any:
    return _answered(formula, tuple((name, facts[name]) for name in _speaks_of(formula) if name in facts))


def _computed(item: Item, facts: Mapping[str, Any]) -> Line:
    try:
        found = _evaluated(item.formula, facts)
    except Unanswered as error:
        return Line(item, 0, f"台账里的资料不够：{error.because}")
    if isinstance(found, bool):
        return Line(item, item.points if found else 0, "台账核对符合" if found else "台账核对不符合")
    if not isinstance(found, int):
        return Line(item, 0, "台账里没有这一项")
    if item.kind == "band":
        points = _banded(item, found)
        return Line(item, points, f"台账为{found}{item.unit}，得{points}分")
    points = max(0, min(item.points, found))
    return Line(item, points, f"按台账计{points}分")


def explain(standard: Standard, found: Score) -> str:
    """One sentence that a chair understands."""
    if found.vetoed:
        return f"得{found.total}分，“{'”“'.join(found.vetoed)}”没有做到，一票否决，{found.grade}"
    if found.unmet:
        return f"得{found.total}分，必备项“{'”“'.join(found.unmet)}”没有达标，定为{found.grade}"
    above = [one for one in standard.grades if one.least > found.total]
    more = f"，离{above[-1].title}还差{above[-1].least - found.total}分" if above else ""
    return f"得{found.total}分，定为{found.grade}{more}"
