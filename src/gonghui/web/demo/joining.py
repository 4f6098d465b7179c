"""What waits at the desks of organising: people who want to join or move, and firms that want a union."""

from __future__ import annotations

from datetime import date
from typing import Any

from stdnum.cn import uscc

from gonghui.kernel.models import Organisation
from gonghui.kernel.org.rules.uscc import organisation_part_digit
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.viewer import OUTSIDER

from .business import Business
from .names import firm_name
from .people import identity_number


class Joining(Business):
    """Around Anfu's cast: the chair, the township's officer and the county's each find something."""

    def run(self) -> None:
        self.used: set[str] = set()
        joint = Organisation.objects.get(parent=self.town, kind="joint_union")
        for days, (place, work) in enumerate(
            ((self.own, "regular"), (self.own, "migrant"), (joint, "courier"), (joint, "food_rider"), (self.town, "flexible"))
        ):  # fmt: skip
            self._joins(place, work, days % 3)
        self.send_back(self._joins(self.own, "regular", 3), 1, "employer", "写明所在车间和班组")
        waits = self._founds(1, "42")
        self.approve(self._founds(6, "36"), 3, "已上门核实，筹备组能开展工作")
        self.send_back(self._founds(5, "28"), 1, "group", "筹备组成员写全，至少三人")
        assert self.step(waits).organisation == self.town
        self._moves()

    def _joins(self, place: Organisation, work: str, days: int) -> Application:
        sequence = self.officers.random.randrange(400)
        born = date(2004, 1, 1 + self.officers.random.randrange(28))  # younger than every member there is
        typed = {
            "name": self.officers.name(), "id_kind": "identity_card", "id_number": identity_number(sequence, born, False),
            "phone": self.officers.phone(), "employer": "", "work": work, "platforms": "", "agree": True,
        }  # fmt: skip
        return self.hand_in("membership.join", OUTSIDER, place, typed, days=days)

    def _founds(self, days: int, members: str) -> Application:
        """A firm of the township asks for a union of its own."""
        firm, _ = firm_name(self.officers.random, "安福县", self.used)
        name = self.officers.name()
        typed: dict[str, Any] = {
            "employer": firm, "uscc": self._code(), "unit_kind": "170", "address": "枫田镇工业小区", "headcount": "60",
            "members": members, "way": "own", "union_name": f"{firm}工会委员会", "barred": "否", "applicant": name,
            "group": [{"name": name, "post": "车间主任"}], "phone": self.officers.phone(), "agree": True,
        }  # fmt: skip
        return self.hand_in("membership.found", OUTSIDER, self.town, typed, days=days)

    def _code(self) -> str:
        """A well-formed code of nobody: no organisation code begins with five noughts."""
        part = f"00000{self.officers.random.randrange(1000):03d}"
        body = f"91360829{part}{organisation_part_digit(part)}"
        return body + uscc.calc_check_digit(body)

    def _moves(self) -> None:
        """One asks to move away and waits for the chair; another's union has agreed and the new one is asked."""
        first, second = self.officers.workers(self.own, 2)
        goal = Organisation.objects.filter(
            path__gte=self.county.path, path__lt=self.county.path + "~", kind="joint_union", level="county"
        ).first()
        assert goal is not None
        for worker, days in ((first, 1), (second, 4)):
            typed = {"to_union": str(goal.pk), "reason": "到园区企业上班"}
            me = self.officers.member(worker.person)
            done = self.hand_in("membership.transfer", me, worker.organisation, typed, days=days, person=worker.person)
            if worker is second:
                self.approve(done, 3, "同意转出")
