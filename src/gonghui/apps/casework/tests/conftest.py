"""Shipped procedures of casework over the fixed cast, and the people of a case team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from gonghui.kernel.factories import Tree
from gonghui.kernel.people.models import Person
from gonghui.kernel.procedures import services, shipped
from gonghui.kernel.procedures.factories import make_procedure, member_viewer, officer
from gonghui.kernel.procedures.models import Application, Procedure, Step
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.viewer import SYSTEM, Viewer

HOUSEHOLD: dict[str, Any] = {
    "work_state": "working", "migrant": "否",
    "household": [
        {"name": "刘细妹", "relation": "self", "age": "38", "income": "4000", "school": "none", "health": "good"},
        {"name": "刘小军", "relation": "child", "age": "16", "income": "0", "school": "high_school", "health": "good"},
        {"name": "刘老根", "relation": "parent", "age": "70", "income": "0", "school": "none", "health": "tumour"},
    ],
    "other_income": "0", "medical_cost": "30000", "disability_cost": "0", "school_cost": "0", "work_cost": "0",
    "housing": "rented", "homes": "0", "shop": "否", "private_school": "否", "cause": "illness", "low_income": "否",
    "story": "父亲患病，家里只有一个人上班", "bank_name": "农业银行枫田支行", "bank": "6228480000000000123", "agreed": "是",
}  # fmt: skip


@dataclass
class Team:
    """A worker, the chair of the union, the rights posts of township and county, and how they walk a procedure."""

    tree: Tree
    me: Viewer
    chair: Viewer
    town: Viewer
    county: Viewer
    procedures: dict[str, Procedure]

    @property
    def person(self) -> Person:
        return self.tree.insider.person

    def hand_in(self, key: str, typed: dict[str, Any], by: Viewer | None = None) -> Application:
        who = by or self.me
        started = services.start(who, procedure=self.procedures[key], organisation=self.tree.union, person=self.person)
        return services.submit(who, application_id=started.application.pk, typed=typed)

    def step(self, application: Application) -> Step:
        return Step.objects.get(application=application, state="open")

    def approve(self, who: Viewer, application: Application, **given: Any) -> Application:
        services.approve(who, step_id=self.step(application).pk, note="情况属实", given=given)
        application.refresh_from_db()
        return application

    def visit(self, application: Application) -> None:
        services.record_visit(
            self.town, step_id=self.step(application).pk, on_site="入户核实，与申请一致", good=True,
            given={"people": "3", "matches": "是"},
        )  # fmt: skip

    def filed(self, **changes: Any) -> Application:
        """A household with its file."""
        done = self.hand_in("casework.hardship", HOUSEHOLD | changes)
        self.approve(self.chair, done)
        self.visit(done)
        return self.approve(self.county, done)


@pytest.fixture
def team(tree: Tree) -> Team:
    take_scope_of(SYSTEM)  # tests look at everything; services take the range and seat of who acts
    bodies = [body for body in shipped.bodies() if body["key"].startswith("casework.")]
    return Team(
        tree,
        member_viewer(tree.insider.person),
        officer(tree.union, "grassroots_chair", "郭卫民"),
        officer(tree.township, "rights", "尹春生"),
        officer(tree.county, "rights", "刘春兰"),
        {body["key"]: make_procedure(body) for body in bodies},
    )


def today() -> Any:
    return timezone.localdate()
