"""What Yangzhou did in half a year: honours, lectures, bases, unions for new forms of work, volunteers, the reform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle, islice
from random import Random

from gonghui.apps.benefits import services as benefits
from gonghui.apps.honours import services as honours
from gonghui.apps.honours.choices import To
from gonghui.apps.honours.kinds import kind
from gonghui.apps.places import services as places
from gonghui.kernel.models import Organisation, Person
from gonghui.kernel.org.services import add_to_group, create_group
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from ..demo.benefits import Giving, Plan
from ..demo.deeds import deeds_for
from ..demo.officers import Officers
from ..demo.reform import reform_for
from . import region
from .facts import wanted

HIGHER = (
    ("may_day_medal_nation", 2, "中华全国总工会"), ("worker_pioneer_nation", 3, "中华全国总工会"),
    ("may_day_medal_province", 12, "江苏省总工会"), ("may_day_certificate_province", 4, "江苏省总工会"),
    ("worker_pioneer_province", 15, "江苏省总工会"), ("may_day_medal_city", 90, "扬州市总工会"),
    ("may_day_certificate_city", 30, "扬州市总工会"),
)  # fmt: skip
"""Honour, how many, by whom; the city's pioneers are the rest of what the report states."""
SHOPS, SHIFTS = ("装配", "机修", "检验", "包装", "仓储", "动力"), ("甲班", "乙班", "丙班")
SERIES = (
    ("义工教授讲堂", "高校教师到企业讲材料、机电和管理，讲完到车间看现场答疑。"),
    ("职工大讲堂", "讲政策、讲安全、讲健康，一线职工带着问题来。"),
    ("劳模工匠进校园", "劳模和工匠到职业学校讲自己的手艺，带学生上手做。"),
)
SESSIONS = 10
"""Of each series at the city and each county: with six counties a few more than the report states."""


def make(today: date, seed: int, progress: Callable[[str], None], firms: int = 8) -> None:
    region.make("yangzhou", today, seed, progress, firms=firms, new_form=wanted("yangzhou")["gig_unions"])


def play(today: date, seed: int, progress: Callable[[str], None]) -> None:
    """Everything by the services, on days that have passed."""
    with acting(SYSTEM):
        officers = Officers(Random(seed), today)
        for title, work in Yangzhou(officers).parts():
            progress(title)
            work()


class Yangzhou(Giving):
    """The city's departments; its counties hold lectures too."""

    def __init__(self, officers: Officers) -> None:
        super().__init__(officers)
        self.city = region.federation("yangzhou")
        self.counties = list(Organisation.objects.filter(parent=self.city, level="county", kind="federation"))
        self.stated = wanted("yangzhou")
        self.desk = officers.holder(self.city)
        self.publicity = officers.holder(self.city, "publicity")

    def parts(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """What the half year brought, each with what it is called."""
        return (
            ("表彰", self._honours), ("讲座", self._lectures), ("疗休养基地", self._bases),
            ("新就业形态工会", self._new_forms), ("志愿服务", self._volunteers),
            ("产改阵地", self._positions),
            ("产改", lambda: reform_for(wanted("yangzhou"), self.officers, self.city)),
            ("十件实事", lambda: deeds_for(wanted("yangzhou"), self.officers, self.city)),
        )  # fmt: skip

    def _honours(self) -> None:
        """May Day honours, the finest workers, a thousand teams."""
        rest = self.stated["honours"] - sum(number for _, number, _ in HIGHER)
        own = (
            ("worker_pioneer_city", rest), ("finest_worker_city", self.stated["worker_faces"]),
            ("advanced_team_city", self.stated["advanced_teams"]),
        )  # fmt: skip
        unions = region.firms(self.city)
        units, teams = cycle(unions), self._teams(unions)
        for key, number, issuer in (*HIGHER, *((key, number, self.city.name) for key, number in own)):
            to = kind(key).to
            if to == To.PERSON:
                for worker in self.officers.workers(self.city, number):
                    self._register(key, issuer, worker.organisation, worker.person.name, worker.person)
            elif to == To.ORGANISATION:
                for union in islice(units, number):
                    self._register(key, issuer, union, union.name.removesuffix("工会委员会"))
            else:
                for union, team in islice(teams, number):
                    self._register(key, issuer, union, team)

    def _teams(self, unions: list[Organisation]) -> Iterator[tuple[Organisation, str]]:
        """One team of every union, then a second one of every union, as many as there are shops and shifts."""
        return ((union, f"{shop}车间{shift}") for shift in SHIFTS for shop in SHOPS for union in unions)

    def _register(self, key: str, issuer: str, union: Organisation, name: str, person: Person | None = None) -> None:
        on = self.officers.back(120)
        honours.register(
            self.publicity, kind_key=key, year=on.year, name=name, organisation=union, issuer_name=issuer,
            conferred_on=on, person=person,
        )  # fmt: skip

    def _lectures(self) -> None:
        """Three series at the city and at every county, a lecture every other week."""
        for body in (self.city, *self.counties):
            actor, place = self.officers.holder(body, "publicity"), body.name.removesuffix("总工会")
            for start, (series, intro) in enumerate(SERIES):
                sessions = tuple(
                    (f"第{number + 1}场", -165 + start * 3 + number * 14, 14, 2, f"{place}职工活动中心", 80)
                    for number in range(SESSIONS)
                )
                plan = Plan("lecture", f"{place}{series}", intro, -178, -168, sessions, series=series)
                self._made(actor, body, plan)

    def _bases(self) -> None:
        for county in self.counties[: self.stated["recuperation_bases"]]:
            place = county.name.removesuffix("总工会")
            benefits.add_base(
                self.publicity, organisation=self.city, name=f"{place}劳模（职工）疗休养基地", kind="both",
                named_by=self.city.name, named_on=self.officers.back(75), region_code=county.region_code,
            )  # fmt: skip

    def _positions(self) -> None:
        """Places of the reform in the largest firms, opened one after another."""
        for number, union in enumerate(islice(region.firms(self.city), self.stated["pilot_positions"] + 2)):
            host = union.name.removesuffix("工会委员会")
            places.register(
                self.desk, organisation=union, opened_on=self.officers.back(140 - number * 9),
                kind="reform", name=f"{host}产改阵地", host="enterprise", host_name=host, address=f"{host}厂区",
                workday="08:00-20:00", weekend="09:00-17:00", offered=["seats", "books", "wifi", "water"],
            )  # fmt: skip

    def _new_forms(self) -> None:
        """Unions that were founded for drivers, couriers and guards come into the group of their trade."""
        for trade, _, occupation in region.NEW_FORMS:
            group = create_group(self.desk, organisation=self.city, kind="new_form", name=f"{occupation}群体")
            for union in Organisation.objects.filter(parent__in=self.counties, name__endswith=f"{trade}行业工会联合会"):
                assert union.founded_on is not None
                add_to_group(self.desk, group=group, organisation=union, on=union.founded_on)

    def _volunteers(self) -> None:
        """People of offices who took a turn at the doors of residential quarters."""
        sessions = tuple((f"第{n + 1}批", -100 + n, 8, 8, "社区卡口", 20) for n in range(4))
        plan = Plan(
            "shift",
            "机关抗疫志愿服务",
            "到社区卡口测温、登记、送物资，每班八小时，发志愿服务证明。",
            -112,
            -102,
            sessions,
        )
        offer = self._made(self.publicity, self.city, plan)
        people = self._people(self.city, self.stated["volunteers"], organisation__unit_kind="500")
        self._came(self.publicity, self._given(self.publicity, offer, people, -105), 0)
