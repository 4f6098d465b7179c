"""Performance grants (以奖代补): paid, approved and waiting for the second person, ordered, and still on their way."""

from __future__ import annotations

from gonghui.apps.funds import services as funds
from gonghui.apps.funds.models import GrantOrder
from gonghui.kernel.models import Organisation
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.models import Application

from .business import OWN, Business

KINDS = {"home": "职工之家", "station": "户外劳动者爱心驿站"}


class Grants(Business):
    """Facilities of unions in Anfu; the county reviews, the city's finance decides, its leader approves."""

    def run(self) -> None:
        unions = [row.organisation for row in self.officers.workers(self.county, 6) if row.organisation.name != OWN][:5]
        kinds = ("home", "home", "station", "station", "home")
        early = [self._asked(union, kind, 75) for union, kind in zip(unions[:3], kinds[:3], strict=True)]
        late = self._asked(unions[3], kinds[3], 26)
        for application in early:
            self.approve(application, 71, "验收材料齐全，现场与材料一致")
        self.notices_pass(50)
        for application in early:
            self.approve(application, 48, "符合标准，列入补助")
        self._paid(*early)
        self.approve(late, 22, "验收材料齐全，现场与材料一致")
        self.notices_pass(3)
        self._asked(unions[4], kinds[4], 2)

    def _asked(self, union: Organisation, kind: str, days: int) -> Application:
        typed = {
            "kind": kind, "thing": f"{union.name.removesuffix('工会委员会')}{KINDS[kind]}", "address": "安福县城区",
            "opened_on": self.day(days + 90), "accepted_on": self.day(days + 20), "accepted_by": self.county.name,
            "declared": "1",
        }  # fmt: skip
        chair = self.officers.holder(union, "grassroots_chair")
        return self.hand_in("funds.performance_grant", chair, union, typed, days=days, papers="papers")

    def _paid(self, first: Application, second: Application, third: Application) -> None:
        """The first goes all the way, the second waits for who pays, the third for who approves."""
        leader, finance = self.officers.holder(self.city, "leader"), self.officers.holder(self.city, "finance")
        orders = {
            row.application_id: row.pk for row in GrantOrder.objects.filter(application__in=(first, second, third))
        }
        with procedures.as_of(self.officers.back(40)):
            for application in (first, second):
                funds.approve(leader, order_id=orders[application.pk], note="同意支付")
        with procedures.as_of(self.officers.back(36)):
            funds.pay(finance, order_id=orders[first.pk], payment_ref=f"PZ{orders[first.pk]:06d}")
