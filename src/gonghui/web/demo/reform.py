"""A year's plan, pilots with those who accompany them, supervision, brand projects and cases, by the services.

`Reform` is the demonstration city's year. `reform_for` does for any federation what a scenario says of it: a year with
15 owned tasks and a hundred new pilots (Yangzhou), three tiers with 2+8+N groups (Jiangyin).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import cycle
from typing import Any

from django.db.models import F

from gonghui.apps.reform import services
from gonghui.apps.reform.choices import BrandKind, SyncStage, Tier, VisitWay
from gonghui.apps.reform.models import Brand, Issue, Pilot, Plan, PlanItem, Programme
from gonghui.apps.reform.services import Wanted
from gonghui.kernel import yamls
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.figures.services.targets import set_target
from gonghui.kernel.models import Organisation, Post
from gonghui.kernel.viewer import Viewer

from .business import Business
from .officers import Officers

GROUPS = (
    {"key": "A", "title": "核心样本企业", "places": 2},
    {"key": "B", "title": "重点样本企业", "places": 8},
    {"key": "N", "title": "试点单位", "places": 0},
    {"key": "Z", "title": "职工创新产改样板区", "places": 2},
)
SLOW = ("情暖产业工人十件实事", "命名劳模疗休养基地", "组织万名职工参加劳动和技能竞赛")
"""Tasks that fall behind: their last milestone is open when its day has passed."""


@cache
def _said() -> dict[str, Any]:
    """What is written in plans, visits and projects of the demonstration."""
    text = (files("gonghui.catalogue") / "demo" / "reform.yaml").read_text("utf-8")
    found: dict[str, Any] = yamls.shipped(text)
    return found


class Planner:
    """What one federation does; each act on a day that has passed."""

    def __init__(self, officers: Officers, body: Organisation, *first: Organisation) -> None:
        """:param first: firms that are pilots before all others."""
        self.officers, self.body, self.first = officers, body, first
        self.today, self.year = officers.today, officers.today.year
        self.desk = officers.holder(body, "organising")
        self.words = {name: cycle(_said()[name]) for name in ("focus", "found", "brands", "issues")}

    def post(self, role: str, place: Organisation | None = None) -> Post:
        viewer = self.officers.holder(place or self.body, role)
        return Post.objects.select_related("account", "organisation").get(pk=viewer.post_id)

    def past(self, day: date) -> date:
        """A day of the year, never one that is to come."""
        return min(day, self.today)

    def on(self, text: str) -> date:
        month, day = text.split("-")
        return date(self.year, int(month), int(day))

    # -- the plan ----------------------------------------------------------------------------------------------------

    def plan(self, title: str, *, tasks: int, document_no: str = "") -> Plan:
        """Drafted in January, published with an owner for each task."""
        row = services.draft_plan(
            self.desk, organisation=self.body, year=self.year, title=title, document_no=document_no,
            intro="工作项目化、项目清单化、清单责任化，每项工作责任到岗到人，纳入党组议事日程，逐月对照销号。",
        )  # fmt: skip
        services.change_plan(
            self.desk, plan_id=row.pk, title=row.title, intro=row.intro, document_no=document_no,
            agenda_on=self.past(date(self.year, 1, 12)),
        )  # fmt: skip
        for one in _said()["tasks"][:tasks]:
            wanted = Wanted(
                title=one["title"], goal=one["goal"], due_on=self.on(one["due"]), post=self.post(one["role"]),
                start_on=date(self.year, 1, 15), figure=one.get("figure", ""),
            )  # fmt: skip
            item = services.add_item(self.desk, plan_id=row.pk, wanted=wanted)
            services.set_steps(
                self.desk, item_id=item.pk, steps=[(words, self.on(day)) for words, day in one["steps"]]
            )  # fmt: skip
        return services.publish_plan(self.desk, plan_id=row.pk, on=self.past(date(self.year, 1, 18)))

    def work(self, plan: Plan, *, slow: tuple[str, ...] = ()) -> None:
        """Milestones and tasks whose day has passed are done, a few days early; slow ones wait."""
        for item in plan.tasks.order_by("number"):
            self.work_at(item, self.desk, slow=item.title in slow)

    def work_at(self, item: PlanItem, actor: Viewer, *, slow: bool = False) -> None:
        steps = list(item.steps.order_by("number"))
        for step in steps:
            if step.due_on >= self.today or (slow and step == steps[-1]):
                return
            services.finish_step(
                actor,
                step_id=step.pk,
                words=_said()["evidence"],
                on=max(step.due_on - timedelta(days=4), plan_day(self)),
            )
        if item.due_on < self.today and not item.children.filter(done_on__isnull=True).exists():
            early = max(item.due_on - timedelta(days=3), plan_day(self))
            services.report(actor, item_id=item.pk, result=_said()["evidence"], on=early)

    def sync(self, plan: Plan, stages: int) -> None:
        """So many stages of 五同步 one after another."""
        words = "与党政重点工作一同研究、一同安排，牵头部门和成员单位按分工落实。"
        for place, stage in enumerate(list(SyncStage)[:stages]):
            on = self.past(date(self.year, min(12, 1 + 2 * place), 20))
            services.check_sync(self.desk, plan_id=plan.pk, stage=stage, words=words, on=on)

    # -- pilots ------------------------------------------------------------------------------------------------------

    def programme(self, title: str, starts_on: date) -> Programme:
        return services.open_programme(
            self.desk, organisation=self.body, title=title, groups=list(GROUPS), starts_on=starts_on,
            remark="市、镇、企三级推开，样本企业先行，每家至少一名指导员。",
        )  # fmt: skip

    def firms(self, count: int) -> list[Organisation]:
        """Unions of enterprises below, the largest first."""
        rows = Organisation.objects.filter(
            path__gte=self.body.path, path__lt=self.body.path + "~", kind="grassroots_union", state="active",
            name__contains="公司",
        ).order_by(F("headcount").desc(nulls_last=True), "pk")  # fmt: skip
        found = [*self.first, *rows.exclude(pk__in=[one.pk for one in self.first])[:count]][:count]
        if len(found) < count:
            raise AssertionError(f"only {len(found)} of {count} unions below {self.body.name}")
        return found

    def below(self, **facts: str) -> list[Organisation]:
        rows = Organisation.objects.filter(path__gt=self.body.path, path__lt=self.body.path + "~", state="active")
        return list(rows.filter(**facts).order_by("path"))

    def enrol(self, row: Programme, body: Organisation, tier: Tier, group: str, on: date) -> Pilot:
        return services.enrol(
            self.desk, programme_id=row.pk, organisation=body, tier=tier, group=group, on=self.past(on),
            focus=next(self.words["focus"]),
        )  # fmt: skip

    def sample(self, row: Programme, *, more: int, on: date) -> list[Pilot]:
        """2+8+N: two core firms and eight behind them, towns, two zones, and more firms."""
        firms = self.firms(10 + more)
        made = [self.enrol(row, one, Tier.CITY, "A", on) for one in firms[:2]]
        made += [self.enrol(row, one, Tier.ENTERPRISE, "B", on) for one in firms[2:10]]
        towns = self.below(kind="federation", level="township")
        made += [self.enrol(row, one, Tier.TOWN, "N", on + timedelta(days=30)) for one in towns[:3]]
        parks = self.below(kind="joint_union")[:2]
        zones = parks if len(parks) == 2 else towns[3:5]
        made += [self.enrol(row, one, Tier.TOWN, "Z", on + timedelta(days=30)) for one in zones]
        return made + [self.enrol(row, one, Tier.ENTERPRISE, "N", on + timedelta(days=60)) for one in firms[10:]]

    def accompany(self, made: list[Pilot], *, bare: int = 0) -> None:
        """A guide for every pilot but the last `bare`, a liaison for every other, an observer for the samples."""
        guides = self.officers.holders(self.body, "guide")
        posts = [self._post_of(one) for one in guides]
        liaison, observer = self.post("liaison"), self.post("observer")
        for place, pilot in enumerate(made[: len(made) - bare]):
            on = pilot.enrolled_on
            services.appoint(self.desk, pilot_id=pilot.pk, post=posts[place % len(posts)], on=on)
            if place % 2 == 0:
                services.appoint(self.desk, pilot_id=pilot.pk, post=liaison, on=on)
            if pilot.group == "A":
                services.appoint(self.desk, pilot_id=pilot.pk, post=observer, on=on)

    def _post_of(self, viewer: Viewer) -> Post:
        return Post.objects.select_related("account", "organisation").get(pk=viewer.post_id)

    def visit(self, pilot: Pilot, *days: int, issue: bool = False) -> None:
        """Visits of whoever guides a pilot, so many days ago; the last one may find something to be mended."""
        mine = pilot.guides.filter(role="guide").first()
        if mine is None:
            return
        viewer = next(one for one in self.officers.holders(self.body, "guide") if one.account_id == mine.account_id)
        for place, back in enumerate(days):
            on = max(self.officers.back(back), mine.valid_from)
            last = issue and place == len(days) - 1
            services.record_visit(
                viewer, pilot_id=pilot.pk, way=VisitWay.ON_SITE if place % 2 == 0 else VisitWay.MEETING, on=on,
                found=next(self.words["found"]), advice=_said()["advice"],
                issue=next(self.words["issues"]) if last else "", issue_due_on=on + timedelta(days=30) if last else None,
            )  # fmt: skip

    # -- projects, cases, supervision ----------------------------------------------------------------------------------

    def brand(self, body: Organisation, kind: BrandKind, on: date, *, registered: bool = True) -> Brand:
        """Put forward by a body, registered by this federation."""
        role = "grassroots_chair" if body.level == "unit" else "organising"
        row = services.propose_brand(
            self.officers.holder(body, role), organisation=body, kind=kind, content=_said()["content"],
            title=f"{_place(body)}{next(self.words['brands'])}", on=self.past(on),
        )  # fmt: skip
        if registered:
            services.register_brand(
                self.desk, brand_id=row.pk, opinion="做法实、职工得益", on=self.past(on + timedelta(days=9))
            )
        return row

    def case(self, pilot: Pilot, title: str, on: date, *, selection: str = "", submitted: bool = True) -> None:
        actor = self.officers.holder(pilot.organisation, "grassroots_chair")
        row = services.write_case(
            actor, organisation=pilot.organisation, title=title, text=_said()["case"], pilot_id=pilot.pk
        )
        if submitted:
            services.submit_case(actor, case_id=row.pk, on=self.past(on))
        if selection:
            services.decide_case(
                self.desk, case_id=row.pk, selected=True, selection=selection, on=self.past(on + timedelta(days=20))
            )  # fmt: skip

    def supervise(self, title: str, bodies: list[Organisation], back: int) -> None:
        """A round some days ago: one finding closed, one answered, the others open."""
        on = self.officers.back(back)
        row = services.open_round(
            self.desk, organisation=self.body, title=title, starts_on=on, ends_on=on + timedelta(days=4),
            scope="试点推进、三员走访、品牌项目、五同步落实情况",
        )  # fmt: skip
        for place, body in enumerate(bodies):
            issue = services.raise_issue(
                self.desk, round_id=row.pk, organisation=body, text=next(self.words["issues"]), on=on,
                due_on=on + timedelta(days=15 + 20 * place),
            )  # fmt: skip
            if place < 2:
                self.answer(issue, on + timedelta(days=10))
            if place == 0:
                services.close_issue(
                    self.desk, issue_id=issue.pk, opinion="查阅材料属实", on=self.past(on + timedelta(days=12))
                )

    def answer(self, issue: Issue, on: date) -> None:
        body = issue.organisation
        role = "grassroots_chair" if body.level == "unit" else "organising"
        actor = self.officers.holder(body, role)
        services.answer_issue(actor, issue_id=issue.pk, answer=_said()["answer"], on=self.past(on))


def plan_day(planner: Planner) -> date:
    """The first day on which anything of the year's plan can be done."""
    return planner.past(date(planner.year, 1, 18))


