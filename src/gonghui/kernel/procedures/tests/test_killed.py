"""Killed between decision and effect, or the database connection lost there: each effect happens exactly once."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gonghui.kernel.factories import make_tree
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import SIMPLE, make_procedure, officer
from gonghui.kernel.procedures.models import Application, Decision, EffectRun, Step
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM


@pytest.mark.parametrize("when", ["effect", "database", "commit", "after"])
def test_each_effect_happens_exactly_once(own_database: str, when: str, happened: list[int]) -> None:
    with acting(SYSTEM):
        tree = make_tree()
        chair, county = officer(tree.union, "grassroots_chair"), officer(tree.county)
        procedure = make_procedure(steps=SIMPLE["steps"][1:])
        started = services.start(chair, procedure=procedure, organisation=tree.union)
        services.submit(chair, application_id=started.application.pk, typed={"reason": "会员要求"})
        step = Step.objects.get(application=started.application)
    killed = subprocess.run(
        [sys.executable, "-m", "gonghui.kernel.procedures.tests.killed", own_database, str(step.pk), str(county.account_id), when],
        env=os.environ | {"PYTHONPATH": "src"}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert killed.returncode != 0, killed.stdout
    with acting(SYSTEM):
        before = (Decision.objects.count(), EffectRun.objects.count(), Application.objects.get().state)
    assert before == ((1, 1, "approved") if when == "after" else (0, 0, "running")), killed.stderr
    with acting(SYSTEM):  # whoever was at the desk presses the button again
        try:
            services.approve(county, step_id=step.pk)
        except Refusal as refusal:
            assert when == "after" and refusal.code == "GH-PRO-012"
        assert (Decision.objects.count(), EffectRun.objects.count(), Application.objects.get().state) == (
            1,
            1,
            "approved",
        )
