"""Every fact of a scenario is counted or says what it waits for; what is stated is never filled in."""

from __future__ import annotations

import pytest
from django.utils import timezone

from gonghui.apps.reports.shipped import shipped
from gonghui.kernel.figures.choices import FigureState
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.services import rebuild_all
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
from gonghui.web.demo import load
from gonghui.web.scenarios import SCENARIOS, facts, jian, produce
from gonghui.web.scenarios.facts import scenario

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_fact_names_a_figure_or_what_it_waits_for(name: str) -> None:
    with acting(SYSTEM):
        keys = set(Figure.objects.filter(path="", state=FigureState.PUBLISHED).values_list("key", flat=True))
    for one in scenario(name)["facts"]:
        assert (one.get("figure") in keys) != bool(one.get("waits")), one["id"]
    assert name in shipped()


def test_anfu_cleans_out_and_the_numbers_follow() -> None:
    today = timezone.localdate()
    load("small", background=True)
    with acting(SYSTEM):
        officers = jian.Officers(jian.Random(1), today)
    jian.clean_out(officers)
    with acting(SYSTEM):
        rebuild_all(today)
        found = {one.id: one for one in facts("jian", today)}
    for key in ("paper_unions_dissolved", "paper_members_removed", "unions_merged"):
        one = found[key]
        assert one.equal and one.computed == one.records == one.listed == one.stated, key
    assert found["demo_points_province"].equal is False and found["palaces"].equal is None


def test_a_city_that_is_not_the_scenarios_is_not_counted_as_one() -> None:
    load("small", background=True)
    with pytest.raises(Refusal, match="GH-DEMO-002"):
        produce("jian", None, lambda text: None)