def _place(body: Organisation) -> str:
    """枫田 of 安福县枫田镇总工会; nothing for others."""
    if body.level != "township":
        return ""
    name = body.name.removesuffix("总工会").removesuffix("街道").removesuffix("镇").removesuffix("乡")
    return name.removeprefix(body.parent.name.removesuffix("总工会") if body.parent else "")[-4:]


class Reform(Business):
    """The city plans and supervises, Anfu county pilots, its towns and firms answer."""

    def run(self) -> None:
        city, county = Planner(self.officers, self.city), Planner(self.officers, self.county, self.own)
        plan = city.plan(
            f"{city.year}年重点工作计划", tasks=15, document_no=f"吉工发〔{city.year}〕2号"
        )  # fmt: skip
        set_target(
            city.desk, organisation=self.city, key="reform_pilots_new", period=read(str(city.year)), amount=Decimal(30)
        )
        self._down(city, plan)
        city.work(plan, slow=SLOW)
        self._explained(city, plan)
        city.sync(plan, 3)
        made = self._pilots(county)
        self._brands(county, made)
        county.case(made[0], "一张表让技高者多得", self.officers.back(60), selection=f"{city.year}年吉安市产改典型案例")
        county.case(made[1], "师徒积分兑换培训假", self.officers.back(20))
        county.case(made[2], "班组擂台连着工资单", self.officers.back(5), submitted=False)
        city.supervise("产改落实情况督查", [self.county, *self._others(3)], 40)
        services.remind(self.officers.today)

    def _others(self, count: int) -> list[Organisation]:
        rows = Organisation.objects.filter(parent=self.city, kind="federation", level="county", state="active")
        return list(rows.exclude(pk=self.county.pk).order_by("path")[:count])

    def _down(self, city: Planner, plan: Plan) -> None:
        """What is handed down: most counties accept, one asks for more time, one has not answered, some are done."""
        bodies = [self.county, *self._others(12)]
        for title in (one["title"] for one in _said()["tasks"] if one.get("down")):
            item = plan.tasks.get(title=title)
            on = plan_day(city)
            made = services.hand_down(city.desk, item_id=item.pk, bodies=bodies, due_on=item.due_on, on=on)
            for place, row in enumerate(made):
                self._answered(city, row, place, on)

    def _answered(self, city: Planner, row: PlanItem, place: int, on: date) -> None:
        actor = self.officers.holder(row.organisation, "organising")
        open_still = row.due_on >= self.officers.today
        if open_still and place == 2:
            later = row.due_on + timedelta(days=10)
            services.ask_for_another_day(actor, item_id=row.pk, due_on=later, reason="县里换届，验收组月底才能组成")
            return
        if open_still and place == 3:
            return
        services.accept(actor, item_id=row.pk, post=city.post("organising", row.organisation), on=on)
        if not open_still:
            early = max(row.due_on - timedelta(days=6), on)
            services.report(actor, item_id=row.pk, result=_said()["evidence"], on=early)
            services.confirm(city.desk, item_id=row.pk)

    def _explained(self, city: Planner, plan: Plan) -> None:
        """One of the late tasks says why, another is urged."""
        late = [
            one for one in plan.tasks.filter(state="running").order_by("due_on") if one.due_on < self.officers.today
        ]
        if late:
            services.explain(city.desk, item_id=late[0].pk, text=_said()["delay"], on=self.officers.back(3))

    def _pilots(self, county: Planner) -> list[Pilot]:
        began = self.officers.back(240)
        made = county.sample(county.programme("安福县产业工人队伍建设改革试点", began), more=9, on=began)
        county.accompany(made, bare=1)
        for place, pilot in enumerate(made[:16]):
            county.visit(pilot, *((150, 70, 12) if place < 4 else (100, 30) if place < 10 else (95,)), issue=place < 3)
        issues = list(Issue.objects.filter(visit__isnull=False).select_related("organisation").order_by("pk"))
        for issue in issues[:2]:
            county.answer(issue, self.officers.back(4))
        return made

    def _brands(self, county: Planner, made: list[Pilot]) -> None:
        """Every town but the last two has a registered project; one of these waits for its review."""
        towns = county.below(kind="federation", level="township")
        for place, town in enumerate(towns[:-1]):
            county.brand(town, BrandKind.TOWN, self.officers.back(180 - place), registered=place < len(towns) - 2)
        for body in county.below(kind="joint_union")[:1]:
            county.brand(body, BrandKind.PARK, self.officers.back(120))
        county.brand(made[0].organisation, BrandKind.ENTERPRISE, self.officers.back(90))


