"""A small union of any region: those above it, its counties and towns, and a few hundred firms with their people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from gonghui.kernel.models import Organisation
from gonghui.kernel.org import regions
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM

from ..demo.load import write_people, write_tree
from ..demo.names import firm_name
from ..demo.people import Crowd
from ..demo.tree import Grower, Node, townships
from .facts import scenario

SHARE = 0.3
"""How large firms are beside those of the demonstration."""
PARKS = ("经济开发区", "高新技术产业开发区")
NEW_FORMS = (
    ("货运司机", "truck_driver", "货车司机"), ("快递", "courier", "快递员"), ("保安服务", "security_guard", "保安员"),
    ("网约送餐", "food_rider", "网约送餐员"),
)  # fmt: skip
"""How their unions are called, the code of the occupation, its name."""


class RegionGrower(Grower):
    """Grows a region's federation with what stands above and below it.

    :param code: of the city or county, as the table of regions has it.
    :param firms: how many enterprises have a union in each town and each park.
    :param new_form: how many unions of workers in new forms of employment were founded within the last half year.
    """

    def __init__(self, random: Random, today: date, code: str, *, firms: int, new_form: int = 0) -> None:
        super().__init__(random, today, SHARE)
        self.code, self.firms, self.new_form = code, firms, new_form
        self.province = ""

    def grow(self) -> list[Node]:
        above: Node | None = None
        for place in self._line():
            above = self._federation(place, above)
        assert above is not None, "a region stands at least below itself"
        below = regions.children(self.code)
        counties = [self._federation(one, above) for one in below] or [above]
        for county in counties:
            self._county(county)
        self._new_forms(counties)
        return self.nodes

    def _line(self) -> list[regions.Region]:
        """The region and those above it, the province first."""
        found, code = [], self.code
        while region := regions.region(code):
            found.append(region)
            code = region.parent or "none"
        self.province = found[-1].name.removesuffix("省")
        return found[::-1]

    def _federation(self, place: regions.Region, above: Node | None) -> Node:
        founded = date(1950, 5, 1) if above is None else above.founded + timedelta(days=400)
        return self.add(
            f"{place.name}总工会", "federation", place.level, above, place.code, founded=founded, **self._term()
        )

    def _firm_name(self, short: str) -> tuple[str, str]:
        return firm_name(self.random, short, self.used, self.province, ())

    def _county(self, county: Node) -> None:
        short, region = county.name.removesuffix("总工会"), county.region
        for park in PARKS:
            body = self.add(
                f"{short}{park}工会联合会", "joint_union", "county", county, region, union_kind="2", **self._term()
            )
            self._firms(body, short)
        for place in townships()[region]:
            town = self.add(f"{short}{place}总工会", "federation", "township", county, region, **self._term())
            self._firm(town, short, region, f"{short}{place}人民政府机关", "500", "S", members=12)
            self._firms(town, short)

    def _firms(self, body: Node, short: str) -> None:
        """Each with people enough for its officers and for those who are honoured."""
        for _ in range(self.firms):
            members = max(8, round(self.random.lognormvariate(3.45, 0.8) * self.share))
            self._firm(body, short, body.region, members=members)

    def _new_forms(self, counties: list[Node]) -> None:
        for number in range(self.new_form):
            county, (trade, form, occupation) = counties[number % len(counties)], NEW_FORMS[number // len(counties)]
            founded = self.today - timedelta(days=30 + 6 * number)
            self.add(
                f"{county.name.removesuffix('总工会')}{trade}行业工会联合会", "industry_union", "county", county,
                county.region, founded=founded, members=self.random.randrange(12, 30), worker_kind="new_form",
                new_form=form, occupation=occupation, term_from=founded, term_to=founded + timedelta(days=1826),
            )  # fmt: skip


def make(name: str, today: date, seed: int, progress: Callable[[str], None], *, firms: int, new_form: int = 0) -> None:
    """The union of a scenario's region, where nothing is yet."""
    random = Random(seed)
    grower = RegionGrower(random, today, scenario(name)["region"]["code"], firms=firms, new_form=new_form)
    with acting(SYSTEM):
        nodes = grower.grow()
        write_tree(nodes)
        members = list(Crowd(random, today).draw(nodes))
        write_people(nodes, members, today, random)
        record(SYSTEM, "demo.loaded", path="", object_type="demo", object_name=name, detail={"seed": seed})
    progress(f"组织 {len(nodes):,} 个，会员 {len(members):,} 名")


def federation(name: str) -> Organisation:
    """The federation whose report a scenario is."""
    found: Organisation = Organisation.objects.get(name=f"{scenario(name)['region']['name']}总工会")
    return found


def firms(body: Organisation) -> list[Organisation]:
    """Unions of single employers below."""
    return list(
        Organisation.objects.filter(
            path__gt=body.path, path__lt=body.path + "~", level="unit", kind="grassroots_union", state="active"
        ).order_by("path")
    )
