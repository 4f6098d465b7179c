"""What Ji'an did in its year besides the year of business: Anfu's paper unions, and grants for all facilities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from gonghui.apps.funds import services as funds
from gonghui.apps.funds.models import GrantOrder
from gonghui.apps.vitality import queries as vitality
from gonghui.apps.vitality import services as reviews
from gonghui.apps.vitality.choices import Decision
from gonghui.kernel.models import Organisation
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from ..demo.business import COUNTY, Business
from ..demo.load import load
from ..demo.officers import Officers
from ..demo.year import run_year
from ..migrate import settle
from .facts import wanted

SUMS = {"palace": 1_000_000, "home": 50_000, "station": 10_000}
"""Yuan, the shipped local template of `funds.grant_*`: the only sums this scenario needs to know."""
KINDS = {"palace": "工人文化宫", "home": "职工之家", "station": "户外劳动者爱心驿站"}


def make(today: date, seed: int, progress: Callable[[str], None]) -> None:
    """The demonstration city and its year of business."""
    load(size="city", seed=seed, progress=progress, today=today, background=True)
    settle()  # what follows asks of many tables at once, and the planner has to know them
    progress("一年的业务")
    run_year(today, seed)


def play(today: date, seed: int, progress: Callable[[str], None]) -> None:
    """Everything by the services, on days that have passed."""
    progress("安福县活力体检")
    clean_out(Officers(Random(seed), today))
    progress("以奖代补")
    with acting(SYSTEM):
        AllGrants(Officers(Random(seed + 1), today, named=500)).run()


def clean_out(officers: Officers) -> None:
    """Twelve paper unions, 369 paper members, six unions merged: found by the review, warned, decided."""
    with acting(SYSTEM):
        county = Organisation.objects.get(name=COUNTY)
        actor = officers.holder(county)
        receiver = Organisation.objects.get(name="安福县农业农村局工会委员会")
    with acting(actor):
        reviews.start_review(actor, organisation=county)
        unions, members, mergers = (
            list(vitality.findings(actor, kind).filter(state="listed").values_list("pk", flat=True))
            for kind in ("paper_union", "paper_member", "merger")
        )
        reviews.warn(actor, finding_ids=[*unions, *members, *mergers], on=officers.back(90))
        reviews.decide_union(actor, finding_ids=unions, decision=Decision.DISSOLVE, reason="常委会研究同意")
        reviews.decide_union(
            actor, finding_ids=mergers, decision=Decision.MERGE, reason="机构改革并转", receiver=receiver
        )
        reviews.decide_members(actor, finding_ids=members, decision=Decision.END, reason="三次联系未果，公示无异议")


class AllGrants(Business):
    """Grants for palaces of counties, homes and stations of unions, until the year's sum is what was published."""

    def run(self) -> None:
        whole = wanted("jian")["performance_grants"]
        paid = sum(GrantOrder.objects.filter(state="paid").values_list("amount", flat=True)) // 100
        counties = list(
            Organisation.objects.filter(parent=self.city, level="county", kind="federation").order_by("path")
        )
        palaces = counties[: (whole - paid) // SUMS["palace"] - 2]
        rest = whole - paid - len(palaces) * SUMS["palace"]
        homes = rest // SUMS["home"] - 10
        stations = (rest - homes * SUMS["home"]) // SUMS["station"]
        unions = self._unions(counties, homes + stations)
        made = [self._asked(one, "palace") for one in palaces]
        made += [self._asked(one, "home") for one in unions[:homes]]
        made += [self._asked(one, "station") for one in unions[homes:]]
        for application in made:
            self.approve(application, 68, "验收材料齐全，现场与材料一致")
        self.notices_pass(50)
        for application in made:
            self.approve(application, 48, "符合标准，列入补助")
        self._pay(made)

    def _unions(self, counties: list[Organisation], count: int) -> list[Organisation]:
        """Unions with a chair, from every county in turn."""
        taken = set(GrantOrder.objects.values_list("organisation_id", flat=True))
        lists = [
            list(
                Organisation.objects.filter(
                    path__gte=one.path, path__lt=one.path + "~", level="unit", kind="grassroots_union", state="active"
                )
                .exclude(pk__in=taken)
                .order_by("path")[: count // len(counties) + 1]
            )
            for one in counties
        ]
        turns = [rows[n] for n in range(max(map(len, lists))) for rows in lists if n < len(rows)]
        return turns[:count]

    def _asked(self, body: Organisation, kind: str) -> Application:
        name = body.name.removesuffix("总工会").removesuffix("工会委员会")
        typed = {
            "kind": kind, "thing": f"{name}{KINDS[kind]}", "address": f"{name}驻地", "opened_on": self.day(160),
            "accepted_on": self.day(90), "accepted_by": self.city.name if kind == "palace" else "县级总工会",
            "declared": "1",
        }  # fmt: skip
        role = "organising" if kind == "palace" else "grassroots_chair"
        chair = self.officers.holder(body, role)
        return self.hand_in("funds.performance_grant", chair, body, typed, days=72, papers="papers")

    def _pay(self, made: list[Application]) -> None:
        leader, finance = self.officers.holder(self.city, "leader"), self.officers.holder(self.city, "finance")
        orders = list(GrantOrder.objects.filter(application__in=made).order_by("pk").values_list("pk", flat=True))
        with procedures.as_of(self.officers.back(40)):
            for pk in orders:
                funds.approve(leader, order_id=pk, note="同意支付")
        with procedures.as_of(self.officers.back(36)):
            for pk in orders:
                funds.pay(finance, order_id=pk, payment_ref=f"PZ{pk:06d}")
