"""How members weigh candidates, said in plain words, and when what they chose counts. Counting itself is recount.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gonghui.kernel.refusal import Refusal

from ..choices import Method
from ..recount import Option, Placed, Terms, wrong

TIES = "得分相同的，依次比选它的人数（多的在前）、来自多少条意见（多的在前）、估算（少的在前）、序号（小的在前）"


def method_words(terms: Terms) -> str:
    """The method as members read it before they choose."""
    if terms.method == Method.RANK:
        return f"每人按先后最多选{terms.picks}项：第1项得{terms.picks}分，往后每项少1分；得分多的排在前面"
    if terms.method == Method.BUDGET:
        return (
            f"每人在{terms.budget / 100:,.0f}元以内选几项，选中的估算加起来不超过这个数，每选中一项得1分；"
            f"从得分最多的往下列，剩下的钱不够的跳过"
        )
    return f"每人最多选{terms.picks}项，每选中一项得1分；得分多的排在前面"


def check_choice(terms: Terms, options: Sequence[Option], choice: Sequence[int]) -> list[int]:
    """The choice as it is kept. Order counts only where it is ranked, so elsewhere it says nothing of who chose.

    :raises Refusal: GH-PRJ-020 it breaks the terms.
    """
    if problem := wrong(terms, options, choice):
        raise Refusal("GH-PRJ-020", problem, "choice", "改好后再提交")
    return list(choice) if terms.method == Method.RANK else sorted(choice)


def check_terms(terms: Terms, options: Sequence[Option]) -> None:
    """Whether a weighing may begin.

    :raises Refusal: GH-PRJ-021 fewer than two candidates, or no more than everybody may mark; 022 the budget.
    """
    if len(options) < 2:
        raise Refusal("GH-PRJ-021", f"现在有{len(options)}个候选，至少2个才能评选", "candidates", "先添加候选")
    if terms.method != Method.BUDGET and terms.picks >= len(options):
        raise Refusal(
            "GH-PRJ-021",
            f"每人可选{terms.picks}项，候选只有{len(options)}个",
            "picks",
            "添加候选，或减少每人可选的件数",
        )
    if terms.method == Method.BUDGET:
        dear = [one.number for one in options if one.cost > terms.budget]
        if terms.budget <= 0:
            raise Refusal("GH-PRJ-022", "预算分配要写预算总额", "budget")
        if dear:
            raise Refusal("GH-PRJ-022", f"{dear[0]}号的估算超过预算总额，没有人能选它", "budget", "改预算或估算")
        if any(one.cost == 0 for one in options):
            raise Refusal("GH-PRJ-022", "有候选没有估算，不能按预算分配", "cost", "每个候选都写上估算")


def reason_needed(chosen: bool, within: bool) -> bool:
    """A reason is owed for what was not chosen, and for what was chosen although the weighing did not list it."""
    return not chosen or not within


def as_rows(placed: Sequence[Placed]) -> list[dict[str, Any]]:
    return [
        {"number": p.number, "points": p.points, "people": p.people, "place": p.place, "within": p.within}
        for p in placed
    ]


def within(tally: Mapping[str, Any] | None, number: int) -> bool:
    """Whether the published tally puts a candidate on the list."""
    return any(row["number"] == number and row["within"] for row in (tally or {}).get("rows", ()))
