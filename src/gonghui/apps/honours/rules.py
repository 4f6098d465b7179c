"""Quotas of a campaign as whole numbers, and who may not be nominated. Pure: no records, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

WHOLE = 10_000
"""Shares are in parts of ten thousand: 37.22 % is 3722."""


@dataclass(frozen=True, slots=True)
class Nominee:
    """One nomination as quotas see it; `traits` are the groups that it counts for."""

    application_id: int
    name: str
    unit: str
    county_id: int | None
    traits: frozenset[str]


@dataclass(frozen=True, slots=True)
class Quota:
    """A share of the places that a group must reach or may not exceed."""

    rule: str
    trait: str
    words: str
    sense: Literal["least", "most"]
    share: int


QUOTAS: tuple[tuple[str, str, str, Literal["least", "most"]], ...] = (
    ("honours.line_workers_least", "line", "一线职工", "least"),
    ("honours.women_least", "women", "女性", "least"),
    ("honours.farmers_least", "farmer", "农民工", "least"),
    ("honours.minority_least", "minority", "少数民族", "least"),
    ("honours.managers_most", "manager", "企业管理人员", "most"),
    ("honours.firm_heads_most", "firm_head", "企业负责人", "most"),
    ("honours.cadres_most", "cadre_county", "县处级干部", "most"),
)
"""(rule with the share, trait, words, sense) of what a campaign for persons counts."""


def traits(document: Mapping[str, Any]) -> frozenset[str]:
    """What the answers of a nomination count for: post, sex, farmer, minority, rank."""
    found = {str(document.get("post") or "")}
    if document.get("post") == "cadre" and document.get("rank") in ("county", "department"):
        found.add("cadre_county")
    if document.get("sex") == "2":
        found.add("women")
    found |= {name for name in ("farmer", "minority") if document.get(name) is True}
    return frozenset(found - {""})


@dataclass(frozen=True, slots=True)
class Counter:
    """One quota as it stands: `bound` persons must (may) be of the group, `count` are, `short` (over) is missing.

    `reserved` of the places that are left have to go to the group; `free` is how many more of it are possible.
    """

    quota: Quota
    bound: int
    count: int
    left: int
    breach: int
    reserved: int
    free: int
    by: tuple[Nominee, ...]

    @property
    def percent(self) -> str:
        """3722 → 37.22%."""
        whole, rest = divmod(self.quota.share, 100)
        return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"

    @property
    def tone(self) -> str:
        return "bad" if self.breach else "wait" if self.reserved and self.reserved == self.left else "ok"

    @property
    def sentence(self) -> str:
        """What is breached, and what is still possible."""
        group = self.quota.words
        if self.quota.sense == "most":
            if self.breach:
                return f"{group}最多{self.bound}名，已推荐{self.count}名，超出{self.breach}名，须换下{self.breach}名"
            return f"{group}还可推荐{self.free}名" if self.free else f"{group}名额已满，不能再推荐"
        if self.breach:
            return (
                f"{group}至少{self.bound}名，现有{self.count}名，剩余{self.left}个名额都给也差{self.breach}名，"
                f"须换下{self.breach}名其他人"
            )
        if not self.reserved:
            return f"{group}已达到{self.bound}名"
        if self.reserved == self.left:
            return f"剩余{self.left}个名额都要给{group}"
        return f"剩余{self.left}个名额中至少{self.reserved}个给{group}"


def needed(places: int, share: int) -> int:
    """The least whole number that reaches a share: 37.22 % of 10 places are 4."""
    return -(-places * share // WHOLE)


def allowed(places: int, share: int) -> int:
    """The most whole number within a share: 10 % of 15 places is 1."""
    return places * share // WHOLE


def counter(quota: Quota, places: int, nominees: Sequence[Nominee]) -> Counter:
    """One quota over the nominations in the order in which they came.

    :param places: in total; more nominations than places leave none.
    """
    inside = [one for one in nominees if quota.trait in one.traits]
    others = [one for one in nominees if quota.trait not in one.traits]
    left = max(0, places - len(nominees))
    if quota.sense == "most":
        bound = allowed(places, quota.share)
        over = max(0, len(inside) - bound)
        free = min(left, max(0, bound - len(inside)))
        return Counter(quota, bound, len(inside), left, over, 0, free, tuple(inside[bound:]))
    bound = needed(places, quota.share)
    short = max(0, bound - len(inside))
    breach = max(0, short - left)
    return Counter(
        quota, bound, len(inside), left, breach, short - breach, left, tuple(others[-breach:] if breach else ())
    )


def counters(quotas: Iterable[Quota], places: int, nominees: Sequence[Nominee]) -> list[Counter]:
    """Every quota that says something: a least share of nought is none."""
    return [counter(one, places, nominees) for one in quotas if one.share or one.sense == "most"]


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """The places of one county and what it has nominated."""

    organisation_id: int
    name: str
    places: int
    count: int

    @property
    def over(self) -> int:
        return max(0, self.count - self.places)

    @property
    def left(self) -> int:
        return max(0, self.places - self.count)


def county_counts(places: Mapping[int, int], names: Mapping[int, str], nominees: Iterable[Nominee]) -> list[PlaceCount]:
    """Each county's places and nominations, in the order of the places given; what no county has places for, last."""
    counted: dict[int, int] = {}
    for one in nominees:
        if one.county_id is not None:
            counted[one.county_id] = counted.get(one.county_id, 0) + 1
    order = [*places, *(key for key in counted if key not in places)]
    return [PlaceCount(key, names.get(key, ""), places.get(key, 0), counted.get(key, 0)) for key in order]


BARS: tuple[tuple[str, str], ...] = (
    ("honours.bar_punished", "punished"),
    ("honours.bar_accident", "accident"),
    ("honours.bar_arrears", "arrears"),
)
"""(rule, question) of what bars a nomination where the rule holds."""


def barred(document: Mapping[str, Any], bars: Mapping[str, bool], titles: Mapping[str, str]) -> dict[str, str]:
    """Question → sentence naming the rule, for every bar that applies."""
    found = {
        field: f"按规则“{titles[rule]}”，不能推荐"
        for rule, field in BARS
        if bars.get(rule) and document.get(field) is True
    }
    if bars.get("honours.bar_rank") and document.get("rank") == "department":
        found["rank"] = f"按规则“{titles['honours.bar_rank']}”，不能推荐"
    return found


def within_cycle(last_year: int, year: int, cycle: int) -> bool:
    """True when an honour of `last_year` is too recent: with a cycle of five, 2021 bars until 2025."""
    return year - last_year < cycle
