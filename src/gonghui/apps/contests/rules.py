"""Ranking of a selection and what keeps an entry out. Pure: no records, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Ranked:
    """One entry with its rank; entries of the same score share a rank and the next rank is skipped (1, 2, 2, 4)."""

    key: int
    score: Decimal
    rank: int


def ranking(scores: Iterable[tuple[int, Decimal]]) -> list[Ranked]:
    """Best first; of equal scores the one handed in earlier (the smaller key) stands first but ranks the same."""
    ordered = sorted(scores, key=lambda one: (-one[1], one[0]))
    found: list[Ranked] = []
    for place, (key, score) in enumerate(ordered, 1):
        rank = found[-1].rank if found and found[-1].score == score else place
        found.append(Ranked(key, score, rank))
    return found


def chosen(ranked: Iterable[Ranked], places: int) -> list[Ranked]:
    """Those within the places; who shares the last place comes in too."""
    return [one for one in ranked if one.rank <= places]


EXCLUSIONS: dict[str, str] = {
    "government_plan": "政府计划内的项目不参评",
    "prize_won": "已获得市级以上奖励的项目不参评",
    "secret": "涉及国家秘密、商业秘密的项目不参评",
    "ip_dispute": "有知识产权争议的项目不参评",
}
"""Question → why an entry stays out (五小 and the five selections)."""

FIRST_AUTHOR: dict[str, str] = {
    "author_head": "第一完成人是单位负责人的不参评，请以实际完成的职工为第一完成人",
    "author_senior": "第一完成人是正高级职称的不参评",
    "author_phd": "第一完成人是博士的不参评",
}
"""先进操作法: the first author is a worker."""


def excluded(selection: str, answers: Mapping[str, Any], least: Mapping[str, int]) -> dict[str, str]:
    """Question → sentence, for everything that keeps an entry out.

    :param least: months of use of a method, people and projects of a studio, by the place's rules.
    """
    wrong = {field: words for field, words in EXCLUSIONS.items() if answers.get(field) is True}
    if selection == "method":
        wrong |= {field: words for field, words in FIRST_AUTHOR.items() if answers.get(field) is True}
        if (answers.get("months") or 0) < least["months"]:
            wrong["months"] = f"先进操作法要应用满{least['months']}个月，现在是{answers.get('months') or 0}个月"
        if answers.get("safe") is False:
            wrong["safe"] = "与安全操作规程冲突的不参评"
    if selection == "team" and answers.get("accident_free") is False:
        wrong["accident_free"] = "近一年发生安全责任事故的班组不参评"
    if selection == "suggestion" and answers.get("adopted") is False:
        wrong["adopted"] = "还没有被单位采纳的建议不参评，采纳以后再提交"
    if selection == "studio":
        wrong |= _studio(answers, least)
    return wrong


def _studio(answers: Mapping[str, Any], least: Mapping[str, int]) -> dict[str, str]:
    wrong = {}
    if answers.get("leader_honour") == "none":
        wrong["leader_honour"] = "创新工作室由市级以上劳模、奖章获得者或工匠领衔"
    if (answers.get("size") or 0) < least["people"]:
        wrong["size"] = f"成员至少{least['people']}人，现在是{answers.get('size') or 0}人"
    if (answers.get("projects") or 0) < least["projects"]:
        wrong["projects"] = f"近一年至少完成{least['projects']}个项目"
    return wrong
