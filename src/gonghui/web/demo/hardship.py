"""Hardship files of every class, what was granted on them and paid, and applications on every desk of their way."""

from __future__ import annotations

from typing import Any

from gonghui.apps.casework import services as casework
from gonghui.apps.casework.models import Aid
from gonghui.kernel.models import Membership
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.models import Application

from .business import Business

DEEP = {"income": "3800", "medical": "32000", "cause": "illness", "story": "父亲患病常年吃药，家里只有一个人上班"}
RELATIVE = {"income": "4200", "medical": "2000", "cause": "schooling", "story": "孩子在外读书，全家靠一份工资"}
ACCIDENTAL = {"income": "6400", "medical": "3000", "cause": "accident", "story": "骑车摔伤住院，半年没有上班"}


class Hardship(Business):
    """Files and aid of Anfu county; everything is confidential, as the procedures have it."""

    def run(self) -> None:
        near = self.officers.workers(self.own, 5)
        far = self.officers.workers(self.county, 3)
        self._aided(near[0], DEEP, 200)
        self._aided(far[0], RELATIVE, 90, paid=False)
        self._filed(far[1], ACCIDENTAL, 70)
        self._filed(near[1], DEEP, 30)
        self._visited(near[2], RELATIVE, 8)
        self._reviewed(near[3], DEEP, 4)
        self._handed_in(near[4], RELATIVE, 2)
        self._ill(far[2])

    def _handed_in(self, worker: Membership, told: dict[str, str], days: int) -> Application:
        me = self.officers.member(worker.person)
        return self.hand_in(
            "casework.hardship", me, worker.organisation, self._household(worker, told), days=days, person=worker.person
        )

    def _household(self, worker: Membership, told: dict[str, str]) -> dict[str, Any]:
        names = (worker.person.name, worker.person.name[:1] + self.officers.name()[-1], self.officers.name())
        parts = (
            {"relation": "self", "age": "41", "income": told["income"], "school": "none", "health": "good"},
            {"relation": "child", "age": "17", "income": "0", "school": "high_school", "health": "good"},
            {"relation": "parent", "age": "71", "income": "0", "school": "none", "health": "ill"},
        )
        return {
            "work_state": "working", "migrant": "否", "other_income": "0", "medical_cost": told["medical"],
            "household": [{"name": name, **part} for name, part in zip(names, parts, strict=True)],
            "disability_cost": "0", "school_cost": "3000", "work_cost": "0", "housing": "self_built", "homes": "1",
            "shop": "否", "private_school": "否", "cause": told["cause"], "low_income": "否", "story": told["story"],
            "bank_name": "农业银行安福支行", "bank": self._bank(), "agreed": "是",
        }  # fmt: skip

    def _bank(self) -> str:
        return f"62284800{self.officers.random.randrange(10**11):011d}"

    def _reviewed(self, worker: Membership, told: dict[str, str], days: int) -> Application:
        return self.approve(self._handed_in(worker, told, days), days - 1, "是本单位职工，家庭情况属实")

    def _visited(self, worker: Membership, told: dict[str, str], days: int) -> Application:
        done = self._reviewed(worker, told, days)
        step = self.step(done)
        with procedures.as_of(self.officers.back(days - 3)):
            procedures.record_visit(
                self.officers.of(step), step_id=step.pk, on_site="入户核查，家庭人口和票据与申请一致", good=True,
                given={"people": "3", "matches": "是"},
            )  # fmt: skip
        return done

    def _filed(self, worker: Membership, told: dict[str, str], days: int) -> Application:
        return self.approve(self._visited(worker, told, days), days - 6, "符合条件，同意建档")

    def _aided(self, worker: Membership, told: dict[str, str], days: int, paid: bool = True) -> None:
        self._filed(worker, told, days)
        me, typed = self.officers.member(worker.person), {"kind": "living", "story": told["story"], "agreed": "是"}
        done = self.hand_in("casework.aid", me, worker.organisation, typed, days=days - 10, person=worker.person)
        self._ordered(done, days - 12, paid=paid)

    def _ordered(self, application: Application, days: int, *, paid: bool) -> None:
        """Through the own union, where it has a step there, and the county; then the money goes out."""
        while application.state == "running":
            self.approve(application, days)
        if paid:
            aid = Aid.objects.get(application=application)
            casework.pay(
                self.officers.holder(self.county, "rights"), aid_id=aid.pk, voucher=f"回单{aid.pk:06d}",
                on=self.officers.back(days - 3),
            )  # fmt: skip

    def _ill(self, worker: Membership) -> None:
        """A serious illness that is ordered; a claim of mutual aid that waits."""
        me, about = (
            self.officers.member(worker.person),
            {"hospital": "安福县人民医院", "bank": self._bank(), "agreed": "是"},
        )
        ill = self.hand_in(
            "casework.serious_illness", me, worker.organisation, about | {"diagnosis": "急性心肌梗死", "cost": "52000"},
            days=25, person=worker.person,
        )  # fmt: skip
        self._ordered(ill, 22, paid=False)
        claim = {
            "joined": self.day(300), "admitted_on": self.day(60), "left_on": self.day(42), "cost": "18600",
        }  # fmt: skip
        self.hand_in("casework.mutual", me, worker.organisation, about | claim, days=3, person=worker.person)
