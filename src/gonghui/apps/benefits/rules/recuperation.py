"""What a rest cure may be at a place on a day: each breach in a sentence that names its rule and its source. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .pages import in_yuan

KEYS: Final = (
    "recuperation.days_inside", "recuperation.days_across", "recuperation.day_cap", "recuperation.year_cap",
    "recuperation.across_months", "recuperation.listed", "recuperation.insured", "recuperation.procured",
)  # fmt: skip
"""The rules that are asked before publishing."""
PRIORITIES: Final = (
    "recuperation.front_line", "recuperation.hazard", "recuperation.near_men", "recuperation.near_women",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A rule's value with its title and source."""

    value: Any
    title: str
    source: str

    @property
    def cited(self) -> str:
        return f"（规则“{self.title}”，依据：{self.source or '本地模板'}）"


@dataclass(frozen=True, slots=True)
class Plan:
    """A rest cure as it was written; money is in fen. `base` is "" where none was chosen."""

    base: str
    base_active: bool
    across: bool
    days: int
    day_price: int
    price: int
    subsidy: int
    insurer: str
    procurement: str
    again_months: int
    longest: int = 0
    """Calendar days of the longest session."""


def is_across(own_region: str, base_region: str) -> bool:
    """Whether a base lies in another province than who organises: the first two digits of the region's code."""
    return bool(own_region) and own_region[:2] != base_region[:2]


def breaches(plan: Plan, rules: Mapping[str, Said]) -> list[tuple[str, str]]:
    """What is against the rules or missing: (field, sentence), all at once."""
    found: list[tuple[str, str]] = []

    def against(field: str, words: str, key: str) -> None:
        found.append((field, words + rules[key].cited))

    if rules["recuperation.listed"].value and not plan.base:
        against("trip-base", "还没有选疗休养基地", "recuperation.listed")
    elif plan.base and not plan.base_active:
        against("trip-base", f"“{plan.base}”已经撤销，不在基地名单里", "recuperation.listed")
    where, key = ("跨省", "recuperation.days_across") if plan.across else ("省内", "recuperation.days_inside")
    if not plan.days:
        found.append(("trip-days", "还没有写疗休养几天"))
    elif plan.days > rules[key].value:
        against("trip-days", f"{where}疗休养最多{rules[key].value}天，这里写了{plan.days}天", key)
    if plan.days and plan.longest > plan.days:
        found.append(("sessions", f"有一期从开始到结束是{plan.longest}天，比写的{plan.days}天长"))
    cap = rules["recuperation.day_cap"]
    if not plan.day_price:
        found.append(("trip-day_price", "还没有写每人每天的费用"))
    elif plan.day_price > cap.value:
        words = f"每人每天不超过{in_yuan(cap.value)}，这里写了{in_yuan(plan.day_price)}"
        against("trip-day_price", words, "recuperation.day_cap")
    whole = plan.days * plan.day_price
    if whole and plan.price + plan.subsidy != whole:
        paid = in_yuan(plan.price + plan.subsidy)
        words = f"{plan.days}天共{in_yuan(whole)}，个人自付和工会补贴加起来是{paid}，两边要相等"
        found.append(("price", words))
    year = rules["recuperation.year_cap"].value
    if year and plan.subsidy > year:
        words = f"工会每人每年最多承担{in_yuan(year)}，这一次就是{in_yuan(plan.subsidy)}"
        against("subsidy", words, "recuperation.year_cap")
    months = rules["recuperation.across_months"].value
    if plan.across and plan.again_months < months:
        words = f"跨省疗休养{months}个月内不再安排，同类项目间隔写了{plan.again_months}个月"
        against("again_after_months", words, "recuperation.across_months")
    if rules["recuperation.insured"].value and not plan.insurer.strip():
        against("trip-insurer", "还没有写承保公司", "recuperation.insured")
    if rules["recuperation.procured"].value and not plan.procurement.strip():
        against("trip-procurement", "还没有写公开采购文号", "recuperation.procured")
    return found


def over_year_cap(cap: Said, earlier: int, now: int) -> str:
    """Why another trip is too much for one person in one year; empty when it is not. Fen."""
    if not cap.value or earlier + now <= cap.value:
        return ""
    return (
        f"工会每人每年最多承担{in_yuan(cap.value)}疗休养费用：今年已安排{in_yuan(earlier) if earlier else '0元'}，"
        f"这一次{in_yuan(now)}，加起来超过{cap.cited}"
    )


def words_of(text: str) -> list[str]:
    """Words of a rule that stand with 、 between them."""
    return [one.strip() for one in text.replace("，", "、").split("、") if one.strip()]


def ready_made(rules: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Priority groups as rules of tickets of a balanced draw, without their number of tickets: key → rule."""
    near = [
        {"all": [{"field": "sex", "is": sex}, {"field": "age", "at_least": rules[key]}]}
        for sex, key in (("1", "recuperation.near_men"), ("2", "recuperation.near_women"))
    ]
    found: dict[str, dict[str, Any]] = {
        "model_worker": {"title": "劳动模范、五一劳动奖章获得者", "fact": "model_worker"},
        "near_retirement": {"title": "临近退休职工", "condition": {"any": near}},
    }
    for key, title in (("front_line", "一线职工"), ("hazard", "危险岗位职工")):
        if words := words_of(rules[f"recuperation.{key}"]):
            found[key] = {"title": title, "condition": {"field": "occupation", "in": words}}
    return {key: {"key": key, **rule} for key, rule in found.items()}
