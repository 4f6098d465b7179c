"""What goes up finds somebody there; what has to be done after a decision has a period of its own."""

from __future__ import annotations

import copy
from datetime import timedelta

from django.utils import timezone

from gonghui.kernel.factories import Tree
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import SIMPLE, make_procedure, officer
from gonghui.kernel.procedures.models import Clock, Step
from gonghui.kernel.rules.calendar import next_working_day


def test_a_chairs_step_lies_with_organising_officers_above(tree: Tree, happened: list[int]) -> None:
    steps = copy.deepcopy(SIMPLE["steps"][:1])
    steps[0] |= {"tier": "own", "role": "grassroots_chair"}
    officer(tree.union, "grassroots_chair")
    town = officer(tree.township)
    started = services.start(town, procedure=make_procedure(steps=steps), organisation=tree.union)
    services.submit(town, application_id=started.application.pk, typed={"reason": "会员要求"})
    step = Step.objects.get(application=started.application)
    assert step.due_on is not None and (step.organisation_id, step.role) == (tree.union.pk, "grassroots_chair")
    services.tick(step.due_on + timedelta(days=1))
    step.refresh_from_db()
    assert (step.organisation_id, step.role) == (tree.township.pk, "organising")
    services.approve(town, step_id=step.pk)
    assert happened == [started.application.pk]


def test_a_follow_up_runs_after_the_decision(tree: Tree) -> None:
    chair = officer(tree.union, "grassroots_chair")
    row = services.start(chair, procedure=make_procedure(), organisation=tree.union).application
    today = timezone.localdate()
    clock = services.follow_up(row, title="办理法人登记", days=60, started_on=today, warn=5)
    last = next_working_day(today + timedelta(days=60))  # 民法典第二百零三条
    assert (clock.due_on, clock.warn_on) == (last, last - timedelta(days=5))
    services.tick(last + timedelta(days=1))
    assert Clock.objects.get(pk=clock.pk).state == "breached"
