"""Honours: what was conferred in past years, a selection that is over with its certificates, and one that runs."""

from __future__ import annotations

from gonghui.apps.honours import services as honours
from gonghui.apps.honours.models import Campaign
from gonghui.kernel.models import Membership
from gonghui.kernel.procedures.models import Application

from .business import Business

DEEDS = "在一线岗位工作多年，带出多名徒弟，提出的改进建议大多被采纳，所在班组连续三年没有发生安全事故。"
PAST = (
    ("model_worker_province", 3, "江西省人民政府"),
    ("model_worker_city", 2, "吉安市人民政府"),
    ("may_day_medal_city", 2, "吉安市总工会"),
    ("may_day_medal_city", 1, "吉安市总工会"),
)
"""Honour, how many years ago, by whom."""


class Honours(Business):
    """The city's publicity department selects and registers."""

    def run(self) -> None:
        self.publicity = self.officers.holder(self.city, "publicity")
        self._past()
        self._over()
        self._running()

    def _past(self) -> None:
        people = self.officers.workers(self.city, len(PAST))
        for (kind, years, issuer), worker in zip(PAST, people, strict=True):
            self._register(kind, years, issuer, worker, worker.person.name)
        worker = people[0]
        self._register("worker_pioneer_city", 1, self.city.name, worker, "包装车间")
        unit = worker.organisation.name.removesuffix("工会委员会")
        self._register("may_day_certificate_city", 2, self.city.name, worker, unit)

    def _register(self, kind: str, years: int, issuer: str, worker: Membership, name: str) -> None:
        year = self.officers.today.year - years
        honours.register(
            self.publicity, kind_key=kind, year=year, name=name, organisation=worker.organisation, issuer_name=issuer,
            conferred_on=self.officers.today.replace(year=year, month=4, day=28), person=worker.person,
        )  # fmt: skip

    def _campaign(self, kind: str, places: int, opens: int, closes: int) -> Campaign:
        opens_on, closes_on = self.officers.back(opens), self.officers.back(closes)
        return honours.open_campaign(
            self.publicity, organisation=self.city, kind_key=kind, year=opens_on.year, places=places, opens_on=opens_on,
            closes_on=closes_on, county_places={self.county.pk: 3},
        )  # fmt: skip

    def _nominated(self, honour: str, worker: Membership, days: int) -> Application:
        chair = self.officers.holder(worker.organisation, "grassroots_chair")
        typed = {
            "honour": honour, "post": "line", "farmer": "否", "minority": "否", "deeds": DEEDS,
            "meeting_on": self.day(days + 5), "meeting_present": "46", "punished": "否", "accident": "否",
            "arrears": "否", "truth": "是",
        }  # fmt: skip
        return self.hand_in("honours.craftsman", chair, worker.organisation, typed, days=days, person=worker.person)

    def _over(self) -> None:
        """Craftsmen: one of the cast's union, two of the county, through both reviews and both notices."""
        self._campaign("craftsman_city", 5, 150, 120)
        people = [*self.officers.workers(self.own, 1), *self.officers.workers(self.county, 2)]
        made = [self._nominated("craftsman_city", worker, 140) for worker in people]
        self.notices_pass(118)
        for application in made:
            self.approve(application, 116, "事迹属实，同意推荐")
            self.approve(application, 112, "材料齐全，同意公示")
        self.notices_pass(90)
        for application in made:
            year = self.officers.back(88).year
            self.approve(application, 88, "同意命名", document_no=f"吉工发〔{year}〕21号")

    def _running(self) -> None:
        """Finest workers: one waits for the city, one for the county, one is sent back to be mended, one is shown."""
        self._campaign("finest_worker_city", 10, 30, -25)
        people = [*self.officers.workers(self.own, 1), *self.officers.workers(self.county, 3)]
        early = [self._nominated("finest_worker_city", worker, 24) for worker in people[:3]]
        self.notices_pass(4)
        self.approve(early[0], 3, "事迹属实，同意推荐")
        self.send_back(early[2], 2, "deeds", "写明近三年的具体成绩和佐证")
        self._nominated("finest_worker_city", people[3], 1)
