#!/usr/bin/env python3
"""评选复算：用公布的选择清单重新算一遍名次。只用 Python 标准库，不连任何网络。

用法  python3 recount.py 评选结果.csv

The platform counts with this very file, and anybody may run it over the published list. How it works:

1. support (点赞支持): whoever takes part marks up to `picks` candidates; each mark is one point.
2. rank (排序选择): up to `picks` candidates in order; the first gets `picks` points, the second one less, and so on.
3. budget (预算分配): candidates whose estimates together fit the budget; each mark is one point. The list is filled
   from the most points down, and what no longer fits what is left of the budget is passed over.
4. Equal points: who was chosen by more people comes first, then who more voices asked for, then who costs less, then
   the smaller number.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

FORMAT = "gonghui-weighing-1"
SUPPORT, RANK, BUDGET = "support", "rank", "budget"


@dataclass(frozen=True)
class Terms:
    """How a selection is weighed: `budget` in fen (0: none), `places` of the list."""

    method: str
    picks: int
    places: int
    budget: int = 0


@dataclass(frozen=True)
class Option:
    """A candidate by its number: its estimate in fen and how many voices asked for it."""

    number: int
    cost: int = 0
    voices: int = 0


@dataclass(frozen=True)
class Placed:
    """What came of a candidate; `within` says that the weighing puts it on the list."""

    number: int
    points: int
    people: int
    place: int
    within: bool


def wrong(terms: Terms, options: Sequence[Option], choice: Sequence[int]) -> str:
    """Why a choice does not count; empty when it does."""
    cost = {one.number: one.cost for one in options}
    if not choice:
        return "至少选一项"
    if any(number not in cost for number in choice):
        return "选了没有列出的候选"
    if len(set(choice)) != len(choice):
        return "同一项选了两次"
    if terms.method == BUDGET:
        total = sum(cost[number] for number in choice)
        return f"合计{total / 100:,.2f}元，超过预算{terms.budget / 100:,.2f}元" if total > terms.budget else ""
    return f"选了{len(choice)}项，最多{terms.picks}项" if len(choice) > terms.picks else ""


def count(terms: Terms, options: Sequence[Option], choices: Iterable[Sequence[int]]) -> list[Placed]:
    """Every candidate with its points and place, the first first.

    :raises ValueError: one of the choices breaks the terms.
    """
    points = {one.number: 0 for one in options}
    people = dict(points)
    for choice in choices:
        if problem := wrong(terms, options, choice):
            raise ValueError(problem)
        for order, number in enumerate(choice):
            points[number] += terms.picks - order if terms.method == RANK else 1
            people[number] += 1
    ordered = sorted(options, key=lambda o: (-points[o.number], -people[o.number], -o.voices, o.cost, o.number))
    left, free = terms.budget, terms.places
    placed = []
    for place, one in enumerate(ordered, start=1):
        within = free > 0 and points[one.number] > 0 and (terms.method != BUDGET or one.cost <= left)
        if within:
            free -= 1
            left -= one.cost
        placed.append(Placed(one.number, points[one.number], people[one.number], place, within))
    return placed


def write(out: TextIO, terms: Terms, options: Sequence[tuple[Option, str]], choices: Iterable[Sequence[int]]) -> None:
    """The published list: the terms, the candidates, and one line for each who took part, in an order of chance."""
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(["办法", FORMAT, terms.method, terms.picks, terms.places, terms.budget])
    sheet.writerows(["候选", one.number, title, one.cost, one.voices] for one, title in options)
    sheet.writerows(["选择", *choice] for choice in choices)


def read(source: Iterable[str]) -> tuple[Terms, list[tuple[Option, str]], list[list[int]]]:
    """The published list again.

    :raises ValueError: it is not such a list.
    """
    terms: Terms | None = None
    options: list[tuple[Option, str]] = []
    choices: list[list[int]] = []
    for row in csv.reader(source):
        kind, *rest = row or [""]
        kind = kind.lstrip("\ufeff")
        if kind == "办法":
            if rest[0] != FORMAT:
                raise ValueError(f"不认识的格式{rest[0]}")
            terms = Terms(rest[1], int(rest[2]), int(rest[3]), int(rest[4]))
        elif kind == "候选":
            options.append((Option(int(rest[0]), int(rest[2]), int(rest[3])), rest[1]))
        elif kind == "选择":
            choices.append([int(one) for one in rest])
    if terms is None:
        raise ValueError("不是评选结果的清单")
    return terms, options, choices


def main(path: str) -> None:
    with open(path, encoding="utf-8-sig", newline="") as opened:
        terms, options, choices = read(opened)
    titles = {one.number: title for one, title in options}
    print(f"{len(choices)}人参加评选")
    for one in count(terms, [option for option, _ in options], choices):
        listed = "列入" if one.within else "未列入"
        print(f"第{one.place}名  {one.number}号 {titles[one.number]}  {one.points}分  {one.people}人选  {listed}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
