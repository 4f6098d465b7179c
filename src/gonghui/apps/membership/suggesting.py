"""Which union fits somebody: by employer, then trade, then place, then the fallback; with the reason. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from gonghui.kernel.org.rules import is_uscc
from gonghui.kernel.people.choices import NewFormOccupation, WorkerKind

MOST = 5
"""How many unions are offered at once: the best one, and others to choose from."""

WORK = (
    WorkerKind.REGULAR,
    WorkerKind.MIGRANT,
    WorkerKind.DISPATCHED,
    *(one for one in NewFormOccupation if one != NewFormOccupation.OTHER),
    WorkerKind.FLEXIBLE,
)
"""What a worker may say of their work, in one list: trades of new-form work beside the ordinary kinds."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is public of a union body."""

    pk: int
    name: str
    kind: str
    level: str
    path: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody says about themselves; `county` and `town` are the federations of the place."""

    employer: str = ""
    trade: str = ""
    county: Body | None = None
    town: Body | None = None
    place: str = ""

    @property
    def by_code(self) -> bool:
        return is_uscc(self.employer.strip().upper())

    @property
    def anything(self) -> bool:
        return bool(self.employer.strip() or self.trade or self.county or self.place.strip())


@dataclass(frozen=True, slots=True)
class Suggestion:
    body: Body
    why: str
    by: str
    """employer | trade | place | fallback"""


@dataclass(frozen=True, slots=True)
class Found:
    """What the records hold for each way of fitting; the best of each way first."""

    employers: tuple[tuple[Body, str], ...] = ()
    """(union, the employer's name as registered)"""
    trades: tuple[Body, ...] = ()
    joints: tuple[Body, ...] = ()
    fallback: Body | None = None
    fallback_why: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


def suggest(asked: Asked, found: Found) -> list[Suggestion]:
    """The fitting union first, then others; each once, with the sentence that says why."""
    rows: list[Suggestion] = []
    for body, employer in found.employers:
        how = "统一社会信用代码对上了" if asked.by_code else f"您的单位“{employer}”"
        rows.append(Suggestion(body, f"{how}，单位的职工加入单位的工会", "employer"))
    for body in found.trades:
        trade = label_of(asked.trade)
        rows.append(Suggestion(body, f"{trade}归这家行业工会，单位没有工会的可以直接加入", "trade"))
    for body in found.joints:
        where = asked.town.name.removesuffix("总工会") if asked.town else asked.place.strip() or "当地"
        rows.append(Suggestion(body, f"{where}没有单独建会的单位和灵活就业的人，加入这家联合工会", "place"))
    if found.fallback is not None:
        rows.append(Suggestion(found.fallback, found.fallback_why, "fallback"))
    seen: set[int] = set()
    best = []
    for row in rows:
        if row.body.pk not in seen:
            seen.add(row.body.pk)
            best.append(row)
    return best[:MOST]


def label_of(work: str) -> str:
    return next((one.label for one in WORK if one.value == work), "")


def is_trade(work: str) -> bool:
    """A trade of new-form work, which may have an industry union of its own."""
    return work in NewFormOccupation.values


def facts_of(work: str) -> dict[str, str]:
    """The chosen work as a membership keeps it: kind of worker, occupation, and the new form where it is one."""
    if is_trade(work):
        return {
            "worker_kind": WorkerKind.NEW_FORM.value,
            "new_form": work,
            "occupation": NewFormOccupation(work).label,
        }
    return {"worker_kind": WorkerKind(work).value if work in WorkerKind.values else WorkerKind.REGULAR.value}


@lru_cache(maxsize=32)
def trade_words(text: str) -> Mapping[str, tuple[str, ...]]:
    """truck_driver=物流、货运;courier=快递 → words by trade, as the rule `membership.trade_unions` says them."""
    table: dict[str, tuple[str, ...]] = {}
    for line in text.replace("；", ";").split(";"):
        trade, _, words = line.partition("=")
        found = tuple(word for word in words.replace("、", " ").replace(",", " ").replace("，", " ").split() if word)
        if trade.strip() and found:
            table[trade.strip()] = found
    return table


def short_place(name: str) -> str:
    """安福县总工会 → 安福: how branches of city unions name a county (…联合会遂川货运分会)."""
    place = name.removesuffix("总工会")
    for ending in ("自治县", "县", "区", "市", "镇", "乡", "街道"):
        if place.endswith(ending) and len(place) - len(ending) >= 2:
            return place.removesuffix(ending)
    return place


def order_trades(bodies: Iterable[Body], asked: Asked) -> list[Body]:
    """Those of the county first: its own industry union, then its branch of the city's, then the city's itself."""

    def rank(body: Body) -> tuple[int, int, str]:
        county = asked.county
        if county is None:
            return (0 if body.kind == "industry_union" else 1, len(body.path), body.path)
        if body.path.startswith(county.path):
            return (0, len(body.path), body.path)
        named = short_place(county.name) in body.name or (body.region and body.region[:6] == county.region[:6])
        return (1 if named and body.kind == "branch" else 2 if body.kind != "branch" else 9, len(body.path), body.path)

    return [body for body in sorted(bodies, key=rank) if rank(body)[0] < 9]
