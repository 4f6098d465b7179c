"""The organisations of the demonstration: a province's city, 13 counties, their townships, and the unions below."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from random import Random
from typing import Any

from gonghui.kernel import yamls
from gonghui.kernel.org.rules import label

from .bulk import reserve
from .names import PUBLIC_BODIES, firm_name

DRIVERS = 76_000
PAPER_UNIONS, PAPER_MEMBERS, MERGERS = 12, 369, 6
ANFU, JISHUI = "360829", "360822"


@dataclass
class Node:
    """One organisation to be made, with what the people of it should look like."""

    name: str
    kind: str
    level: str
    parent: Node | None
    region: str
    founded: date
    members: int = 0
    worker_kind: str = "regular"
    new_form: str = ""
    occupation: str = ""
    employer: str = ""
    unit_kind: str = ""
    industry: str = ""
    union_kind: str = ""
    term_from: date | None = None
    term_to: date | None = None
    headcount: int | None = None
    asleep: bool = False
    employer_closed_on: date | None = None
    employer_closed_why: str = ""
    sleepers: int = 0
    listed: bool = True
    intro: str = ""
    id: int = 0
    path: str = ""
    marks: set[str] = field(default_factory=set)


def _read(name: str) -> Any:
    return yamls.shipped((files("gonghui.catalogue") / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def townships() -> dict[str, list[str]]:
    table: dict[str, list[str]] = _read("demo/townships.yaml")
    return table


class Grower:
    """Grows the tree node by node from one seeded random source; `today` sets how fresh signs of life are."""

    def __init__(self, random: Random, today: date, share: float) -> None:
        self.random, self.today, self.share = random, today, share
        self.nodes: list[Node] = []
        self.used: set[str] = set()

    def add(self, name: str, kind: str, level: str, parent: Node | None, region: str, **facts: Any) -> Node:
        facts.setdefault("founded", date(1998, 1, 1) + timedelta(days=self.random.randrange(9000)))
        if parent and facts["founded"] < parent.founded:
            facts["founded"] = parent.founded + timedelta(days=self.random.randrange(30, 900))
        node = Node(name, kind, level, parent, region, **facts)
        self.nodes.append(node)
        return node

    def _term(self, expired: bool = False) -> dict[str, date]:
        start = self.today - timedelta(days=self.random.randrange(200, 1500))
        if expired:
            start = self.today - timedelta(days=self.random.randrange(2600, 3600))
        return {"term_from": start, "term_to": start + timedelta(days=1826)}

    def grow(self) -> list[Node]:
        scenario = _read("scenarios/jian.yaml")
        old = date(1950, 5, 1)
        province = self.add("江西省总工会", "federation", "province", None, "360000", founded=old)
        city = self.add(
            "吉安市总工会",
            "federation",
            "city",
            province,
            "360800",
            founded=date(1952, 5, 1),
            intro="服务全市13个县（市、区）职工，指导各级工会建会入会、维权帮扶、普惠服务。",
            **self._term(),
        )
        logistics = self.add(
            "吉安市物流行业工会联合会",
            "industry_union",
            "city",
            city,
            "360800",
            founded=date(2018, 7, 1),
            **self._term(),
        )
        counties = [
            self.add(
                f"{c['name']}总工会",
                "federation",
                "county",
                city,
                str(c["code"]),
                founded=date(1955, 5, 1),
                **self._term(),
            )
            for c in scenario["counties"]
        ]
        self._drivers(logistics, counties)
        for county in counties:
            self._county(county)
        return self.nodes

    def _drivers(self, logistics: Node, counties: list[Node]) -> None:
        """76,000 drivers in a branch for each county, each branch in teams."""
        weights = [self.random.uniform(0.6, 1.6) for _ in counties]
        left = round(DRIVERS * self.share)
        for index, county in enumerate(counties):
            short = county.name.removesuffix("总工会")
            short = short[:-1] if len(short) > 2 and short[-1] in "县区" else short
            count = left if index == len(counties) - 1 else round(DRIVERS * self.share * weights[index] / sum(weights))
            left -= count if index < len(counties) - 1 else 0
            branch = self.add(
                f"{logistics.name}{short}货运分会",
                "branch",
                "branch",
                logistics,
                county.region,
                founded=date(2019, 3, 1),
            )
            driver = {"worker_kind": "new_form", "new_form": "truck_driver", "occupation": "货车司机"}
            teams = max(1, count // 1500)
            branch.members, branch.worker_kind, branch.new_form, branch.occupation = (
                count - teams * (count // (teams + 1)),
                "new_form",
                "truck_driver",
                "货车司机",
            )
            for number in range(teams):
                self.add(
                    f"{branch.name}第{'一二三四五六七八九十'[number % 10]}{'' if number < 10 else number}工会小组",
                    "group",
                    "group",
                    branch,
                    county.region,
                    founded=date(2019, 6, 1),
                    members=count // (teams + 1),
                    **driver,
                )

    def _county(self, county: Node) -> None:
        random, short = self.random, county.name.removesuffix("总工会")
        for trade, form, occupation in (
            ("快递", "courier", "快递员"),
            ("保安服务", "security_guard", "保安员"),
            ("房产中介服务", "property_agent", "房产中介员"),
        ):
            self.add(
                f"{short}{trade}行业工会联合会",
                "industry_union",
                "county",
                county,
                county.region,
                founded=date(2020, 1, 1),
                members=round(random.randrange(120, 420) * self.share) + 5,
                worker_kind="new_form",
                new_form=form,
                occupation=occupation,
                **self._term(),
            )
        park = self.add(
            f"{short}工业园区非公有制企业工会联合会",
            "joint_union",
            "county",
            county,
            county.region,
            union_kind="2",
            **self._term(),
        )
        for _ in range(max(3, round(22 * self.share))):
            self._firm(park, short, county.region)
        for place in townships()[county.region]:
            town = self.add(f"{short}{place}总工会", "federation", "township", county, county.region, **self._term())
            self.add(
                f"{short}{place}小微企业联合工会委员会",
                "joint_union",
                "unit",
                town,
                county.region,
                union_kind="2",
                members=round(random.randrange(25, 140) * self.share) + 3,
                worker_kind="migrant",
                **self._term(),
            )
            for body, unit_kind, industry in random.sample(PUBLIC_BODIES, 3):
                self._firm(town, short, county.region, f"{short}{place}{body}", unit_kind, industry)
            for _ in range(max(1, round(random.randrange(4, 10) * self.share))):
                self._firm(town, short, county.region)
        if county.region == ANFU:
            self._anfu(county)

    def _firm_name(self, short: str) -> tuple[str, str]:
        """A name and its industry; elsewhere they are others."""
        return firm_name(self.random, short, self.used)

    def _firm(
        self,
        parent: Node,
        short: str,
        region: str,
        name: str = "",
        unit_kind: str = "",
        industry: str = "",
        **facts: Any,
    ) -> Node:
        """A firm's union; some are divided into workshops and shift teams."""
        random = self.random
        if not name:
            name, industry = self._firm_name(short)
            unit_kind = random.choices(("170", "159", "169", "110", "300"), (60, 25, 5, 6, 4))[0]
        members = max(4, round(random.lognormvariate(3.45, 0.8) * self.share))
        facts.setdefault("members", members)
        facts.setdefault("headcount", round(facts["members"] * random.uniform(1.0, 1.35)))
        worker = random.choices(("regular", "migrant", "dispatched"), (70, 25, 5))[0]
        union = self.add(
            f"{name}工会委员会",
            "grassroots_union",
            "unit",
            parent,
            region,
            employer=name,
            unit_kind=unit_kind,
            industry=industry,
            union_kind="1",
            worker_kind=worker,
            occupation=random.choice(("操作工", "技术员", "包装工", "机修钳工", "质检员", "行政人员", "驾驶员")),
            **(self._term() | facts),
        )
        if facts["members"] > 110 and "asleep" not in facts:
            moved = facts["members"] // 3
            union.members -= moved * 2
            for workshop in ("包装车间", "机修车间"):
                branch = self.add(
                    f"{union.name}{workshop}分会",
                    "branch",
                    "branch",
                    union,
                    region,
                    members=moved - 12,
                    worker_kind=worker,
                )
                self.add(f"{branch.name}甲班工会小组", "group", "group", branch, region, members=12, worker_kind=worker)
        return union

    def _anfu(self, county: Node) -> None:
        """What the vitality review of Anfu has to find: 12 paper unions, 369 paper members, 6 unions to merge."""
        random, region = self.random, county.region
        towns = [n for n in self.nodes if n.parent is county and n.level == "township"]
        fengtian = next(n for n in towns if "枫田镇" in n.name)
        star = "江西安福泸水河食品有限公司"
        main = self.add(
            f"{star}工会委员会",
            "grassroots_union",
            "unit",
            fengtian,
            region,
            employer=star,
            unit_kind="170",
            industry="C",
            union_kind="1",
            members=86,
            occupation="包装工",
            headcount=170,
            founded=date(2014, 9, 1),
            sleepers=9,
            **self._term(),
        )
        branch = self.add(f"{main.name}包装车间分会", "branch", "branch", main, region, members=41)
        self.add(f"{branch.name}甲班工会小组", "group", "group", branch, region, members=14)
        for index in range(PAPER_UNIONS):
            closed = self.today - timedelta(days=random.randrange(800, 1900))
            self._firm(
                towns[index % len(towns)],
                "安福",
                region,
                members=random.randrange(6, 18),
                asleep=True,
                founded=date(2012, 3, 1) + timedelta(days=index * 40),
                employer_closed_on=closed if index % 3 else None,
                employer_closed_why="市场监管登记：已注销" if index % 3 else "",
                **self._term(expired=True),
            )
        for body in ("畜牧兽医局", "蔬菜管理局", "粮食局", "物价局", "旅游发展委员会", "人民防空办公室"):
            self._firm(
                county,
                "安福",
                region,
                f"安福县{body}",
                "500",
                "S",
                members=random.randrange(9, 26),
                employer_closed_on=self.today - timedelta(days=random.randrange(120, 300)),
                employer_closed_why=f"机构改革：原安福县{body}职能已划转",
            )
        for body in ("农业农村局", "发展和改革委员会", "文化广电旅游局", "应急管理局"):
            self._firm(county, "安福", region, f"安福县{body}", "500", "S", members=random.randrange(30, 60))
        self._sleepers(county)

    def _sleepers(self, county: Node) -> None:
        """Spread the paper members over 58 living unions of the county."""
        living = [
            n
            for n in self.nodes
            if n.region == county.region
            and n.kind in ("grassroots_union", "joint_union")
            and n.level == "unit"
            and not n.asleep
            and not n.employer_closed_on
            and n.members >= 12
            and not n.sleepers
        ]
        chosen = self.random.sample(living, min(57, len(living)))
        left = PAPER_MEMBERS - sum(n.sleepers for n in self.nodes)
        for index, node in enumerate(chosen):
            node.sleepers = left // (len(chosen) - index)
            left -= node.sleepers
            node.members += max(0, node.sleepers + 6 - node.members)
            node.headcount = max(node.headcount or 0, node.members)


def place(nodes: list[Node]) -> None:
    """Give every node its id and path; parents come before children."""
    for node, pk in zip(nodes, reserve("organisation", len(nodes)), strict=True):
        node.id = pk
        node.path = (node.parent.path if node.parent else "") + label(pk)