def reform_for(facts: Mapping[str, int], officers: Officers, body: Organisation) -> None:
    """What a scenario says of plans and pilots, for the federation whose year it is.

    :param facts: what Jiangyin's or Yangzhou's report states, id → number.
    :raises KeyError: a scenario that says nothing of plans.
    """
    planner = Planner(officers, body)
    began = max(date(planner.year, 1, 18), officers.back(150)) if officers.today.month > 1 else officers.back(20)
    if "key_tasks" in facts:
        plan = planner.plan(f"{planner.year}年重点工作计划", tasks=int(facts["key_tasks"]))
        planner.work(plan)
        row = planner.programme("产业工人队伍建设改革试点", began)
        made = [
            planner.enrol(row, one, Tier.ENTERPRISE, "N", began) for one in planner.firms(int(facts["pilot_firms"]))
        ]
        planner.accompany(made)
        return
    assert (facts["pilot_core"], facts["pilot_second"], facts["pilot_tiers"]) == (2, 8, 3)
    plan = planner.plan("产业工人队伍建设改革工作计划", tasks=15)
    planner.sync(plan, 5)
    made = planner.sample(planner.programme("产业工人队伍建设改革试点", began), more=10, on=began)
    planner.accompany(made)
    for place, pilot in enumerate(made):
        planner.visit(pilot, 60 - place % 20)
    for town in planner.below(kind="federation", level="township"):
        planner.brand(town, BrandKind.TOWN, began)
    for place in range(int(facts["cases_top10"])):
        planner.case(made[place], f"技高者多得的第{place + 1}种做法", officers.back(30), selection="产改十佳案例")
